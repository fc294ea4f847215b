#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "storage/hdf5_chunk.hpp"

namespace tailrate::storage::hdf5 {
namespace {

std::uint32_t checksum(std::string_view text) {
    return fletcher32(std::as_bytes(std::span{text}));
}

TEST_CASE("fletcher32 gives the sums of big-endian words modulo 65535") {
    CHECK(checksum("") == 0);
    CHECK(checksum("ab") == 0x61626162);
    CHECK(checksum("abcd") == 0x2629c4c6);
    CHECK(checksum(std::string_view{"a\0", 2}) == checksum("a"));
}

TEST_CASE("a sum that is a multiple of 65535 counts as 65535, none as 0") {
    const std::vector<std::byte> ones(131072, std::byte{0xff});
    const std::vector<std::byte> zeros(131072, std::byte{0});

    CHECK(fletcher32(ones) == 0xffffffff);
    CHECK(fletcher32(zeros) == 0);
}

}  // namespace
}  // namespace tailrate::storage::hdf5
