#pragma once

// log, log1p and pow by x = 2^e m, sqrt(1/2) <= m < sqrt(2), and log m = 2 atanh(s),
// s = (m - 1)/(m + 1), a polynomial in s^2.

#include "math/exponential.hpp"
#include "math/floating.hpp"

namespace tailrate::math {

/// x = 2^exponent * mantissa, sqrt(1/2) <= mantissa < sqrt(2).
struct LogarithmReduction {
    double exponent;
    double mantissa;
    std::uint64_t exponent_bits;  ///< the exponent as an integer, two's complement
};

/// Of a normal x > 0; for others the result is of no use but harmless.
[[gnu::always_inline]] inline LogarithmReduction reduce_to_mantissa(double x) {
    constexpr std::uint64_t sqrt_half =
        0x3fe6a09e667f3bcd;  // bits of sqrt(1/2), mpmath
    constexpr std::uint64_t offset = std::uint64_t{1024} << 52;  // keeps it positive
    constexpr std::uint64_t fraction = (std::uint64_t{1} << 52) - 1;  // of a double
    constexpr double shift = 0x1p52;  // its low bits hold an integer
    const std::uint64_t moved = bits_of(x) + (offset - sqrt_half);
    const std::uint64_t biased = moved >> 52;
    const double exponent = from_bits(biased | bits_of(shift)) - (shift + 1024.0);
    return {exponent, from_bits((moved & fraction) + sqrt_half), biased - 1024};
}

/// The same for any x > 0, subnormal ones included.
[[gnu::always_inline]] inline LogarithmReduction reduce_any(double x) {
    const bool subnormal = x < std::numeric_limits<double>::min();
    const double scaled = subnormal ? x * 0x1p54 : x;
    LogarithmReduction reduced = reduce_to_mantissa(scaled);
    reduced.exponent -= subnormal ? 54.0 : 0.0;
    return reduced;
}

/// f - log(1 + f), sqrt(1/2) <= 1 + f < sqrt(2). With s = f/(2 + f) and 2 s = f - s f:
/// f^2/2 - s (f^2/2 + R), where 2 atanh(s) = 2 s + s R(s^2).
[[gnu::always_inline]] inline double curvature_of_log(double f) {
    const double s = f / (2.0 + f);
    const double z = s * s;
    const double half_square = 0.5 * f * f;
    // Remez on [0, 0.02945], error below 2^-59.2 relative to 2 atanh(s), mpmath;
    // rounded to double one after the other, the later ones refitted.
    const double r = z * polynomial(z,
                                    z * z,
                                    0.6666666666666734,    // of z, near 2/3
                                    0.3999999999941654,    // of z^2, near 2/5
                                    0.28571428742065785,   // of z^3, near 2/7
                                    0.2222219859980581,    // of z^4, near 2/9
                                    0.18183563189442195,   // of z^5, near 2/11
                                    0.15314076433254478,   // of z^6, near 2/13
                                    0.14795688244268437);  // of z^7, near 2/15
    return std::fma(-s, half_square + r, half_square);
}

/// log of 2^exponent (1 + f + f_low).
[[gnu::always_inline]] inline double log_of_parts(double exponent,
                                                  double f,
                                                  double f_low) {
    const DoubleDouble sum = fast_two_sum(exponent * ln2_high, f);
    const double small = std::fma(exponent, ln2_low, f_low) - curvature_of_log(f);
    return sum.high + (sum.low + small);
}

/// `value` for 0 < x < infinity, otherwise the logarithm's limit or NaN.
[[gnu::always_inline]] inline double with_log_limits(double value, double x) {
    const double finite = x < infinity ? value : x;
    const double outside = x == 0.0 ? -infinity : not_a_number;
    return x > 0.0 ? finite : outside;
}

/// Natural logarithm, error below 1 ulp.
[[gnu::always_inline]] inline double log(double x) {
    const LogarithmReduction reduced = reduce_any(x);
    const double value = log_of_parts(reduced.exponent, reduced.mantissa - 1.0, 0.0);
    return with_log_limits(value, x);
}

/// log(1 + x), error below 1 ulp.
[[gnu::always_inline]] inline double log1p(double x) {
    constexpr double large = 0x1p54;  // beyond it 1 + x is x
    const DoubleDouble sum = two_sum(1.0, x);
    const LogarithmReduction reduced = reduce_to_mantissa(sum.high);
    // The part of x that 1 + x lost, on the scale of the mantissa.
    const double down = from_bits((1023 - reduced.exponent_bits) << 52);
    const double lost = x < large ? sum.low * down : 0.0;
    const double coarse = reduced.mantissa - 1.0;
    const double f = coarse + lost;
    const double f_low = (coarse - f) + lost;
    const double value =
        with_log_limits(log_of_parts(reduced.exponent, f, f_low), sum.high);
    return std::abs(x) < 0x1p-54 ? x : value;  // x^2/2 below half an ulp; keeps -0
}

/// log x for 0 < x < infinity as a pair, relative error below 2^-64.
[[gnu::always_inline]] inline DoubleDouble log_pair(double x) {
    const LogarithmReduction reduced = reduce_any(x);
    const double m = reduced.mantissa;
    const double f = m - 1.0;
    const double divisor = m + 1.0;
    const double divisor_low = m - (divisor - 1.0);
    const double reciprocal = 1.0 / divisor;
    const double quotient = f * reciprocal;
    const double remainder =
        std::fma(-quotient, divisor_low, std::fma(-quotient, divisor, f));
    const DoubleDouble s = fast_two_sum(quotient, remainder * reciprocal);
    const DoubleDouble z = multiply(s, s);
    // 2 atanh(s) = 2 s + s z (2/3 + z Q(z)). Q by Remez on [0, 0.02945], error below
    // 2^-73.1 relative to 2 atanh(s), mpmath; rounded one after the other.
    const double z_high = z.high;
    const double q = horner(z_high,
                            0.3999999999999998,   // of z^2, near 2/5
                            0.2857142857144384,   // of z^3, near 2/7
                            0.22222222217789603,  // of z^4, near 2/9
                            0.1818181884402838,   // of z^5, near 2/11
                            0.1538455842493304,   // of z^6, near 2/13
                            0.13336264678184312,  // of z^7, near 2/15
                            0.11675776589423768,  // of z^8, near 2/17
                            0.1198178690320259);  // of z^9, near 2/19
    constexpr double two_thirds_low =
        3.700743415417188e-17;  // 2/3 - double(2/3), mpmath
    const DoubleDouble zq = two_product(z_high, q);
    const DoubleDouble bracket = fast_two_sum(2.0 / 3.0, zq.high);
    const double bracket_low =
        bracket.low + (std::fma(z.low, q, zq.low) + two_thirds_low);
    const DoubleDouble curved = multiply(multiply(s, z), {bracket.high, bracket_low});
    const DoubleDouble inner = fast_two_sum(2.0 * s.high, curved.high);
    const double inner_low = inner.low + std::fma(2.0, s.low, curved.low);
    const DoubleDouble outer = fast_two_sum(reduced.exponent * ln2_high, inner.high);
    const double outer_low = outer.low + std::fma(reduced.exponent, ln2_low, inner_low);
    return fast_two_sum(outer.high, outer_low);
}

/// x^y for x >= 0 (NaN for x < 0 unless y = 0), error below 1 ulp (1.6 where the
/// result is subnormal). pow(x, 0) = pow(1, y) = 1 for NaN too.
[[gnu::always_inline]] inline double pow(double x, double y) {
    const DoubleDouble logarithm = log_pair(x);
    // The limits of the logarithm and of the exponential give those of the power.
    const double high = with_log_limits(logarithm.high, x);
    const DoubleDouble product = two_product(y, high);
    const double product_low = std::fma(y, logarithm.low, product.low);
    const double power = exp_of_sum(product.high, product_low);
    const double power_of_one = x == 1.0 ? 1.0 : power;
    return y == 0.0 ? 1.0 : power_of_one;
}

}  // namespace tailrate::math
