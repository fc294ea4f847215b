#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coverage/cells.hpp"
#include "rates/rates.hpp"

namespace tailrate::coverage {

inline constexpr double window_decades = 1.5;

/// What the statistics need of one cell, over all seeds of a pool.
struct CellPool {
    CellText text;
    std::string name;  ///< with the noise: "t1.5 sclip_ef k10"
    rates::MomentClass moment = rates::MomentClass::finite;
    std::vector<std::int64_t> iterations;  ///< (K): 0 and the checkpoints of the window
    std::vector<double> path_bound;        ///< (K)
    std::vector<double> errors;            ///< (seed x K)
    std::vector<double> final_saturated;   ///< (seed), NaN where undefined

    [[nodiscard]] std::size_t seeds() const { return final_saturated.size(); }

    /// Of `count` seeds from `first` on.
    [[nodiscard]] rates::Curves curves(std::size_t first, std::size_t count) const;
    [[nodiscard]] rates::CellRates fit(std::size_t first, std::size_t count) const;
};

/// Runs every cell of the family on the first `seeds` (a multiple of the lanes) study
/// seeds with the real runner.
[[nodiscard]] std::vector<CellPool> run_pool(const Family& family,
                                             std::size_t seeds,
                                             std::size_t threads);

}  // namespace tailrate::coverage
