#include "storage/hdf5_chunk.hpp"

#include <algorithm>
#include <vector>

namespace tailrate::storage::hdf5 {
namespace {

/// The representative of `sum` modulo 65535 that is 0 for 0 only.
std::uint64_t folded(std::uint64_t sum) {
    while (sum > 0xffffU) {
        sum = (sum & 0xffffU) + (sum >> 16U);
    }
    return sum;
}

void write_chunk(const Caller& caller,
                 hid_t dataset,
                 const std::vector<hsize_t>& start,
                 std::span<const std::byte> values,
                 const std::string& path) {
    const std::uint32_t checksum = fletcher32(values);
    std::vector<std::byte> chunk(values.begin(), values.end());
    for (unsigned shift = 0; shift < 32; shift += 8) {
        chunk.push_back(static_cast<std::byte>(checksum >> shift));
    }
    caller.check(H5Dwrite_chunk(
                     dataset, H5P_DEFAULT, 0, start.data(), chunk.size(), chunk.data()),
                 "write " + path);
}

}  // namespace

std::uint32_t fletcher32(std::span<const std::byte> bytes) {
    constexpr std::size_t piece_bytes = 65536;  // the sums stay far below 2^64
    std::uint64_t sum = 0;
    std::uint64_t sum_of_sums = 0;
    for (std::size_t first = 0; first < bytes.size(); first += piece_bytes) {
        const auto piece =
            bytes.subspan(first).first(std::min(piece_bytes, bytes.size() - first));
        for (std::size_t i = 0; i < piece.size(); i += 2) {
            const auto high = std::to_integer<std::uint64_t>(piece[i]);
            const auto low = i + 1 < piece.size()
                                 ? std::to_integer<std::uint64_t>(piece[i + 1])
                                 : 0U;
            sum += (high << 8U) + low;
            sum_of_sums += sum;
        }
        sum = folded(sum);
        sum_of_sums = folded(sum_of_sums);
    }
    return static_cast<std::uint32_t>((sum_of_sums << 16U) | sum);
}

void write_chunks(const Caller& caller,
                  hid_t dataset,
                  std::size_t rank,
                  ChunkRange range,
                  std::span<const std::byte> values,
                  const std::string& path) {
    const std::size_t chunk = values.size() / range.size();
    std::vector<hsize_t> start(rank, 0);
    for (std::size_t k = 0; k < range.size(); ++k) {
        start.front() = range.first + k;
        write_chunk(caller, dataset, start, values.subspan(k * chunk, chunk), path);
    }
}

}  // namespace tailrate::storage::hdf5
