#pragma once

#include <map>
#include <string>

namespace tailrate::test {

/// What tests/golden/bits.txt says of one thing: its version, and the SHA-256 of
/// numbers it computes.
struct GoldenBits {
    int version = 0;
    std::string digest;
};

/// Computed now: "stream", "engine", "engine/<joint law>" and for every entry
/// "<catalogue>.<key>" and "<catalogue>.<key>/<setting>".
[[nodiscard]] std::map<std::string, GoldenBits> compute_bits();

}  // namespace tailrate::test
