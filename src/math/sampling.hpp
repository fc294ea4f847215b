#pragma once

// Faster forms of the elementary functions for samplers, and a sum of pairs. Each one
// holds on the stated range only, with the stated relative error: no subnormal numbers,
// no limits, no second word of a reduced argument. Their bits are as fixed as those of
// the full functions, and a plain loop that calls them vectorizes.

#include "math/exponential.hpp"
#include "math/floating.hpp"
#include "math/logarithm.hpp"

namespace tailrate::math {

/// log x for normal x > 0, relative error below 4e-16.
[[gnu::always_inline]] inline double fast_log(double x) {
    constexpr double log_2 = 0.6931471805599453;  // mpmath
    const LogarithmReduction reduced = reduce_to_mantissa(x);
    const double f = reduced.mantissa - 1.0;
    return std::fma(reduced.exponent, log_2, f - curvature_of_log(f));
}

/// e^x = scale (1 + rest), scale a power of two.
struct ScaledExponential {
    double scale;
    double rest;
};

/// For -700 < x < 700.
[[gnu::always_inline]] inline ScaledExponential scaled_exponential(double x) {
    const ExponentialReduction reduced = reduce_by_ln2(x, 0.0);
    const double r = reduced.high;
    const double rest = std::fma(r * r, exponential_polynomial(r), r);
    return {from_bits((reduced.k + 1023) << 52), rest};
}

/// e^x for -700 < x < 700, relative error below 4e-16.
[[gnu::always_inline]] inline double fast_exp(double x) {
    const ScaledExponential parts = scaled_exponential(x);
    return std::fma(parts.scale, parts.rest, parts.scale);
}

/// e^x - 1 for -40 < x < 700, relative error below 5e-16.
[[gnu::always_inline]] inline double fast_expm1(double x) {
    const ScaledExponential parts = scaled_exponential(x);
    return std::fma(parts.scale, parts.rest, parts.scale - 1.0);
}

/// sin(pi x) for |x| <= 1/2, x normal or 0, relative error below 8e-16.
[[gnu::always_inline]] inline double fast_sinpi(double x) {
    const double square = x * x;
    // sin(pi x)/x in x^2 on [0, 1/4], Chebyshev interpolation at 40 nodes cut at degree
    // 7: relative error below 1.8e-16, mpmath.
    return x * polynomial(square,
                          square * square,
                          3.1415926535897927,
                          -5.167712780049786,
                          2.550164039861884,
                          -0.5992645288256148,
                          0.08214587882077493,
                          -0.007370364352718201,
                          0.0004659870919775173,
                          -2.1133714397960184e-05);
}

/// a + b to about 2^-104 of |a| + |b|: where the two cancel, less of the sum is right.
[[gnu::always_inline]] inline DoubleDouble add(DoubleDouble a, DoubleDouble b) {
    const DoubleDouble sum = two_sum(a.high, b.high);
    return fast_two_sum(sum.high, sum.low + (a.low + b.low));
}

}  // namespace tailrate::math
