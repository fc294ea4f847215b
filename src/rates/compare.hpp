#pragma once

/// Methods side by side on one problem, network and noise: the cells share their seeds,
/// that is their draws, so every statistic is of differences by seed.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rates/exponent.hpp"
#include "rates/level.hpp"
#include "rates/window.hpp"

namespace tailrate::rates {

/// An estimated probability.
struct Frequency {
    double value = not_a_number;
    Interval ci;
};

/// wins / trials with Wilson's interval (Wilson 1927, J. Amer. Statist. Assoc. 22,
/// 209). `wins` in [0, trials] may be half an integer, trials >= 1.
[[nodiscard]] Frequency wilson(double wins, std::size_t trials);

/// Index of the last checkpoint that costs at most `budget` oracle calls per client
/// where an iteration costs `calls_per_iteration`; nothing where that is iteration 0.
[[nodiscard]] std::optional<std::size_t> checkpoint_within(
    std::span<const std::int64_t> iterations,
    double calls_per_iteration,
    double budget);

/// The errors of one cell at one checkpoint.
struct Snapshot {
    /// (R), of the errors floored at 1e-24 of the value at 0; +inf where the seed
    /// diverged.
    std::vector<double> log_errors;
    Level geometric;  ///< as final_geo: the typical run
    Level mean;       ///< as final_mean: an estimate only where the MSE is finite
    std::size_t diverged = 0;
};

/// `checkpoint` >= 1.
[[nodiscard]] Snapshot snapshot(const Curves& curves, std::size_t checkpoint);

/// First checkpoint from which on the geometric mean over seeds of the floored error is
/// <= `accuracy` at every checkpoint recorded; nothing where there is none.
[[nodiscard]] std::optional<std::size_t> first_within(const Curves& curves,
                                                      double accuracy);

/// Which test a pair's p-value comes from.
enum class PairTest : std::int8_t { student = 0, sign = 1 };

inline constexpr std::array<const char*, 2> pair_test_names{"t", "sign"};

[[nodiscard]] constexpr const char* name(PairTest test) {
    return pair_test_names[static_cast<std::size_t>(test)];
}

/// Cell `a` against cell `b`.
struct Pair {
    std::size_t a = 0;
    std::size_t b = 0;
    /// Geometric mean of b's errors over that of a's: above 1 where a is better. t
    /// interval of the mean log ratio. NaN where a seed of either diverged: no mean.
    double ratio = not_a_number;
    Interval ratio_ci;
    /// P(error of a < error of b) on a common seed. Ties count half; a diverged seed
    /// loses against a finite one, two diverged tie.
    Frequency a_wins;
    /// Two-sided. Student's test of a mean log ratio of 0; where that does not exist,
    /// the exact sign test without the ties. Whether a seed diverged does not tell the
    /// two apart when they are alike, so the choice of the test keeps its level.
    PairTest test = PairTest::student;
    double p = not_a_number;
    double p_holm = not_a_number;  ///< over all pairs of the group
};

/// Statistics of one pair, of as many seeds (>= 2) in both; p_holm is left open.
[[nodiscard]] Pair compare_pair(std::span<const double> log_errors_a,
                                std::span<const double> log_errors_b);

/// What can be said of a cell against the leader of its group.
enum class Standing : std::int8_t {
    best = 0,       ///< the leader, significantly better than every other
    undecided = 1,  ///< the leader without that, and who cannot be told from it
    worse = 2,      ///< significantly worse than the leader
    ahead = 3,      ///< wins significantly more seeds, but some diverged
};

inline constexpr std::array<const char*, 4> standing_names{
    "best", "undecided", "worse", "ahead"};

[[nodiscard]] constexpr const char* name(Standing standing) {
    return standing_names[static_cast<std::size_t>(standing)];
}

struct GroupComparison {
    /// Cells by diverged seeds, then by geometric error, ascending; the first leads.
    std::vector<std::size_t> order;
    /// All pairs: a before b in `order`, ordered so; the first are the leader's.
    std::vector<Pair> pairs;
    std::vector<Standing> standings;  ///< per cell

    [[nodiscard]] std::size_t leader() const { return order.front(); }
};

/// All pairs of at least 2 cells on the same seeds; Holm over all of them, so the
/// leader may be chosen by its error and still be tested against every other. The
/// probability that any difference is claimed where there is none is at most
/// `family_error`.
[[nodiscard]] GroupComparison compare_group(std::span<const Snapshot> cells,
                                            double family_error);

}  // namespace tailrate::rates
