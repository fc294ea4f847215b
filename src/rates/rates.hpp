#pragma once

/// rates answers how fast the error of a cell falls: exponents of the mean and of the
/// typical run with intervals, the regime, the level at the horizon. It works on
/// recorded curves and on facts that the method declares; it knows nothing of files,
/// grids or methods, chooses no estimator by looking at the data, and never drops a
/// seed.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "rates/exponent.hpp"
#include "rates/regime.hpp"
#include "rates/window.hpp"

namespace tailrate::rates {

/// Is the mean squared error finite by construction? Declared by the method as a
/// function of the tail index of the noise and the number of clients, never read off
/// the data.
enum class MomentClass : std::int8_t {
    finite = 0,
    caution = 1,   ///< finite mean, doubtful interval: unclipped, tail index <= 4
    infinite = 2,  ///< unclipped, tail index <= 2
};

inline constexpr std::array<const char*, 3> moment_class_names{
    "finite", "caution", "infinite"};

/// Why `exponent` is NaN, or how far to trust it: the first that applies of
/// infinite_mse, diverged, few_seeds, short_window, caution, ok.
enum class Reason : std::int8_t {
    ok = 0,
    caution = 1,
    infinite_mse = 2,  ///< MomentClass::infinite
    diverged = 3,      ///< a seed, or the mean over seeds overflows
    few_seeds = 4,     ///< below 20
    short_window = 5,  ///< below 4 checkpoints
};

inline constexpr std::array<const char*, 6> reason_names{
    "ok", "caution", "infinite_mse", "diverged", "few_seeds", "short_window"};

[[nodiscard]] constexpr const char* name(MomentClass moment) {
    return moment_class_names[static_cast<std::size_t>(moment)];
}

[[nodiscard]] constexpr const char* name(Reason reason) {
    return reason_names[static_cast<std::size_t>(reason)];
}

/// What the method and its run declare about a cell.
struct CellFacts {
    MomentClass moment = MomentClass::finite;
    /// (K) largest distance that the iterate can have travelled by each checkpoint, in
    /// the units of the iterate; +inf where updates are unbounded; empty = all
    /// unbounded.
    std::span<const double> path_bound;
    /// Fraction of the clients' messages saturated at the horizon, averaged over seeds;
    /// NaN where it is not defined.
    double final_saturated = not_a_number;
};

/// Which of the two exponents the regime is judged by.
enum class Statistic : std::int8_t { mean = 0, geo = 1 };

/// Everything reported of one cell. Intervals are two-sided 95 %. NaN = not defined.
struct CellRates {
    std::int64_t window_start = 0;  ///< first checkpoint of the window
    std::size_t window_points = 0;  ///< checkpoints in it

    double exponent = not_a_number;  ///< of the mean squared error; NaN by `reason`
    Interval exponent_ci;
    Reason reason = Reason::ok;

    /// Of the typical run; NaN when a seed diverged or below 2 seeds or 2 checkpoints.
    double exponent_geo = not_a_number;
    Interval exponent_geo_ci;

    Regime regime = Regime::inconclusive;
    std::string_view regime_reason;
    /// The mean, but the typical run where the mean is infinite by construction or
    /// where there are fewer than 20 seeds.
    Statistic judged_by = Statistic::mean;
    /// Of that statistic over the halves; NaN when one has fewer than 3 checkpoints.
    double early_exponent = not_a_number;
    double late_exponent = not_a_number;
    double curvature = not_a_number;  ///< late minus early
    Interval curvature_ci;            ///< paired by seed
    /// May a table call the exponent a rate? Converging, and the curvature interval
    /// lies within [-0.1, 0.1].
    bool is_rate = false;

    double final_mean = not_a_number;  ///< see final_mean(); no interval where infinite
    Interval final_mean_ci;
    double final_geo = not_a_number;  ///< see final_geo()
    Interval final_geo_ci;

    double hill = not_a_number;           ///< see hill_index()
    double largest_share = not_a_number;  ///< see largest_share()
    std::size_t diverged_seeds = 0;       ///< not finite at the horizon
};

/// Rates over the last `window_decades` (> 0) decades. Sums run in seed order and all
/// functions are those of math/: the same curves give the same bits everywhere.
///
/// Corner cases. All seeds equal (noise `none`): intervals of width 0. One seed: points
/// without intervals, regime inconclusive unless diverged or travelling. Errors of 0
/// and below the floor of LoggedWindow count as the floor in both exponents and in
/// `final_geo`; `final_mean` is of the errors as they are. A window too short for a
/// slope still has its levels. All seeds diverged: levels +inf, exponents NaN.
[[nodiscard]] CellRates fit(const Curves& curves,
                            const CellFacts& facts,
                            double window_decades);

}  // namespace tailrate::rates
