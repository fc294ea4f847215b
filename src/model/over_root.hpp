#pragma once

#include "model/lane_vector.hpp"

namespace tailrate::model {

/// w / sqrt(a) with the bits of a square root and a division, by multiplications, in a
/// third of their time. `doubt` gets bits where a lane may have others; then the
/// instructions have to be asked. Lanes: 2^-120 <= a <= 2^121, 2^-400 <= |w| <= 2^400.
///
/// Each rounding is that of two numbers with the exact result between them, so that it
/// is right where both round alike. Write u for 2^-53. With r = 1 - a y^2 for the y
/// of near_inverse_root, |r| < 2^-10.4, the polynomial of degree 3 falls short of
/// (1 - r)^(-1/2) by 35/128 r^4 + ... < 2^-43.5, and r less 2^-47 by another 2^-48: the
/// first `inverse` is (1 - e) / sqrt(a), 2^-48.2 < e < 2^-43.4, its roundings, 3 u,
/// included.
///
/// Root: near = sqrt(a) (1 - f), 2^-48.3 < f < 2^-43.3, and sqrt(a) - near =
/// half_rest / sqrt(a) (1 + f/2 + ...), which is half_rest inverse (1 + e + f/2 + ...)
/// up to its rounding, u: between half_rest inverse and half_rest (1 + 2^-42) inverse.
///
/// Quotient: w / s - near_ratio = (w - s near_ratio) / s, and 1 / s = inverse
/// (1 + e + ...) up to u: between the products with the same two inverses.
[[nodiscard, gnu::always_inline]] inline LaneVector over_root(LaneVector w,
                                                              LaneVector a,
                                                              LaneBits& doubt) {
    const auto all = [](double number) { return LaneVector::all(number); };
    const auto agree = [&doubt](LaneVector lower, LaneVector upper) {
        doubt = doubt | (LaneBits::of(lower) ^ LaneBits::of(upper));
        return lower;
    };
    const LaneVector y = near_inverse_root(a);
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

}  // namespace tailrate::model
