#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string_view>

namespace tailrate::storage {

/// Makes a folder and those above it; fine when it is there.
void make_folder(const std::filesystem::path& folder);

/// Replaces `path` by a file of what `write` puts into the stream, completely or not at
/// all, and waits for the disk. Throws core::StorageError where it cannot be written:
/// `write` may end as soon as the stream fails.
void atomic_write(const std::filesystem::path& path,
                  const std::function<void(std::ostream&)>& write);

/// The same of a text.
void atomic_write_text(const std::filesystem::path& path, std::string_view text);

/// Throws core::StorageError where a result file of this experiment cannot be put at
/// `path`, or should not: its name is longer than 150 bytes, its folder is missing and
/// cannot be made, or not writable, or something else is there: a folder, a file that
/// is not a result file (schema `schema`) or one of another experiment (root attribute
/// `experiment`). Writes nothing.
void check_output(const std::filesystem::path& path,
                  std::string_view schema,
                  std::string_view experiment);

}  // namespace tailrate::storage
