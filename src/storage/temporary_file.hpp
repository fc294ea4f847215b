#pragma once

#include <filesystem>
#include <string>

namespace tailrate::storage {

/// A file that appears complete or not at all: it is written under a name of its own in
/// the folder of `target`, which publish() then replaces. Removed by the destructor
/// unless published; what a killed process of this host left is removed by the next one
/// that writes the same target.
class TemporaryFile {
  public:
    explicit TemporaryFile(std::filesystem::path target);
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    TemporaryFile(TemporaryFile&&) = delete;
    TemporaryFile& operator=(TemporaryFile&&) = delete;
    ~TemporaryFile();

    /// Where to write; nothing is there yet.
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    [[nodiscard]] const std::filesystem::path& target() const { return target_; }

    /// Once its writer has closed the file: everything reaches the disk, then the
    /// target is replaced.
    void publish();

  private:
    std::filesystem::path target_;
    std::filesystem::path path_;
    bool published_ = false;
};

/// Eight hexadecimal digits from the system's source of randomness, for file names.
[[nodiscard]] std::string random_token();

}  // namespace tailrate::storage
