#pragma once

// exp, expm1 and tanh by x = k ln 2 + r, |r| <= ln(2)/2, and one polynomial in r.

#include "math/floating.hpp"

namespace tailrate::math {

/// x = k ln 2 + high + low.
struct ExponentialReduction {
    double high;
    double low;
    std::uint64_t k;  ///< two's complement
};

/// Of x + rest, |x| < 1000, |rest| at most about an ulp of x.
[[gnu::always_inline]] inline ExponentialReduction reduce_by_ln2(double x,
                                                                 double rest) {
    constexpr double log2_e = 1.4426950408889634;  // 1 / ln 2, mpmath
    const double shifted = std::fma(x, log2_e, rounding_shift);
    const double k = shifted - rounding_shift;
    // ln2_high has 11 zero bits at its end: the product and the difference are exact.
    const double near = std::fma(-k, ln2_high, x);
    const double tail = std::fma(-k, ln2_low, rest);
    const double r = near + tail;
    return {r, (near - r) + tail, bits_of(shifted) - bits_of(rounding_shift)};
}

/// (e^r - 1 - r) / r^2 for |r| <= ln(2)/2.
[[gnu::always_inline]] inline double exponential_polynomial(double r) {
    // Remez on [-0.3468, 0.3468], error of expm1(r) below 2^-58.9 relative, mpmath; the
    // first coefficient held at 1/2, the others rounded to double.
    return polynomial(r,
                      r * r,
                      0.5,                      // of r^2
                      0.16666666666666677,      // of r^3
                      0.04166666666666671,      // of r^4
                      0.008333333333320342,     // of r^5
                      0.0013888888888842381,    // of r^6
                      0.00019841269889759843,   // of r^7
                      2.4801587440472038e-05,   // of r^8
                      2.755724024064884e-06,    // of r^9
                      2.75571495504331e-07,     // of r^10
                      2.511051146956721e-08,    // of r^11
                      2.0960367579699286e-09);  // of r^12
}

/// value * 2^k for |k| < 2046, in two steps so that only the last one rounds.
[[gnu::always_inline]] inline double scale_by_power(double value, std::uint64_t k) {
    const std::uint64_t biased = k + 2048;  // above zero, even offset
    const std::uint64_t first = biased >> 1;
    const std::uint64_t second = biased - first;
    // Each half carries an offset of 1024, and a double's exponent one of 1023.
    return value * from_bits((first - 1) << 52) * from_bits((second - 1) << 52);
}

/// Between these the exponential is neither zero nor infinite after rounding.
[[gnu::always_inline]] inline double clamp_exponent(double x) {
    constexpr double lowest = -746.0;  // below ln 2^-1075 = -745.13
    constexpr double highest = 710.0;  // above ln 2^1024 = 709.78
    const double bounded = x < lowest ? lowest : x;
    return bounded > highest ? highest : bounded;
}

/// e^x, error below 1.1 ulp (1.6 where the result is subnormal).
[[gnu::always_inline]] inline double exp(double x) {
    const ExponentialReduction reduced = reduce_by_ln2(clamp_exponent(x), 0.0);
    const double r = reduced.high;
    const double value = 1.0 + std::fma(r * r, exponential_polynomial(r), r);
    return scale_by_power(value, reduced.k);
}

/// e^(high + low), for arguments that one double cannot hold.
[[gnu::always_inline]] inline double exp_of_sum(double high, double low) {
    const double x = clamp_exponent(high);
    const double rest = x == high ? low : 0.0;
    const ExponentialReduction reduced = reduce_by_ln2(x, rest);
    const double r = reduced.high;
    const double curved = std::fma(r * r, exponential_polynomial(r), reduced.low);
    return scale_by_power(1.0 + (r + curved), reduced.k);
}

/// (e^x - 1) / 2 as a pair, -700 < x <= 710: the half keeps the largest one finite.
[[gnu::always_inline]] inline DoubleDouble half_expm1(double x) {
    const ExponentialReduction reduced = reduce_by_ln2(x, 0.0);
    const double r = reduced.high;
    const double scale = from_bits((reduced.k + 1022) << 52);  // 2^(k-1)
    const double curved = std::fma(r * r, exponential_polynomial(r), reduced.low);
    const DoubleDouble linear = fast_two_sum(scale - 0.5, scale * r);
    return fast_two_sum(linear.high, std::fma(scale, curved, linear.low));
}

/// e^x - 1, error below 1.2 ulp.
[[gnu::always_inline]] inline double expm1(double x) {
    constexpr double lowest = -40.0;   // e^-40 < 2^-54, so the result is -1
    constexpr double highest = 710.0;  // above ln 2^1024 = 709.78
    constexpr double tiny = 0x1p-54;   // x^2 / 2 below half an ulp of x
    const double raised = x < lowest ? lowest : x;
    const double bounded = raised > highest ? highest : raised;
    const double value = 2.0 * half_expm1(bounded).high;
    return std::abs(x) < tiny ? x : value;
}

/// Hyperbolic tangent, error below 1.1 ulp: h / (h + 1) with h = (e^2x - 1) / 2.
[[gnu::always_inline]] inline double tanh(double x) {
    constexpr double highest = 20.0;  // 1 - tanh(20) < 2^-54
    const double size = std::abs(x);
    const double bounded = size > highest ? highest : size;
    const DoubleDouble h = half_expm1(2.0 * bounded);
    const double divisor = h.high + 1.0;
    const double divisor_low = (h.high - (divisor - 1.0)) + h.low;
    const double reciprocal = 1.0 / divisor;
    const double quotient = h.high * reciprocal;
    const double remainder =
        std::fma(-quotient, divisor, h.high) + std::fma(-quotient, divisor_low, h.low);
    return std::copysign(std::fma(remainder, reciprocal, quotient), x);
}

}  // namespace tailrate::math
