#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "plan/study.hpp"
#include "rates/rates.hpp"
#include "runner/theory_columns.hpp"

namespace tailrate::runner {

/// The records of rows by their journal keys.
using RowSource =
    std::function<std::vector<std::vector<double>>(std::span<const core::Digest> keys)>;

/// The rows of one cell put together: the padding seeds of the last block are gone.
struct CellRecord {
    std::size_t seeds = 0;
    std::size_t checkpoints = 0;
    /// Per metric (seed, checkpoint, width).
    std::vector<std::vector<double>> metrics;
    std::vector<double> peak_error;              ///< (seed)
    std::vector<std::int64_t> diverged_at;       ///< (seed), -1 = never
    std::vector<double> final_saturated;         ///< (seed), NaN = undefined
    std::vector<std::int8_t> precision_limited;  ///< (seed), see the result file
};

[[nodiscard]] CellRecord collect(const plan::Study& study,
                                 std::size_t cell,
                                 const RowSource& rows);

/// Order statistics of every checkpoint over seeds.
inline constexpr std::array<double, 6> recorded_quantiles{
    0.1, 0.25, 0.5, 0.75, 0.9, 0.99};
inline constexpr std::size_t median_index = 2;

/// Mean (checkpoint) and quantiles (quantile, checkpoint) of a metric (seed,
/// checkpoint); NaN where the metric is undefined.
struct Summary {
    std::vector<double> mean;
    std::vector<double> quantiles;
};

[[nodiscard]] Summary summarize(std::span<const double> values,
                                std::size_t seeds,
                                std::size_t checkpoints);

/// What is known of a cell beyond its curves.
struct DeclaredFacts {
    rates::MomentClass moment = rates::MomentClass::finite;
    /// (checkpoint) the longest path the iterate can have made by then; +inf where
    /// updates are unbounded and from 4 |x0 - x*| on, where it no longer matters.
    std::vector<double> path_bound;
    CellTheory theory;
};

[[nodiscard]] DeclaredFacts declared_facts(const plan::Study& study, std::size_t cell);

[[nodiscard]] rates::CellRates fit_cell(const plan::Study& study,
                                        const CellRecord& record,
                                        const DeclaredFacts& facts,
                                        double window_decades);

}  // namespace tailrate::runner
