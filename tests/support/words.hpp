#pragma once

#include <cmath>
#include <cstdint>

namespace tailrate::test {

/// Numbers without pattern for inputs of tests: SplitMix64 (Steele, Lea, Flood, 2014).
class Words {
  public:
    explicit Words(std::uint64_t state) : state_{state} {}

    [[nodiscard]] std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }

    /// In [low, high).
    [[nodiscard]] double uniform(double low, double high) {
        return low + (high - low) * static_cast<double>(next() >> 11U) * 0x1p-53;
    }

    /// Either sign, magnitude 10^uniform(low, high).
    [[nodiscard]] double signed_power(double low, double high) {
        const double sign = next() % 2 == 0 ? 1.0 : -1.0;
        return sign * std::pow(10.0, uniform(low, high));
    }

  private:
    std::uint64_t state_;
};

}  // namespace tailrate::test
