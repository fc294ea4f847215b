#pragma once

#include <array>
#include <cstddef>

#include "model/over_root.hpp"

namespace tailrate::model {

/// Psi(u) = scale u / sqrt(u^2 + eps), each operation rounded once, u^2 + eps fused.
struct SmoothClip {
    double scale;  ///< >= 0
    double eps;    ///< >= 0

    [[nodiscard]] LaneVector operator()(LaneVector u) const {
        return LaneVector::all(scale) * u / root(fused(u, u, LaneVector::all(eps)));
    }

    /// The same bits by multiplications, but for lanes with bits in `doubt`.
    [[nodiscard, gnu::always_inline]] LaneVector without_root(LaneVector u,
                                                              LaneBits& doubt) const {
        return over_root(
            LaneVector::all(scale) * u, fused(u, u, LaneVector::all(eps)), doubt);
    }

    /// Whether without_root may be asked, for u within its own range.
    [[nodiscard]] bool is_moderate() const {
        constexpr double limit = 0x1p100;
        return eps >= 1.0 / limit && eps <= limit && scale >= 1.0 / limit &&
               scale <= limit;
    }
};

/// Bits where |u| is not in [2^-68, 2^60): its biased exponent less 955 not in [0,
/// 128).
[[nodiscard, gnu::always_inline]] inline LaneBits beyond_range(LaneVector u) {
    constexpr long long lowest = (1023LL - 68) << 52;
    constexpr long long exponents_above = 0xFLL << 59;
    return (LaneBits::of(u) - LaneBits::all(lowest)) & LaneBits::all(exponents_above);
}

/// The units for square roots and divisions work beside those for multiplications:
/// of each group of registers they get the last ones, one with AVX-512 and two without,
/// the shares that took the least time on an Intel Xeon.
inline constexpr std::size_t registers_per_group = 4;
inline constexpr std::size_t registers_by_root = LaneVector::width == 8 ? 1 : 2;

template <std::size_t registers, class Source, class Sink>
[[gnu::always_inline]] inline void clip_group(const SmoothClip& clip,
                                              bool is_moderate,
                                              std::size_t first,
                                              const Source& source,
                                              const Sink& sink) {
    constexpr std::size_t by_product =
        registers > registers_by_root ? registers - registers_by_root : 0;
    auto u = zeros<registers>();
    auto clipped = zeros<registers>();
    LaneBits doubt = LaneBits::all(is_moderate ? 0 : 1);
    for (std::size_t k = 0; k < registers; ++k) {
        u[k] = source(first + k * LaneVector::width);
        if (k < by_product) {
            doubt = doubt | beyond_range(u[k]);
            clipped[k] = clip.without_root(u[k], doubt);
        } else {
            clipped[k] = clip(u[k]);
        }
    }
    if (doubt.any()) [[unlikely]] {
        for (std::size_t k = 0; k < by_product; ++k) {
            clipped[k] = clip(u[k]);
        }
    }
    for (std::size_t k = 0; k < registers; ++k) {
        sink(first + k * LaneVector::width, clipped[k]);
    }
}

/// sink(k, Psi(source(k))) for the registers at k = 0, width, ... of `size` doubles,
/// whole rows of lanes; sources of a few registers are taken before their sinks.
template <class Source, class Sink>
[[gnu::always_inline]] inline void smooth_clip(const SmoothClip& clip,
                                               std::size_t size,
                                               const Source& source,
                                               const Sink& sink) {
    constexpr std::size_t per_group = registers_per_group * LaneVector::width;
    const bool is_moderate = clip.is_moderate();
    std::size_t k = 0;
    for (; k + per_group <= size; k += per_group) {
        clip_group<registers_per_group>(clip, is_moderate, k, source, sink);
    }
    for (; k < size; k += LaneVector::width) {
        clip_group<1>(clip, is_moderate, k, source, sink);
    }
}

}  // namespace tailrate::model
