#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "coverage/pool.hpp"
#include "coverage/report.hpp"

namespace tailrate::coverage {

inline constexpr std::size_t seeds_per_repetition = 100;

/// How many fits to `seeds` seeds each let a table call the exponent a rate.
struct RateShare {
    std::size_t seeds = 0;
    std::size_t fits = 0;
    std::size_t called = 0;
};

/// All fits of one cell to 100 seeds each, and the truth that they aim at.
struct CellFits {
    std::string name;
    bool is_exact = false;  ///< mean squared error known without simulation
    bool is_travelling = false;
    rates::CellRates truth;
    /// Largest distance of the pool's mean from the exact curve within the window, in
    /// standard errors; NaN where there is none.
    double largest_z = rates::not_a_number;
    std::vector<rates::CellRates> fits;  ///< one per repetition
    std::vector<RateShare> rate_shares;  ///< by number of seeds, ascending
};

/// Fits the first `repetitions` of a pool. The truth is the same fit to the whole pool;
/// of the mean of Gaussian SGD the exact one.
[[nodiscard]] CellFits fit_repetitions(const CellPool& pool, std::size_t repetitions);

/// Shares of the 95 % intervals that hold the truth, and what is known of those outside
/// 93 to 97 %.
void report_coverage(const std::vector<CellFits>& cells, Report& report);

/// Counts of regimes over the first `repetitions`, and the number of seeds that it
/// takes to call an exponent a rate.
void report_regimes(const std::vector<CellFits>& cells,
                    std::size_t repetitions,
                    Report& report);

}  // namespace tailrate::coverage
