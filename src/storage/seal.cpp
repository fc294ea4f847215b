#include "storage/seal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "core/errors.hpp"
#include "core/sha256.hpp"

namespace tailrate::storage {
namespace {

constexpr std::string_view mark = "\x89tr-seal";
constexpr std::size_t seal_bytes = mark.size() + sizeof(core::Digest);
constexpr std::size_t piece_bytes = 1048576;

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view what) {
    throw core::StorageError{fmt::format("{}: cannot be {} ({})",
                                         path.string(),
                                         what,
                                         std::generic_category().message(errno))};
}

std::string_view as_text(const core::Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

core::Digest digest_of_next(std::istream& stream, std::uintmax_t bytes) {
    core::Sha256 hash;
    std::vector<char> piece(piece_bytes);
    while (bytes > 0 && stream) {
        const auto wanted = std::min<std::uintmax_t>(bytes, piece.size());
        stream.read(piece.data(), static_cast<std::streamsize>(wanted));
        hash.update({piece.data(), static_cast<std::size_t>(stream.gcount())});
        bytes -= wanted;
    }
    return hash.finish();
}

}  // namespace

void seal_file(const std::filesystem::path& path) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error) {
        throw core::StorageError{
            fmt::format("{}: cannot be sealed ({})", path.string(), error.message())};
    }
    std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
    const core::Digest digest = digest_of_next(file, size);
    file.seekp(0, std::ios::end);
    file << mark << as_text(digest);
    file.close();
    if (!file) {
        fail(path, "sealed");
    }
}

Seal check_seal(const std::filesystem::path& path) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    std::ifstream file{path, std::ios::binary};
    if (error || !file) {
        fail(path, "read");
    }
    if (size < seal_bytes) {
        return Seal::absent;
    }
    std::array<char, seal_bytes> seal{};
    file.seekg(-static_cast<std::streamoff>(seal_bytes), std::ios::end);
    file.read(seal.data(), seal.size());
    const std::string_view found{seal.data(), seal.size()};
    if (!found.starts_with(mark)) {
        return Seal::absent;
    }
    file.seekg(0);
    const core::Digest digest = digest_of_next(file, size - seal_bytes);
    if (!file) {
        fail(path, "read");
    }
    return found.substr(mark.size()) == as_text(digest) ? Seal::intact : Seal::broken;
}

}  // namespace tailrate::storage
