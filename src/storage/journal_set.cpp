#include "storage/journal_set.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <system_error>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/errors.hpp"
#include "storage/journal_file.hpp"

namespace tailrate::storage {
namespace {

namespace fs = std::filesystem;

/// Rows of a cell lie in as many journals as it has blocks. Few for the limit on open
/// files, which is often 1024.
constexpr std::size_t most_connections = 256;
/// Of a connection, in KiB: rows are read once, one after the other. SQLite's own 2 MiB
/// would be half of the memory of a merge.
constexpr const char* small_cache = "PRAGMA cache_size = -64";
constexpr std::size_t most_lines = 5;  // about one journal
constexpr std::string_view reading = "read the journal";

[[noreturn]] void refuse(const fs::path& path, const std::error_code& error) {
    throw core::StorageError{
        fmt::format("{}: cannot be read ({})", path.string(), error.message())};
}

/// False where there is nothing.
bool is_there(const fs::path& path) {
    std::error_code error;
    const bool found = fs::exists(path, error);
    if (error) {
        refuse(path, error);
    }
    return found;
}

std::vector<fs::path> journals_in(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code error;
    fs::directory_iterator entry{folder, error};
    while (!error && entry != fs::directory_iterator{}) {
        std::error_code ignored;
        if (entry->path().extension() == ".sqlite" && entry->is_regular_file(ignored)) {
            paths.push_back(entry->path());
        }
        entry.increment(error);
    }
    if (error) {
        refuse(folder, error);
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

}  // namespace

JournalSet::JournalSet(const fs::path& folder,
                       Recovery recovery,
                       int patience_ms,
                       MayHelp may_help)
    : recovery_{recovery},
      patience_ms_{patience_ms},
      may_help_{std::move(may_help)} {
    if (is_there(folder)) {
        add_place(folder);
    }
    sort_copies();
}

JournalSet::JournalSet(const std::vector<fs::path>& places,
                       Recovery recovery,
                       int patience_ms)
    : recovery_{recovery},
      patience_ms_{patience_ms} {
    for (const fs::path& place : places) {
        if (!is_there(place)) {
            throw core::StorageError{fmt::format("{}: does not exist", place.string())};
        }
        add_place(place);
    }
    sort_copies();
}

std::size_t JournalSet::size() const {
    std::size_t keys = 0;
    for (std::size_t i = 0; i < copies_.size(); ++i) {
        keys += i == 0 || copies_[i].key != copies_[i - 1].key ? 1 : 0;
    }
    return keys;
}

bool JournalSet::has(const core::Digest& key) const {
    const auto found = std::lower_bound(
        copies_.begin(),
        copies_.end(),
        key,
        [](const Copy& copy, const core::Digest& k) { return copy.key < k; });
    return found != copies_.end() && found->key == key;
}

std::optional<std::vector<double>> JournalSet::read(const core::Digest& key) {
    auto copy = std::lower_bound(
        copies_.begin(), copies_.end(), key, [](const Copy& c, const core::Digest& k) {
            return c.key < k;
        });
    while (copy != copies_.end() && copy->key == key) {
        if (std::optional<std::vector<double>> values = read_copy(*copy)) {
            return values;
        }
        copy = copies_.erase(copy);
    }
    return std::nullopt;
}

std::vector<std::optional<std::vector<double>>> JournalSet::read(
    std::span<const core::Digest> keys) {
    std::vector<std::optional<std::vector<double>>> rows;
    rows.reserve(keys.size());
    keeps_locks_ = true;
    try {
        for (const core::Digest& key : keys) {
            rows.push_back(read(key));
        }
    } catch (...) {
        unlock();
        throw;
    }
    unlock();
    return rows;
}

void JournalSet::add_place(const fs::path& place) {
    if (!fs::is_directory(place)) {
        add_journal(place);
        return;
    }
    for (const fs::path& path : journals_in(place)) {
        add_journal(path);
    }
}

void JournalSet::add_journal(const fs::path& path) {
    std::error_code error;
    if (fs::file_size(path, error) == 0 && !error) {
        return;  // made a moment ago, or its writer ended before the first commit
    }
    try {
        const sqlite::Database database = open_journal(path, recovery_, patience_ms_);
        if (const std::string why = objection(database); !why.empty()) {
            skip(path, why);
            return;
        }
        std::vector<ExperimentRecord> experiments = read_experiments(database);
        if (may_help_ && !may_help_(path, experiments)) {
            return;
        }
        journals_.push_back({path, std::move(experiments)});
        if (journals_.back().experiments.empty()) {
            skipped_.push_back(path.string() +
                               ": its experiment is damaged, its rows are used");
        }
        add_rows(database, path);
        add_snapshots(database);
    } catch (const sqlite::Error& failure) {
        skip(path, explain(failure));
    }
}

void JournalSet::add_rows(const sqlite::Database& database, const fs::path& path) {
    const auto journal = static_cast<std::uint32_t>(journals_.size() - 1);
    const std::size_t before = copies_.size();
    try {
        sqlite::Statement rows{database, "SELECT id, key, digest FROM keys", reading};
        while (rows.step()) {
            Copy copy{{}, rows.integer(0), 0, journal};
            core::Digest digest{};
            if (to_digest(rows.blob(1), copy.key) && to_digest(rows.blob(2), digest)) {
                std::memcpy(&copy.check, digest.data(), sizeof(copy.check));
                copies_.push_back(copy);
            }
        }
    } catch (const sqlite::Error& error) {
        // Rows before the damage are good: each has a digest of its own.
        skip(path,
             fmt::format("{}; {} rows were found before",
                         explain(error),
                         copies_.size() - before));
    }
}

JournalSet::Connection::Connection(std::uint32_t number, sqlite::Database opened)
    : journal{number},
      database{std::move(opened)},
      row{database,
          "SELECT digest, row FROM keys JOIN data USING (id) WHERE id = ?",
          reading} {}

std::optional<std::vector<double>> JournalSet::read_copy(const Copy& copy) {
    if (journals_[copy.journal].is_locked) {
        return std::nullopt;
    }
    const fs::path& path = journals_[copy.journal].path;
    try {
        Connection& open = connection(copy.journal);
        if (keeps_locks_ && !open.database.in_transaction()) {
            open.database.run("BEGIN", reading);
        }
        sqlite::Statement& row = open.row;
        row.bind(1, copy.row);
        core::Digest stored{};
        std::vector<double> values;
        const bool is_found = row.step() && to_digest(row.blob(0), stored);
        if (is_found) {
            const std::span<const std::byte> bytes = row.blob(1);
            values.resize(bytes.size() / sizeof(double));
            if (!values.empty()) {
                std::memcpy(
                    values.data(), bytes.data(), values.size() * sizeof(double));
            }
        }
        row.finish();  // which gives the lock back outside of a transaction
        if (is_found && row_digest(copy.key, values) == stored) {
            return values;
        }
        skip(path, fmt::format("row {} is damaged", copy.row));
    } catch (const sqlite::Error& error) {
        give_up(copy.journal, fmt::format("row {}", copy.row), error);
    }
    return std::nullopt;
}

JournalSet::Connection& JournalSet::connection(std::uint32_t journal) {
    const auto found = std::find_if(
        connections_.begin(), connections_.end(), [&](const Connection& open) {
            return open.journal == journal;
        });
    if (found != connections_.end()) {
        connections_.splice(connections_.begin(), connections_, found);
    } else {
        connections_.emplace_front(
            journal, open_journal(journals_[journal].path, recovery_, patience_ms_));
        connections_.front().database.run(small_cache, reading);
    }
    if (connections_.size() > most_connections) {
        connections_.pop_back();
    }
    return connections_.front();
}

/// Disconnects as well: the error may have left a query unfinished.
void JournalSet::give_up(std::uint32_t journal,
                         const std::string& what,
                         const sqlite::Error& error) {
    Journal& failed = journals_[journal];
    failed.is_locked = error.is_busy();
    skip(failed.path,
         failed.is_locked ? explain(error) + "; the rest of it is not read"
                          : fmt::format("{}: {}", what, explain(error)));
    connections_.remove_if(
        [&](const Connection& open) { return open.journal == journal; });
}

void JournalSet::unlock() {
    keeps_locks_ = false;
    for (Connection& open : connections_) {
        if (open.database.in_transaction()) {
            open.database.run("COMMIT", reading);
        }
    }
}

void JournalSet::skip(const fs::path& path, const std::string& why) {
    const std::size_t lines = ++lines_[path];
    if (lines <= most_lines) {
        skipped_.push_back(fmt::format("{}: skipped: {}", path.string(), why));
    } else if (lines == most_lines + 1) {
        skipped_.push_back(fmt::format("{}: skipped: more rows of it", path.string()));
    }
}

void JournalSet::sort_copies() {
    std::sort(copies_.begin(), copies_.end(), [](const Copy& a, const Copy& b) {
        return std::tie(a.key, a.journal, a.row) < std::tie(b.key, b.journal, b.row);
    });
    sort_snapshots();
}

}  // namespace tailrate::storage
