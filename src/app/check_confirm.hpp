#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "app/check_input.hpp"
#include "rates/gate.hpp"

namespace tailrate::app {

/// Curves of one cell in both files, owned; `view` sees them.
struct LoadedCell {
    runner::StoredCell baseline;
    std::vector<double> candidate;
    std::vector<double> judged;  ///< all seeds of the baseline, confirmation included

    [[nodiscard]] rates::GateCell view(
        const std::vector<std::int64_t>& iterations) const {
        return {{iterations, baseline.errors},
                {iterations, candidate},
                baseline.facts(),
                {iterations, judged}};
    }
};

/// Runs the suspects among `found` on the confirmation seeds of the baseline and
/// decides them; leaves them alone where the baseline has none. Throws
/// core::StorageError where the candidate has none and another program made it.
void confirm_suspects(const Side& baseline,
                      const Side& candidate,
                      const Comparison& comparison,
                      std::size_t threads,
                      const rates::GateRule& rule,
                      std::vector<rates::CellGate>& found);

}  // namespace tailrate::app
