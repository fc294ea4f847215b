#include "math/special.hpp"

#include <array>
#include <cmath>
#include <cstddef>

#include "core/contracts.hpp"
#include "math/elementary.hpp"

namespace tailrate::math {

namespace {

constexpr double sqrt_half = 0.7071067811865476;  // sqrt(1/2), mpmath

/// zeta(k) - 1 for k = 2, 3, ... (Abramowitz & Stegun, table 23.3; digits by mpmath).
constexpr std::array<double, 29> zeta_minus_one = {
    0.6449340668482264,     0.2020569031595943,    0.08232323371113819,
    0.03692775514336993,    0.01734306198444914,   0.008349277381922827,
    0.00407735619794434,    0.0020083928260822143, 0.0009945751278180853,
    0.0004941886041194645,  0.0002460865533080483, 0.00012271334757848915,
    6.124813505870483e-05,  3.058823630702049e-05, 1.528225940865187e-05,
    7.637197637899763e-06,  3.81729326499984e-06,  1.908212716553939e-06,
    9.539620338727962e-07,  4.769329867878064e-07, 2.38450502727733e-07,
    1.1921992596531106e-07, 5.960818905125948e-08, 2.980350351465228e-08,
    1.4901554828365043e-08, 7.45071178983543e-09,  3.725334024788457e-09,
    1.862659723513049e-09,  9.313274324196682e-10,
};

/// log Gamma(1 + t), |t| <= 1/4 (Abramowitz & Stegun 6.1.33).
double lgamma_near_one(double t) {
    constexpr double gamma_high = 0.5772156649015329;     // Euler's constant, mpmath
    constexpr double gamma_low = -4.942915152430645e-18;  // the rest of it, mpmath
    double sum = 0.0;
    for (std::size_t k = zeta_minus_one.size() + 1; k >= 2; --k) {
        const double sign = k % 2 == 0 ? 1.0 : -1.0;
        const double zeta = 1.0 + zeta_minus_one[k - 2];
        sum = std::fma(sum, t, sign * zeta / static_cast<double>(k));
    }
    // Adding zero turns the -0 at t = 0 into +0.
    return t * (std::fma(t, sum, -gamma_low) - gamma_high) + 0.0;
}

/// log Gamma(2 + t) = log(1 + t) + log Gamma(1 + t), |t| <= 1/4, the same series.
double lgamma_near_two(double t) {
    constexpr double constant_high = 0.42278433509846713;   // 1 - Euler's, mpmath
    constexpr double constant_low = 4.942915152430645e-18;  // the rest of it, mpmath
    double sum = 0.0;
    for (std::size_t k = zeta_minus_one.size() + 1; k >= 2; --k) {
        const double sign = k % 2 == 0 ? 1.0 : -1.0;
        sum = std::fma(sum, t, sign * zeta_minus_one[k - 2] / static_cast<double>(k));
    }
    return t * (std::fma(t, sum, constant_low) + constant_high);
}

/// log Gamma(x.high + x.low), x >= 12, as (x - 1/2)(log x - 1) - 1/2 + log(2 pi)/2 +
/// ..., which does not overflow before the result does.
DoubleDouble lgamma_of_large(DoubleDouble x) {
    constexpr double half_log_2pi = 0.9189385332046728;           // log(2 pi)/2, mpmath
    constexpr double half_log_2pi_low = -3.8782941580672414e-17;  // rest of it, mpmath
    const DoubleDouble logarithm = log_pair(x.high);
    const DoubleDouble reduced = two_sum(logarithm.high, -1.0);
    const DoubleDouble factor = two_sum(x.high, -0.5);
    const DoubleDouble product =
        multiply(factor, {reduced.high, reduced.low + logarithm.low});
    const DoubleDouble sum = two_sum(product.high, half_log_2pi - 0.5);
    const double slope = logarithm.high - 0.5 / x.high;
    const double low = std::fma(slope, x.low, product.low + half_log_2pi_low) +
                       (sum.low + stirling_remainder(x.high));
    return fast_two_sum(sum.high, low);
}

/// log Gamma(x) for x < 12 by Gamma(x + n) = x (x + 1) ... (x + n - 1) Gamma(x).
double lgamma_by_recurrence(double x) {
    DoubleDouble product{1.0, 0.0};
    double shift = 0.0;
    while (x + shift < 12.0) {
        product = multiply(product, two_sum(shift, x));
        product = fast_two_sum(product.high, product.low);
        shift += 1.0;
    }
    const DoubleDouble above = lgamma_of_large(two_sum(shift, x));
    const DoubleDouble logarithm = log_pair(product.high);
    const DoubleDouble difference = two_sum(above.high, -logarithm.high);
    const double logarithm_low = logarithm.low + product.low / product.high;
    return difference.high + (difference.low + (above.low - logarithm_low));
}

}  // namespace

double stirling_remainder(double x) {
    TAILRATE_EXPECTS(x >= 12.0);
    const double r = 1.0 / x;
    // B_2k / (2k (2k - 1)), Abramowitz & Stegun 6.1.42; ten terms err below 3e-22.
    return r * horner(r * r,
                      1.0 / 12.0,             // k = 1
                      -1.0 / 360.0,           // k = 2
                      1.0 / 1260.0,           // k = 3
                      -1.0 / 1680.0,          // k = 4
                      1.0 / 1188.0,           // k = 5
                      -691.0 / 360360.0,      // k = 6
                      1.0 / 156.0,            // k = 7
                      -3617.0 / 122400.0,     // k = 8
                      43867.0 / 244188.0,     // k = 9
                      -174611.0 / 125400.0);  // k = 10
}

double lgamma(double x) {
    TAILRATE_EXPECTS(x > 0.0);
    constexpr double overflow =
        2.5599833278516387e+305;            // log Gamma is 2^1024 here, mpmath
    constexpr double neighbourhood = 0.25;  // where the series converge fast
    if (std::abs(x - 1.0) <= neighbourhood) {
        return lgamma_near_one(x - 1.0);
    }
    if (std::abs(x - 2.0) <= neighbourhood) {
        return lgamma_near_two(x - 2.0);
    }
    if (x < 12.0) {
        return lgamma_by_recurrence(x);
    }
    return x < overflow ? lgamma_of_large({x, 0.0}).high : infinity;
}

double erf(double x) {
    if (std::isnan(x)) {
        return x;
    }
    if (std::abs(x) >= 1.0) {
        return std::copysign(1.0 - erfc(std::abs(x)), x);
    }
    constexpr double slope = 1.1283791670955126;         // 2/sqrt(pi), mpmath
    constexpr double slope_low = 1.533545961316588e-17;  // the rest of it, mpmath
    // Abramowitz & Stegun 7.1.5: 2/sqrt(pi) sum (-1)^n x^(2n+1) / (n! (2n+1)); 21 terms
    // err below 1e-20 for |x| < 1.
    const double square = x * x;
    double power = 1.0;
    double sum = 0.0;
    for (int n = 1; n <= 20; ++n) {
        power *= -square / static_cast<double>(n);
        sum += power / static_cast<double>(2 * n + 1);
    }
    return std::fma(x, slope, x * std::fma(slope, sum, slope_low));
}

double erfc(double x) {
    if (std::isnan(x)) {
        return x;
    }
    if (x < 0.5) {
        return x > -0.5 ? 1.0 - erf(x) : 2.0 - erfc(-x);
    }
    constexpr double inverse_sqrt_pi = 0.5641895835477563;  // 1/sqrt(pi), mpmath
    // Abramowitz & Stegun 7.1.14, from the tail, which is near its limit
    // x/2 + sqrt(x^2/4 + n/2); the number of terms was found by comparing with more.
    const int terms = 16 + static_cast<int>(250.0 / (x * x));
    const double half = 0.5 * x;
    double tail = half + std::sqrt(half * half + 0.5 * static_cast<double>(terms));
    for (int n = terms; n >= 1; --n) {
        tail = x + 0.5 * static_cast<double>(n) / tail;
    }
    const DoubleDouble square = two_product(x, x);
    return exp_of_sum(-square.high, -square.low) * (inverse_sqrt_pi / tail);
}

namespace {

double normal_density(double z) {
    constexpr double inverse_sqrt_2pi = 0.3989422804014327;  // 1/sqrt(2 pi), mpmath
    return inverse_sqrt_2pi * exp(-0.5 * z * z);
}

/// The z >= 0 with P(0 <= Z <= z) = p, p <= 1/4, by Halley's iteration.
double normal_quantile_of_centre(double p) {
    constexpr double sqrt_2pi = 2.5066282746310007;  // 1 / density at 0, mpmath
    double z = sqrt_2pi * p;
    for (int step = 0; step < 4; ++step) {
        const double miss = (0.5 * erf(sqrt_half * z) - p) / normal_density(z);
        z -= miss / (1.0 + 0.5 * z * miss);
    }
    return z;
}

/// The z with P(Z > z) = p, p <= 1/4, by Halley's iteration.
double normal_quantile_of_tail(double p) {
    const double t = std::sqrt(-2.0 * log(p));
    // Abramowitz & Stegun 26.2.23, absolute error below 4.5e-4.
    double z = t - horner(t, 2.515517, 0.802853, 0.010328) /
                       horner(t, 1.0, 1.432788, 0.189269, 0.001308);
    for (int step = 0; step < 3; ++step) {
        const double miss = (0.5 * erfc(sqrt_half * z) - p) / normal_density(z);
        z += miss / (1.0 - 0.5 * z * miss);
    }
    return z;
}

}  // namespace

double normal_quantile(double p) {
    TAILRATE_EXPECTS(p > 0.0 && p < 1.0);
    const double from_centre = p - 0.5;
    if (std::abs(from_centre) <= 0.25) {
        const double z = normal_quantile_of_centre(std::abs(from_centre));
        return std::copysign(z, from_centre);
    }
    return p < 0.5 ? -normal_quantile_of_tail(p) : normal_quantile_of_tail(1.0 - p);
}

}  // namespace tailrate::math
