#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "storage/hdf5_handle.hpp"

// Private to this module: whole chunks as they lie in the file, past HDF5's selections,
// conversions and chunk cache, which cost more than the chunk where it is small.

namespace tailrate::storage::hdf5 {

/// What HDF5's Fletcher-32 filter puts behind a chunk, in four bytes, little-endian.
[[nodiscard]] std::uint32_t fletcher32(std::span<const std::byte> bytes);

/// Indices of the first dimension.
struct ChunkRange {
    std::size_t first = 0;
    std::size_t last = 0;  ///< not in it

    [[nodiscard]] std::size_t size() const { return last - first; }
};

/// Writes the values of the indices in `range` to a dataset with `rank` dimensions and
/// checksums whose chunks are one index each.
void write_chunks(const Caller& caller,
                  hid_t dataset,
                  std::size_t rank,
                  ChunkRange range,
                  std::span<const std::byte> values,
                  const std::string& path);

}  // namespace tailrate::storage::hdf5
