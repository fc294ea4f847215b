#pragma once

#include <bit>
#include <cstdint>

namespace tailrate::random {

/// A uniform number in (0, 1) from the upper 52 bits of `word`: an odd multiple of
/// 2^-53, so never 0, 1 or 1/2 and exactly symmetric about 1/2.
inline double unit_interval(std::uint64_t word) {
    const std::uint64_t one_to_two = (word >> 12U) | 0x3FF0000000000000U;
    return std::bit_cast<double>(one_to_two) - (1.0 - 0x1p-53);
}

/// `magnitude` >= 0 with a sign from bit 0 of `word`, which `unit_interval` leaves out.
inline double with_sign(double magnitude, std::uint64_t word) {
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(magnitude) |
                                 (word << 63U));
}

}  // namespace tailrate::random
