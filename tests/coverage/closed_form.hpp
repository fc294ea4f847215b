#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coverage/cells.hpp"
#include "model/problem.hpp"

namespace tailrate::coverage {

/// E |x_t - x*|^2 of SGD at ascending `iterations` on a quadratic whose clients meet
/// independent N(0,1) noise: with e_t = x_t - x*, H the mean Hessian and n clients,
///     E e e' at t+1 = (I - eta_t H) (E e e' at t) (I - eta_t H) + eta_t^2 / n I.
/// Written without anything that the runner or the statistics use.
[[nodiscard]] std::vector<double> exact_sgd_curve(
    const model::Problem& problem,
    HarmonicStep step,
    std::span<const std::int64_t> iterations);

/// What the estimators aim at on an exact curve.
struct ExactTruth {
    double exponent = 0.0;
    double curvature = 0.0;
    double final_mean = 0.0;
};

/// Least-squares slopes from t = `first` on, and from and up to `middle`.
[[nodiscard]] ExactTruth exact_truth(std::span<const std::int64_t> iterations,
                                     std::span<const double> curve,
                                     std::int64_t first,
                                     std::int64_t middle);

}  // namespace tailrate::coverage
