#pragma once

// Building blocks of the elementary functions: bit patterns, polynomials, and sums kept
// as an unevaluated pair of doubles.
//
// Everything here and in the functions is always inlined and free of branches, so that
// a plain loop over an array or over the lanes of a block becomes packed code. 64-bit
// integers and doubles are converted by adding a large constant: AVX2 has no such
// instruction.

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace tailrate::math {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

inline constexpr double ln2_high = 0.6931471805598903;    // ln 2 cut to 42 bits, mpmath
inline constexpr double ln2_low = 5.497923018708371e-14;  // ln 2 - ln2_high, mpmath

/// Adding it rounds a number below 2^51 in size to an integer, held by the low bits.
inline constexpr double rounding_shift = 0x1.8p52;  // 1.5 * 2^52: ulp 1, sum normal

/// An unevaluated sum, |low| at most about an ulp of high.
struct DoubleDouble {
    double high;
    double low;
};

[[gnu::always_inline]] inline std::uint64_t bits_of(double x) {
    return std::bit_cast<std::uint64_t>(x);
}

[[gnu::always_inline]] inline double from_bits(std::uint64_t bits) {
    return std::bit_cast<double>(bits);
}

/// c0 + x (c1 + x (c2 + ...)) by fused multiply-adds.
[[gnu::always_inline]] inline double horner(double, double c0) {
    return c0;
}

template <typename... Doubles>
[[gnu::always_inline]] inline double horner(double x, double c0, Doubles... rest) {
    return std::fma(x, horner(x, rest...), c0);
}

/// The even and the odd coefficients of a polynomial in x as polynomials in x^2.
struct EvenOdd {
    double even;
    double odd;
};

[[gnu::always_inline]] inline EvenOdd split_horner(double, double c0, double c1) {
    return {c0, c1};
}

[[gnu::always_inline]] inline EvenOdd split_horner(double square,
                                                   double c0,
                                                   double c1,
                                                   double c2) {
    return {std::fma(square, c2, c0), c1};
}

template <typename... Doubles>
[[gnu::always_inline]] inline EvenOdd split_horner(
    double square, double c0, double c1, double c2, double c3, Doubles... rest) {
    const EvenOdd tail = split_horner(square, c2, c3, rest...);
    return {std::fma(square, tail.even, c0), std::fma(square, tail.odd, c1)};
}

/// c0 + c1 x + c2 x^2 + ..., given x^2 too: half the latency of `horner`.
template <typename... Doubles>
[[gnu::always_inline]] inline double polynomial(double x,
                                                double square,
                                                Doubles... coefficients) {
    const EvenOdd sums = split_horner(square, coefficients...);
    return std::fma(x, sums.odd, sums.even);
}

/// a + b exactly where |a| >= |b| or a = 0 (Dekker 1971).
[[gnu::always_inline]] inline DoubleDouble fast_two_sum(double a, double b) {
    const double sum = a + b;
    return {sum, (a - sum) + b};
}

/// a + b exactly (Knuth, TAOCP 2, sec. 4.2.2, theorem B).
[[gnu::always_inline]] inline DoubleDouble two_sum(double a, double b) {
    const double sum = a + b;
    const double b_seen = sum - a;
    return {sum, (a - (sum - b_seen)) + (b - b_seen)};
}

/// a * b exactly, underflow apart.
[[gnu::always_inline]] inline DoubleDouble two_product(double a, double b) {
    const double product = a * b;
    return {product, std::fma(a, b, -product)};
}

/// a * b to about 2^-104.
[[gnu::always_inline]] inline DoubleDouble multiply(DoubleDouble a, DoubleDouble b) {
    const DoubleDouble product = two_product(a.high, b.high);
    const double cross = std::fma(a.high, b.low, a.low * b.high);
    return {product.high, product.low + cross};
}

}  // namespace tailrate::math
