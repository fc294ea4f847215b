#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "math/elementary.hpp"
#include "model/sparse_rows.hpp"

/// Scalar arithmetic of regularized logistic regression: what is done once when an
/// instance is made, and the formulas that hold near and far from the minimizer.
namespace tailrate::model {

/// f(x) = sum_j weights_j log(1 + exp(-s_j)) + (mu/2) |x|^2, s_j = a_j'x, over the rows
/// j = first .. first + weights.size() - 1, where a_j is row j of the data times its
/// label; the weights are positive with sum 1.
struct RidgeLogistic {
    const SparseRows* rows = nullptr;
    std::size_t first = 0;
    std::vector<double> weights;
    double mu = 0.0;

    [[nodiscard]] std::size_t size() const { return weights.size(); }

    [[nodiscard]] SparseRow row(std::size_t j) const { return rows->row(first + j); }

    [[nodiscard]] double value(std::span<const double> x) const;
    [[nodiscard]] std::vector<double> gradient(std::span<const double> x) const;
};

/// 1 / (1 + exp(-s)), without overflow and without a branch.
inline double sigmoid(double s) {
    const double small = math::exp(-std::abs(s));
    return (s >= 0.0 ? 1.0 : small) / (1.0 + small);
}

/// log(1 + exp(-s)), without overflow.
[[nodiscard]] double logistic_loss(double s);

/// log(1 + exp(-(s + step))) - log(1 + exp(-s)) + step / (1 + exp(s)): what the loss
/// exceeds its tangent at s by; >= 0, with a small relative error for every s and step.
[[nodiscard]] double loss_above_tangent(double s, double step);

/// The x with |grad f(x)| <= 1e-12 max(1, |grad f(0)|) and from there on as small as
/// rounding allows, by damped Newton from 0; empty when 100 steps are not enough.
[[nodiscard]] std::optional<std::vector<double>> minimizer(const RidgeLogistic& f);

}  // namespace tailrate::model
