#pragma once

#include <span>
#include <vector>

namespace tailrate::rates {

/// Which of the hypotheses with these p-values are rejected so that the probability of
/// any false rejection is at most `error`, whatever their dependence (Holm 1979, Scand.
/// J. Statist. 6, 65). NaN is never rejected and counts as no hypothesis.
[[nodiscard]] std::vector<bool> holm(std::span<const double> p_values, double error);

/// Holm's adjusted p-values: the least error at which each hypothesis is rejected, at
/// most 1. NaN stays NaN and counts as no hypothesis.
[[nodiscard]] std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace tailrate::rates
