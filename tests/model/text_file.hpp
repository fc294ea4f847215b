#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

namespace tailrate::test {

/// A file with the given bytes in the folder for temporary files, removed at the end.
class TextFile {
  public:
    explicit TextFile(std::string_view bytes)
        : path_{std::filesystem::temp_directory_path() /
                ("tailrate_test_" + std::to_string(::getpid()) + ".txt")} {
        std::ofstream{path_, std::ios::binary} << bytes;
    }

    TextFile(const TextFile&) = delete;
    TextFile& operator=(const TextFile&) = delete;
    TextFile(TextFile&&) = delete;
    TextFile& operator=(TextFile&&) = delete;

    ~TextFile() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace tailrate::test
