#pragma once

// Sine and cosine of pi x. The reduction is exact: zeros come out as zeros, and the
// results near them are accurate relatively.

#include "math/floating.hpp"

namespace tailrate::math {

struct SinCos {
    double sin;
    double cos;
};

/// sin(pi x) and cos(pi x), error of each below 1.2 ulp; +0 at the zeros of the cosine,
/// the sign of x at those of the sine; NaN for infinite x.
[[gnu::always_inline]] inline SinCos sincospi(double x) {
    constexpr double shift = 0x1p52;               // adding it rounds to an integer
    constexpr double even_from = 0x1p53;           // every double from here on is even
    constexpr double pi_high = 3.141592653589793;  // pi rounded, mpmath
    constexpr double pi_low = 1.2246467991473532e-16;           // pi - pi_high, mpmath
    constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;  // of a double

    const double size = std::abs(x);
    const double bounded = size < even_from ? size : 0.0 * size;
    const double turns = std::fma(0.5, bounded, shift) - shift;
    const double within_turn = std::fma(-2.0, turns, bounded);  // in [-1, 1]
    const double shifted = std::fma(2.0, within_turn, rounding_shift);
    const double r = std::fma(-0.5, shifted - rounding_shift, within_turn);
    const std::uint64_t quadrant = bits_of(shifted);

    // Both by Remez on z = r^2 in [0, 1/16], mpmath, rounded to double one after the
    // other, the later ones refitted: errors below 2^-63.4 and 2^-61.3.
    const double z = r * r;
    const double s = polynomial(z,
                                z * z,
                                -5.16771278004997,         // of r^3, near -pi^3/3!
                                2.550164039877415,         // of r^5, near pi^5/5!
                                -0.5992645293278338,       // of r^7, near -pi^7/7!
                                0.08214588693732604,       // of r^9, near pi^9/9!
                                -0.00737043845655786,      // of r^11, near -pi^11/11!
                                0.0004663839619611815,     // of r^13, near pi^13/13!
                                -2.2185070007398026e-05);  // of r^15, near -pi^15/15!
    const double c = polynomial(z,
                                z * z,
                                -4.934802200544679,        // of r^2, near -pi^2/2!
                                4.058712126416665,         // of r^4, near pi^4/4!
                                -1.33526276884309,         // of r^6, near -pi^6/6!
                                0.23533062976215935,       // of r^8, near pi^8/8!
                                -0.025806875177121096,     // of r^10, near -pi^10/10!
                                0.0019293402155016784,     // of r^12, near pi^12/12!
                                -0.00010298061329175056);  // of r^14, near -pi^14/14!
    const double cosine = std::fma(z, c, 1.0);
    const double sine = std::fma(r, pi_high, r * std::fma(z, s, pi_low));

    const bool odd = (quadrant & 1) != 0;
    const double sin_size = odd ? cosine : sine;
    const double cos_size = odd ? sine : cosine;
    const std::uint64_t sin_sign = (quadrant << 62) & sign_bit;
    const std::uint64_t cos_sign = ((quadrant + 1) << 62) & sign_bit;
    // Adding zero turns -0 into +0 before the sign of x is put on.
    const double sin_of_size = from_bits(bits_of(sin_size) ^ sin_sign) + 0.0;
    const double cos_of_size = from_bits(bits_of(cos_size) ^ cos_sign) + 0.0;
    return {from_bits(bits_of(sin_of_size) ^ (bits_of(x) & sign_bit)), cos_of_size};
}

[[gnu::always_inline]] inline double sinpi(double x) {
    return sincospi(x).sin;
}

[[gnu::always_inline]] inline double cospi(double x) {
    return sincospi(x).cos;
}

}  // namespace tailrate::math
