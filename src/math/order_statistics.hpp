#pragma once

// Quantiles as order statistics, never interpolated: +inf, the value of a diverged run,
// keeps its rank, and NaN counts as +inf.

#include <cstddef>
#include <span>
#include <vector>

namespace tailrate::math {

/// x_(ceil(q R)) of the R values in ascending order, ranks from 1, 0 <= q <= 1 (q = 0
/// gives the smallest). q R within 1e-15 above an integer counts as that integer, since
/// 0.07 * 100 is more than 7 in doubles. Reorders the values, NaN replaced by +inf.
[[nodiscard]] double order_statistic(std::span<double> values, double q);

/// The same for several q in ascending order.
[[nodiscard]] std::vector<double> order_statistics(std::span<double> values,
                                                   std::span<const double> q);

/// floor(share n), 0 <= share <= 1, how many of n things a share of them is. A product
/// within 1e-15 below an integer counts as that integer: 0.29 * 100 is less than 29.
[[nodiscard]] std::size_t count_of_share(double share, std::size_t n);

/// order_statistic at 1/2: for an even number of values the lower of the middle two.
[[nodiscard]] double median(std::span<double> values);

}  // namespace tailrate::math
