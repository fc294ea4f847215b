#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <system_error>

#include <fmt/format.h>

#include "plan/experiment.hpp"
#include "plan/place.hpp"

namespace tailrate::plan {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20U;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& cause) {
    fail(core::Position{file.string(), 1, 1}, cause);
}

std::string system_text(int error) {
    return std::generic_category().message(error);
}

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string read_bytes(const std::filesystem::path& file) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
        refuse(file, "is a directory; allowed: an experiment file");
    }
    const std::unique_ptr<std::FILE, Close> input{std::fopen(file.c_str(), "rb")};
    if (!input) {
        refuse(file, "cannot be opened: " + system_text(errno));
    }
    std::string text;
    std::string piece(std::size_t{1} << 16U, '\0');
    while (const std::size_t size =
               std::fread(piece.data(), 1, piece.size(), input.get())) {
        text.append(piece, 0, size);
        if (text.size() > most_bytes) {
            refuse(file,
                   fmt::format("larger than {} bytes; allowed: 64 MiB", most_bytes));
        }
    }
    if (std::ferror(input.get()) != 0) {
        refuse(file, "cannot be read: " + system_text(errno));
    }
    return text;
}

}  // namespace

Experiment load(const std::filesystem::path& file, const Overrides& overrides) {
    return parse(read_bytes(file), file.string(), file.parent_path(), overrides);
}

}  // namespace tailrate::plan
