#pragma once

#include <cstddef>

#include "rates/exponent.hpp"
#include "rates/window.hpp"

namespace tailrate::rates {

/// A positive quantity with its interval.
struct Level {
    double value = not_a_number;
    Interval ci;
};

/// Mean of the recorded squared errors at the horizon, not floored: the last value of
/// the mean curve, bit for bit. Interval mean +- t s / sqrt(R), whose lower end may be
/// negative. +inf without an interval when a seed diverged.
[[nodiscard]] Level final_mean(const Curves& curves, double quantile);

/// Geometric mean of the floored errors at the horizon; t interval of the mean
/// logarithm. +inf without an interval when a seed diverged. The curves end where the
/// window ends.
[[nodiscard]] Level final_geo(const LoggedWindow& window, double quantile);

/// Mean over the checkpoints of the window of the log mean error, and of the mean over
/// seeds of the log error: what a constant factor moves by its logarithm. The influence
/// of a seed on the first is its mean ratio to the mean curve, less 1.
[[nodiscard]] Estimate mean_level(const LoggedWindow& window);
[[nodiscard]] Estimate geometric_level(const LoggedWindow& window);

/// Share in [1/R, 1] of the largest error in the sum over seeds at the horizon: near 1,
/// the mean is the report of one seed. NaN when a seed diverged or all errors are 0.
[[nodiscard]] double largest_share(const Curves& curves);

/// Hill estimate (Hill 1975, Ann. Statist. 3, 1163) of the tail index of the squared
/// error over seeds, from the largest max(5, ceil(R / 10)) of the seeds' largest ratios
/// to the median within the window. A diagnostic, never a reason to choose an
/// estimator: in our simulations it is below 1.5 for nearly every cell of infinite mean
/// squared error from 100 seeds on and for almost none of the others, and says little
/// below 50. +inf when the largest are equal, NaN below 6 seeds or when a seed
/// diverged.
[[nodiscard]] double hill_index(const LoggedWindow& window);

/// Seeds whose error at the horizon is not finite.
[[nodiscard]] std::size_t count_diverged(const Curves& curves);

/// Whether the error of the seed at the horizon is not finite or above 1e6 times the
/// value at 0; and how many seeds are so.
[[nodiscard]] bool is_bad(const Curves& curves, std::size_t seed);
[[nodiscard]] std::size_t count_bad(const Curves& curves);

}  // namespace tailrate::rates
