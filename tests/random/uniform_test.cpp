#include "random/uniform.hpp"

#include <cmath>

#include <doctest/doctest.h>

namespace tailrate::random {
namespace {

constexpr std::uint64_t all_ones = ~std::uint64_t{0};

TEST_CASE("uniform numbers stay inside the open unit interval") {
    CHECK(unit_interval(0) == 0x1p-53);
    CHECK(unit_interval(all_ones) == 1.0 - 0x1p-53);
}

TEST_CASE("uniform numbers are the odd multiples of 2^-53 next to each other") {
    const std::uint64_t half = std::uint64_t{1} << 63U;

    CHECK(unit_interval(half) == 0.5 + 0x1p-53);
    CHECK(unit_interval(half - 1) == 0.5 - 0x1p-53);
    CHECK(unit_interval(std::uint64_t{1} << 12U) == 0x1.8p-52);
}

TEST_CASE("the lower twelve bits do not move a uniform number") {
    CHECK(unit_interval(0xABCDEF0123456000U) == unit_interval(0xABCDEF0123456FFFU));
}

TEST_CASE("complementary words are mirror images about one half") {
    for (std::uint64_t word = 1; word < all_ones / 3; word = word * 3 + 1) {
        CHECK(unit_interval(word) + unit_interval(~word) == 1.0);
    }
}

TEST_CASE("the sign comes from bit 0 alone") {
    CHECK(with_sign(2.5, all_ones - 1) == 2.5);
    CHECK(with_sign(2.5, 1) == -2.5);
    CHECK(std::signbit(with_sign(0.0, 1)));
    CHECK_FALSE(std::signbit(with_sign(0.0, 2)));
}

}  // namespace
}  // namespace tailrate::random
