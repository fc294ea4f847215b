#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/study.hpp"

/// The whole statistics pipeline on cells whose truth is known: coverage of every
/// interval, regimes, false alarms and power of the gate. Rows come from the runner
/// itself, on study seeds.
namespace tailrate::coverage {

/// eta_t = scale / (t + 1 + shift).
struct HarmonicStep {
    double scale = 1.0;
    double shift = 0.0;
};

/// One cell, as the maps of an experiment file.
struct CellText {
    std::string name;
    std::string problem;
    std::string method;
    /// Where the mean squared error is known exactly: SGD under unit Gaussian noise.
    std::optional<HarmonicStep> exact_step = std::nullopt;
    /// A clipped method that has not arrived: whatever its slope, it is no rate.
    bool is_travelling = false;
};

/// Cells that meet the same draws.
struct Family {
    std::string name;
    std::string noise;
    std::vector<CellText> cells;
};

/// SGD and smoothed clipping with error feedback at two condition numbers, and clipped
/// cells that travel, stand on a plateau, or have a growing threshold.
[[nodiscard]] std::vector<Family> interval_families();

/// The grid of the gate: 3 methods x 4 noises x 3 condition numbers.
[[nodiscard]] std::vector<Family> gate_families();

/// Cells of the gate's grid whose exponent is made about 0.04 worse by a slower fall of
/// the step; they have the names of the cells they replace.
[[nodiscard]] Family slower_cells();

/// The family as an experiment on the first `seeds` study seeds; cell k of it is cell k
/// of the family.
[[nodiscard]] plan::Study make_study(const Family& family, std::int64_t seeds);

}  // namespace tailrate::coverage
