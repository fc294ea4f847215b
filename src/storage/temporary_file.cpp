#include "storage/temporary_file.hpp"

#include <cerrno>
#include <chrono>
#include <optional>
#include <random>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/errors.hpp"
#include "storage/process.hpp"

namespace tailrate::storage {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path,
                       std::string_view what,
                       int error) {
    throw core::StorageError{fmt::format(
        "{}: {} ({})", path.string(), what, std::generic_category().message(error))};
}

void synchronise(const std::filesystem::path& path, int flags) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
    if (descriptor < 0) {
        fail(path, "cannot be opened", errno);
    }
    const int error = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    // Some network file systems know no fsync of a folder.
    if (error != 0 && !(flags == O_DIRECTORY && error == EINVAL)) {
        fail(path, "cannot be flushed to the disk", error);
    }
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
}

constexpr std::string_view extension = ".tmp";

/// Of a file that a live process of another container may be writing.
constexpr auto untouched = std::chrono::minutes{10};

/// Of all temporary names of this target:
/// ".<name>.<host>.<namespace>.<pid>-<random>.tmp".
std::string prefix_of(const std::filesystem::path& target) {
    return "." + target.filename().string() + ".";
}

/// Takes what follows the last `separator` off the text; nothing where there is none.
std::optional<std::string_view> pop_after(std::string_view& text, char separator) {
    const auto place = text.rfind(separator);
    if (place == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view last = text.substr(place + 1);
    text = text.substr(0, place);
    return last;
}

bool is_untouched(const std::filesystem::path& path) {
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(path, error);
    return !error &&
           std::filesystem::file_time_type::clock::now() - changed > untouched;
}

/// True for the temporary file of a process of this host that does not run any more;
/// of one whose number says nothing here, when it has not been written for long.
bool is_abandoned(const std::filesystem::path& path, std::string_view prefix) {
    const std::string text = path.filename().string();
    std::string_view name = text;
    if (!name.starts_with(prefix) || !name.ends_with(extension) ||
        name.size() < prefix.size() + extension.size()) {
        return false;
    }
    name.remove_prefix(prefix.size());
    name.remove_suffix(extension.size());
    if (!pop_after(name, '-')) {
        return false;
    }
    const auto pid = whole_number(pop_after(name, '.').value_or(""));
    const auto space = pop_after(name, '.');
    if (!pid || !space) {
        return false;
    }
    return space == pid_namespace() ? is_gone(name, *pid)
                                    : name == host_name() && is_untouched(path);
}

void remove_abandoned(const std::filesystem::path& target) {
    std::error_code ignored;
    std::filesystem::directory_iterator entry{folder_of(target), ignored};
    const std::string prefix = prefix_of(target);
    while (!ignored && entry != std::filesystem::directory_iterator{}) {
        const std::filesystem::path path = entry->path();
        entry.increment(ignored);
        if (is_abandoned(path, prefix)) {
            std::error_code failure;
            std::filesystem::remove(path, failure);
        }
    }
}

}  // namespace

TemporaryFile::TemporaryFile(std::filesystem::path target)
    : target_{std::move(target)},
      path_{folder_of(target_) / fmt::format("{}{}.{}.{}-{}{}",
                                             prefix_of(target_),
                                             host_name(),
                                             pid_namespace(),
                                             ::getpid(),
                                             random_token(),
                                             extension)} {
    remove_abandoned(target_);
}

TemporaryFile::~TemporaryFile() {
    if (!published_) {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
}

void TemporaryFile::publish() {
    synchronise(path_, 0);
    std::error_code error;
    std::filesystem::rename(path_, target_, error);
    if (error) {
        fail(target_, "cannot be replaced", error.value());
    }
    published_ = true;
    synchronise(folder_of(target_), O_DIRECTORY);
}

std::string random_token() {
    std::random_device source;
    return fmt::format("{:08x}", source() & 0xffffffffU);
}

}  // namespace tailrate::storage
