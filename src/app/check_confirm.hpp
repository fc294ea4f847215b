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
    runner::StoredCell candidate;
    std::vector<double> judged;  ///< all seeds of the baseline, confirmation included
    bool has_same_draws = true;

    [[nodiscard]] rates::GateCell view(
        const std::vector<std::int64_t>& iterations) const {
        return {{iterations, baseline.errors},
                {iterations, candidate.errors},
                baseline.facts(),
                candidate.facts(),
                {iterations, judged},
                has_same_draws};
    }
};

/// Why suspects are left undecided.
enum class Undecided { none, no_confirmation_seeds, other_program };

/// Runs the suspects among `found` on the confirmation seeds of the baseline and
/// decides them. Leaves them alone where the baseline has fewer of these than
/// `fewest_common_seeds`, and where the candidate has others and this program does not
/// compute the bits that it has.
[[nodiscard]] Undecided confirm_suspects(const Side& baseline,
                                         const Side& candidate,
                                         const Comparison& comparison,
                                         std::size_t threads,
                                         const rates::GateRule& rule,
                                         std::vector<rates::CellGate>& found);

}  // namespace tailrate::app
