#pragma once

#include <cstddef>

#include "rates/gate.hpp"

/// The parts of the gate that look at one cell alone.
namespace tailrate::rates {

/// The tests of one cell, paired by seed; all NaN where nothing can be tested.
struct CellTests {
    GateTest exponent;
    GateTest level;
    GateTest typical;  ///< see CellGate
    std::size_t seeds = 0;
    std::size_t baseline_bad = 0;  ///< see count_bad
    std::size_t candidate_bad = 0;

    /// That are bad now, less those that no longer are.
    [[nodiscard]] std::ptrdiff_t newly_bad() const {
        return static_cast<std::ptrdiff_t>(candidate_bad) -
               static_cast<std::ptrdiff_t>(baseline_bad);
    }
};

/// On the seeds that are bad in neither file.
[[nodiscard]] CellTests test_cell(const GateCell& cell,
                                  Statistic statistic,
                                  double window_decades);

/// Everything of a cell that does not depend on the others: its regimes, its tests, and
/// its state before any test is judged.
[[nodiscard]] CellGate measure_cell(const GateCell& cell, const GateRule& rule);

}  // namespace tailrate::rates
