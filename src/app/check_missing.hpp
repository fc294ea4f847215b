#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "plan/experiment.hpp"

namespace tailrate::app {

/// How a cell of the baseline and one of the candidate differ.
struct CellDifference {
    std::vector<std::string> keys;  ///< parameters, or sections of different kinds
    std::string text;  ///< "step.scale: 2 in the baseline, 2.2 in the candidate"
};

/// Per missing cell how it differs from the nearest new one; empty where none is near
/// (more than three parameters differ, or a kind and something else), and for more
/// pairs of cells than are looked at.
[[nodiscard]] std::vector<CellDifference> differences_to_nearest(
    const plan::Experiment& baseline,
    std::span<const std::size_t> missing_cells,
    const plan::Experiment& candidate,
    std::span<const std::size_t> new_cells);

/// What all of them have in common, as a reason why no cell is in both files: the text
/// where it is the same, else the keys; empty where these differ or there are none.
[[nodiscard]] std::string common_difference(
    std::span<const CellDifference> differences);

}  // namespace tailrate::app
