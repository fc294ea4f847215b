#pragma once

#include "model/lane_vector.hpp"

namespace tailrate::model {

/// w / sqrt(a) with the bits of a square root and a division, by multiplications: on an
/// Intel Xeon in a third of their time with AVX-512, in two thirds without. `doubt`
/// gets bits where a lane may have others; then the instructions have to be asked. `y`
/// is within 1.5 2^-12 + 2^-23 of 1 / sqrt(a) in proportion, whatever its error: the
/// bits are the same for all. Lanes: 2^-120 <= a <= 2^121, 2^-400 <= |w| <= 2^400.
///
/// Each rounding is that of two numbers with the exact result between them, so that it
/// is right where both round alike. Write u for 2^-53, and all that follows in
/// proportion. With r = 1 - a y^2, |r| < 2^-10.41, the polynomial of degree 3 falls
/// short of (1 - r)^(-1/2) by 35/128 r^4 + ... < 2^-43.5, and r less 2^-47 by another
/// 2^-48: `inverse` is (1 - e) / sqrt(a), 2^-48.2 < e < 2^-43.4, its roundings, 3 u,
/// included. `above` is 1 + 2^-42 times as much up to u.
///
/// Root: near = sqrt(a) (1 - f), 2^-48.3 < f < 2^-43.3, and sqrt(a) - near is
/// half_rest inverse (1 + e + f/2 + ...), where the rounding of half_rest counts u:
/// 2 u < e + f/2 < 2^-42 - 2 u, so it is between half_rest inverse and half_rest above.
///
/// Quotient: w / s - near_ratio = (w - s near_ratio) / s, and 1 / s is inverse (1 + e +
/// ...) up to u for the rounding of s and u for that of rest: between rest inverse and
/// rest above again, of either sign.
[[nodiscard, gnu::always_inline]] inline LaneVector over_root_from(LaneVector y,
                                                                   LaneVector w,
                                                                   LaneVector a,
                                                                   LaneBits& doubt) {
    const auto all = [](double number) { return LaneVector::all(number); };
    const auto agree = [&doubt](LaneVector lower, LaneVector upper) {
        doubt = doubt | (LaneBits::of(lower) ^ LaneBits::of(upper));
        return lower;
    };
    const LaneVector r = remainder(all(1.0 - 0x1p-47), a * y, y);
    const LaneVector series =
        fused(r, fused(r, all(5.0 / 16.0), all(3.0 / 8.0)), all(1.0 / 2.0));
    const LaneVector inverse = fused(y * r, series, y);
    const LaneVector above = inverse * all(1.0 + 0x1p-42);

    const LaneVector near = a * inverse;
    const LaneVector half_rest = all(0.5) * remainder(a, near, near);
    const LaneVector s =
        agree(fused(half_rest, inverse, near), fused(half_rest, above, near));

    const LaneVector near_ratio = w * inverse;
    const LaneVector rest = remainder(w, s, near_ratio);
    return agree(fused(rest, inverse, near_ratio), fused(rest, above, near_ratio));
}

/// The same from the start that the processor has.
[[nodiscard, gnu::always_inline]] inline LaneVector over_root(LaneVector w,
                                                              LaneVector a,
                                                              LaneBits& doubt) {
    return over_root_from(near_inverse_root(a), w, a, doubt);
}

}  // namespace tailrate::model
