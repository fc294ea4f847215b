#pragma once

#include <filesystem>

// A seal is 40 bytes after the end of what HDF5 calls the file: a mark and SHA-256 of
// all bytes before it. HDF5 ignores it, and drops it when it rewrites the file. It is
// there because HDF5 1.10 does not survive every wrong byte: of 6144 tried on a small
// file, 23 made it crash or hang and one gave other values unnoticed. So a sealed file
// is compared with its seal before HDF5 sees it; a file without one (made by another
// tool) is still checked against content_sha256.

namespace tailrate::storage {

enum class Seal { intact, broken, absent };

/// Appends a seal to a file without one.
void seal_file(const std::filesystem::path& path);

[[nodiscard]] Seal check_seal(const std::filesystem::path& path);

}  // namespace tailrate::storage
