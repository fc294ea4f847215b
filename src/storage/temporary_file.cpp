#include "storage/temporary_file.hpp"

#include <cerrno>
#include <random>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/errors.hpp"

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

}  // namespace

TemporaryFile::TemporaryFile(std::filesystem::path target)
    : target_{std::move(target)},
      path_{folder_of(target_) / fmt::format(".{}.{}-{}.tmp",
                                             target_.filename().string(),
                                             ::getpid(),
                                             random_token())} {}

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
