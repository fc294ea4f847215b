#pragma once

/// The regression gate: is the error of a candidate worse than that of a baseline in
/// any cell of a grid? It is quiet until something is really worse: tests are paired by
/// seed number, corrected over the whole family, and a finding must also be material.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "rates/rates.hpp"

namespace tailrate::rates {

struct GateRule {
    double window_decades = 1.5;
    double family_error = 0.01;      ///< of any false failure, over all cells and tests
    double suspect_error = 0.01;     ///< of one test, where the draws differ
    double material_drop = 0.025;    ///< of an exponent
    double material_ratio = 1.10;    ///< of a level
    double rounding = 1e-9;          ///< relative difference of the same algorithm
    std::size_t failing_seeds = 3;   ///< that diverge newly; a suspect with other draws
    double unexplained_ratio = 2.0;  ///< of an improved level
    double unexplained_rise = 0.2;   ///< of an improved exponent
};

/// One cell in both files, on the seed numbers that both have, in the same order.
struct GateCell {
    Curves baseline;
    Curves candidate;
    CellFacts facts;              ///< of the baseline
    CellFacts candidate_facts{};  ///< the moment class is taken from `facts`
    /// All seeds of the baseline, which say whether it converges and is straight;
    /// empty: `baseline` says it.
    Curves judged{};
    bool has_same_draws = true;  ///< both met the same noise
};

/// The worst that applies.
enum class GateState : std::int8_t {
    identical = 0,  ///< bit for bit
    rounding = 1,   ///< equal but for the rounding of another order of operations
    pass = 2,
    changed = 3,   ///< certainly another number, too close to matter
    improved = 4,  ///< certainly and materially better
    suspect = 5,   ///< perhaps worse: only confirmation seeds can tell
    fail = 6,
    untested = 7,  ///< the baseline diverged
};

inline constexpr std::array<const char*, 8> gate_state_names{"identical",
                                                             "rounding",
                                                             "pass",
                                                             "changed",
                                                             "improved",
                                                             "suspect",
                                                             "fail",
                                                             "untested"};

[[nodiscard]] constexpr const char* name(GateState state) {
    return gate_state_names[static_cast<std::size_t>(state)];
}

/// One quantity of a cell in both files. One-sided tests by Student's t with seeds - 1
/// degrees of freedom; where the draws differ the differences by seed number are
/// independent and the test is still exact.
struct GateTest {
    double baseline = not_a_number;
    double candidate = not_a_number;
    double worse = not_a_number;  ///< positive where the candidate is worse
    double standard_error = not_a_number;
    double p_worse = not_a_number;  ///< NaN where nothing is tested
    double p_better = not_a_number;
    /// A true change of this size is found with probability 0.8 at this spread; where
    /// the draws differ: is suspected at the first look.
    double detectable = not_a_number;

    [[nodiscard]] bool is_tested() const { return p_worse == p_worse; }
};

/// What was found in one cell.
struct CellGate {
    GateState state = GateState::untested;
    bool has_same_draws = true;
    Statistic statistic = Statistic::mean;  ///< by declaration, the same in both files
    Regime baseline_regime = Regime::inconclusive;
    Regime candidate_regime = Regime::inconclusive;  ///< both from the common seeds
    std::size_t seeds = 0;               ///< finite in both, what the tests are on
    std::size_t baseline_bad_seeds = 0;  ///< see count_bad
    std::size_t candidate_bad_seeds = 0;
    /// Of the exponents of `statistic`, positive = it fell; tested where the baseline
    /// converges and is straight, reported wherever it exists.
    GateTest exponent;
    /// Of the typical run's exponents where `statistic` is the mean: never tested.
    GateTest typical;
    /// Of the mean over the window of the log level, positive = it rose; tested in
    /// every cell whose baseline did not diverge.
    GateTest level;
    /// The same on the confirmation seeds, of a cell that was a suspect.
    GateTest confirmed_exponent;
    GateTest confirmed_level;
    std::size_t confirmation_seeds = 0;  ///< how many; 0: no suspect
    std::size_t confirmed_baseline_bad_seeds = 0;
    std::size_t confirmed_candidate_bad_seeds = 0;
    /// Rejected and material; of a suspect: its accusations.
    bool exponent_fails = false;
    bool level_fails = false;
    bool divergence_fails = false;
    /// Better by more than a mere change would be expected to make it.
    bool is_unexplained = false;
};

/// Compares every cell. Where both met the same draws, a rejected and material
/// worsening fails, and so do seeds that diverge newly; as many that no longer diverge
/// improve a cell, fewer change it. With other draws a worsening makes a suspect when
/// its own p is below the suspect error, as do newly diverged seeds, and `confirm`
/// decides. The family error is shared out between the two
/// kinds of cells in proportion to their tests; Holm's correction is over each kind.
/// Every cell needs at least 2 seeds and equal iterations in both.
[[nodiscard]] std::vector<CellGate> gate(std::span<const GateCell> cells,
                                         const GateRule& rule);

/// Decides the suspects among `found` with their confirmation seeds: `confirmation[i]`
/// belongs to the i-th suspect. A suspect fails when Holm over the suspects' tests
/// rejects at their share of the family error and the worsening is material there: of
/// diverged seeds by Fisher's exact test. Else it passes.
void confirm(std::span<const GateCell> confirmation,
             const GateRule& rule,
             std::vector<CellGate>& found);

/// Whether two curves differ by rounding at most: by `rounding` of the baseline, at
/// every checkpoint of every seed, errors below 1e-24 of the value at 0 counted as
/// that. Infinite errors must be infinite in both.
[[nodiscard]] bool is_rounding(const Curves& baseline,
                               const Curves& candidate,
                               double rounding);

}  // namespace tailrate::rates
