#pragma once

#include <array>
#include <cstdint>

namespace tailrate::random {

using Counter = std::array<std::uint32_t, 4>;
using Key = std::array<std::uint32_t, 2>;

/// Constants of Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as
/// easy as 1, 2, 3", SC'11, section 3.3 and table 2.
namespace philox_constants {
inline constexpr std::uint32_t multiplier_0 = 0xD2511F53;
inline constexpr std::uint32_t multiplier_1 = 0xCD9E8D57;
inline constexpr std::uint32_t weyl_0 = 0x9E3779B9;  // golden ratio
inline constexpr std::uint32_t weyl_1 = 0xBB67AE85;  // sqrt(3) - 1
inline constexpr int rounds = 10;
}  // namespace philox_constants

/// The 128 random bits that Philox4x32-10 has at one counter.
[[nodiscard]] Counter philox(Counter counter, Key key);

}  // namespace tailrate::random
