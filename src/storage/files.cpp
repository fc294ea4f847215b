#include "storage/files.hpp"

#include <cerrno>
#include <cstddef>
#include <fstream>
#include <map>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "core/errors.hpp"
#include "storage/labelled_reader.hpp"
#include "storage/temporary_file.hpp"

namespace tailrate::storage {
namespace {

namespace fs = std::filesystem;

/// Of 255: a temporary file has the name of the host as well, of at most 64.
constexpr std::size_t longest_name = 150;

[[noreturn]] void refuse(const fs::path& path, std::string_view text) {
    throw core::StorageError{fmt::format("{}: {}", path.string(), text)};
}

[[noreturn]] void fail(const fs::path& path, std::string_view what, int error) {
    refuse(path, fmt::format("{} ({})", what, std::generic_category().message(error)));
}

/// The folder where the first thing would be made.
fs::path nearest_existing(fs::path folder) {
    std::error_code error;
    while (!fs::exists(fs::symlink_status(folder, error)) &&
           folder.has_relative_path()) {
        if (error == std::errc::filename_too_long) {
            fail(folder, "cannot be made a folder", error.value());
        }
        folder = folder.parent_path();
    }
    return folder;
}

void check_folder(const fs::path& path) {
    const fs::path folder = nearest_existing(fs::absolute(path).parent_path());
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
        refuse(path, fmt::format("{} is not a folder", folder.string()));
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        const int error = errno;
        fail(path, fmt::format("folder {} is not writable", folder.string()), error);
    }
}

void check_existing(const fs::path& path,
                    fs::file_type type,
                    std::string_view schema,
                    std::string_view experiment) {
    if (type == fs::file_type::directory) {
        refuse(path, "is a folder; name a file");
    }
    if (type != fs::file_type::regular) {
        refuse(path, "is there and is not a regular file");
    }
    std::map<std::string, std::string> head =
        peek_texts(path, {"schema", "experiment"});
    if (head.size() < 2 || head["schema"] != schema) {
        refuse(path,
               "is there and is not an intact result file of tailrate; it is not "
               "overwritten");
    }
    if (head["experiment"] != experiment) {
        refuse(
            path,
            fmt::format("holds the results of experiment '{}', not of '{}'; it is not "
                        "overwritten",
                        head["experiment"],
                        experiment));
    }
}

}  // namespace

void make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error || !fs::is_directory(folder)) {
        fail(folder, "cannot be made a folder", error ? error.value() : ENOTDIR);
    }
}

void atomic_write(const fs::path& path,
                  const std::function<void(std::ostream&)>& write) {
    TemporaryFile temporary{path};
    std::ofstream file{temporary.path(), std::ios::binary};
    write(file);
    file.close();
    if (!file) {
        fail(path, "cannot be written", errno);
    }
    temporary.publish();
}

void atomic_write_text(const fs::path& path, std::string_view text) {
    atomic_write(path, [text](std::ostream& file) { file << text; });
}

void check_output(const fs::path& path,
                  std::string_view schema,
                  std::string_view experiment) {
    if (!path.has_filename()) {
        refuse(path, "is not the name of a file");
    }
    if (const std::size_t bytes = path.filename().native().size();
        bytes > longest_name) {
        refuse(path,
               fmt::format("its name has {} bytes; allowed: at most {}, so that files "
                           "beside it can have longer ones",
                           bytes,
                           longest_name));
    }
    check_folder(path);
    std::error_code error;
    const fs::file_type type = fs::status(path, error).type();
    if (type == fs::file_type::none) {
        fail(path, "cannot be looked at", error.value());
    }
    if (type != fs::file_type::not_found) {
        check_existing(path, type, schema, experiment);
    }
}

}  // namespace tailrate::storage
