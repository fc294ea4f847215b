#pragma once

// Special functions for set-up and statistics, one value at a time. They rest on the
// elementary functions of this module, so their bits are fixed as well.

namespace tailrate::math {

/// log Gamma(x) for x > 0, error below 2 ulp, next to the zeros 1 and 2 too.
[[nodiscard]] double lgamma(double x);

/// log Gamma(x) - ((x - 1/2) log x - x + log(2 pi)/2), x >= 12.
[[nodiscard]] double stirling_remainder(double x);

/// Error function, error below 2 ulp.
[[nodiscard]] double erf(double x);

/// 1 - erf(x), error below 4 ulp.
[[nodiscard]] double erfc(double x);

/// The z with P(N(0,1) <= z) = p, relative error below 1e-14 for 1e-300 < p < 1.
[[nodiscard]] double normal_quantile(double p);

/// Regularized incomplete beta function I_x(a, b), a, b > 0, 0 <= x <= 1. Relative
/// error about 1e-15 max(10, min(a, b) log(a + b)).
[[nodiscard]] double incomplete_beta(double a, double b, double x);

/// P(T <= t) for Student's law, dof >= 1 (real or infinite), relative error below
/// 1e-11.
[[nodiscard]] double student_t_cdf(double t, double dof);

/// The t with P(T <= t) = p, 0 < p < 1, dof >= 1 (real or infinite), relative error
/// below 1e-11.
[[nodiscard]] double student_t_quantile(double p, double dof);

}  // namespace tailrate::math
