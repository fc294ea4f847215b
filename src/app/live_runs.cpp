#include "app/live_runs.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "storage/journal.hpp"

namespace tailrate::app {
namespace {

namespace fs = std::filesystem;

constexpr auto recently = std::chrono::minutes{2};

/// The name of a program that runs; empty where it cannot be seen.
std::string program_name(const std::string& process) {
    std::ifstream file{"/proc/" + process + "/comm"};
    std::string name;
    std::getline(file, name);
    return name;
}

/// A process of this host: its number may have gone to another program meanwhile.
bool is_alive(const storage::JournalName& writer) {
    const std::string name = program_name(std::to_string(writer.pid));
    return !writer.writer_is_gone() && (name.empty() || name == program_name("self"));
}

/// Whether the process has the file open; nothing where that cannot be seen.
std::optional<bool> has_open(std::int64_t process, const fs::path& path) {
    const fs::path files = "/proc/" + std::to_string(process) + "/fd";
    std::error_code error;
    const fs::path wanted = fs::canonical(path, error);
    fs::directory_iterator entry{files, error};
    if (error) {
        return std::nullopt;
    }
    while (entry != fs::directory_iterator{}) {
        std::error_code ignored;
        if (fs::read_symlink(entry->path(), ignored) == wanted) {
            return true;
        }
        entry.increment(error);
    }
    return false;
}

bool has_changed_recently(const fs::path& path) {
    std::error_code error;
    const auto changed = fs::last_write_time(path, error);
    return !error && fs::file_time_type::clock::now() - changed < recently;
}

}  // namespace

std::vector<std::string> live_runs(const fs::path& folder,
                                   const std::optional<runner::Shard>& shard) {
    const storage::JournalName own = storage::JournalName::of_this_process(0, 1);
    std::vector<std::string> notes;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder, ignored}) {
        const auto writer =
            storage::JournalName::parse(entry.path().filename().string());
        if (!writer || (writer->host == own.host && writer->pid == own.pid) ||
            (shard && shard->is_beside(writer->shard, writer->shards))) {
            continue;
        }
        const bool is_here = writer->host == own.host;
        if (is_here && is_alive(*writer) &&
            has_open(writer->pid, entry.path()).value_or(true)) {
            notes.push_back(fmt::format(
                "another run, process {} on this host, is writing to {}; both end with "
                "the same result, what both compute is computed twice",
                writer->pid,
                folder.string()));
        } else if (!is_here && has_changed_recently(entry.path())) {
            notes.push_back(fmt::format(
                "a run on {}, process {}, wrote to {} within the last two minutes; if "
                "it still runs, both end with the same result, what both compute is "
                "computed twice",
                writer->host,
                writer->pid,
                folder.string()));
        }
    }
    std::sort(notes.begin(), notes.end());
    return notes;
}

}  // namespace tailrate::app
