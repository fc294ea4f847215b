#include "rates/gate.hpp"

#include <algorithm>
#include <cmath>

#include "core/contracts.hpp"
#include "math/elementary.hpp"
#include "math/special.hpp"
#include "rates/fisher.hpp"
#include "rates/gate_cell.hpp"
#include "rates/holm.hpp"

namespace tailrate::rates {
namespace {

constexpr double power = 0.8;  // of what is called detectable

bool is_exponent_material(const GateRule& rule, double amount) {
    return amount > rule.material_drop;
}

bool is_level_material(const GateRule& rule, double amount) {
    return amount > math::log(rule.material_ratio);
}

/// Diverged seeds are counted where the draws are the same, and tested where not.
std::size_t count_tests(const CellGate& cell) {
    const bool tests_divergence =
        !cell.has_same_draws &&
        (cell.baseline_bad_seeds > 0 || cell.candidate_bad_seeds > 0);
    return (cell.exponent.is_tested() ? 1U : 0U) + (cell.level.is_tested() ? 1U : 0U) +
           (tests_divergence ? 1U : 0U);
}

/// Seeds that diverged and do not any more, less those that do newly: known where the
/// draws are the same.
std::size_t count_healed(const CellGate& cell) {
    return cell.has_same_draws && cell.candidate_bad_seeds < cell.baseline_bad_seeds
               ? cell.baseline_bad_seeds - cell.candidate_bad_seeds
               : 0;
}

/// The share of the family error of the cells whose draws are the same, or not: that of
/// their tests among all.
double share_of_error(const GateRule& rule,
                      const std::vector<CellGate>& cells,
                      bool has_same_draws) {
    std::size_t wanted = 0;
    std::size_t all = 0;
    for (const CellGate& cell : cells) {
        all += count_tests(cell);
        wanted += cell.has_same_draws == has_same_draws ? count_tests(cell) : 0U;
    }
    return rule.family_error * static_cast<double>(wanted) /
           static_cast<double>(std::max<std::size_t>(1, all));
}

/// What Holm's correction rejects: of each cell the exponent, then the level.
template <class Use>
std::vector<bool> reject(const std::vector<CellGate>& cells,
                         double GateTest::*p,
                         double error,
                         const Use& is_used) {
    std::vector<double> all;
    for (const CellGate& cell : cells) {
        all.push_back(is_used(cell) ? cell.exponent.*p : not_a_number);
        all.push_back(is_used(cell) ? cell.level.*p : not_a_number);
    }
    return holm(all, error);
}

/// The size that is found with the power: the test must reject, and the estimate must
/// be above what is material.
double detectable(double material, double error, double dof, double standard_error) {
    const double likely = math::student_t_quantile(power, dof) * standard_error;
    const double critical = math::student_t_quantile(1.0 - error, dof) * standard_error;
    return std::max(material, critical) + likely;
}

void find_detectable(const GateRule& rule, std::vector<CellGate>& cells) {
    std::size_t tests = 0;
    for (const CellGate& cell : cells) {
        tests += count_tests(cell);
    }
    for (CellGate& cell : cells) {
        if (cell.seeds < 2 || tests == 0) {
            continue;
        }
        const double dof = static_cast<double>(cell.seeds - 1);
        const double error = cell.has_same_draws
                                 ? rule.family_error / static_cast<double>(tests)
                                 : rule.suspect_error;
        cell.exponent.detectable =
            detectable(rule.material_drop, error, dof, cell.exponent.standard_error);
        cell.level.detectable = detectable(
            math::log(rule.material_ratio), error, dof, cell.level.standard_error);
    }
}

void judge_improvement(const GateRule& rule,
                       bool exponent_rejected,
                       bool level_rejected,
                       CellGate& cell) {
    const double rise = -cell.exponent.worse;
    const double fall = -cell.level.worse;
    const bool exponent_improved =
        exponent_rejected && is_exponent_material(rule, rise);
    const bool level_improved = level_rejected && is_level_material(rule, fall);
    const bool seeds_improved = count_healed(cell) >= rule.failing_seeds;
    if (cell.state == GateState::pass &&
        (exponent_improved || level_improved || seeds_improved)) {
        cell.state = GateState::improved;
    }
    cell.is_unexplained = (exponent_improved && rise > rule.unexplained_rise) ||
                          (level_improved && fall > math::log(rule.unexplained_ratio));
}

/// What is held against a cell: with the same draws what its share of the family error
/// rejects, else what its own p makes suspect.
void accuse(const GateRule& rule,
            bool exponent_rejected,
            bool level_rejected,
            CellGate& cell) {
    if (!cell.has_same_draws) {
        exponent_rejected = cell.exponent.p_worse < rule.suspect_error;
        level_rejected = cell.level.p_worse < rule.suspect_error;
    }
    cell.exponent_fails =
        exponent_rejected && is_exponent_material(rule, cell.exponent.worse);
    cell.level_fails = level_rejected && is_level_material(rule, cell.level.worse);
    if (cell.state == GateState::pass && (cell.exponent_fails || cell.level_fails)) {
        cell.state = cell.has_same_draws ? GateState::fail : GateState::suspect;
    }
}

/// Decides a suspect: what is held against it stays where it is rejected, and material
/// on the confirmation seeds as well.
void judge_suspect(const GateRule& rule,
                   bool exponent_rejected,
                   bool level_rejected,
                   bool divergence_rejected,
                   CellGate& cell) {
    cell.exponent_fails =
        exponent_rejected && is_exponent_material(rule, cell.confirmed_exponent.worse);
    cell.level_fails =
        level_rejected && is_level_material(rule, cell.confirmed_level.worse);
    cell.divergence_fails = divergence_rejected;
    const bool fails = cell.exponent_fails || cell.level_fails || cell.divergence_fails;
    cell.state = fails                    ? GateState::fail
                 : cell.level.is_tested() ? GateState::pass
                                          : GateState::untested;
}

}  // namespace

std::vector<CellGate> gate(std::span<const GateCell> cells, const GateRule& rule) {
    std::vector<CellGate> found;
    found.reserve(cells.size());
    for (const GateCell& cell : cells) {
        found.push_back(measure_cell(cell, rule));
    }
    find_detectable(rule, found);
    const auto every = [](const CellGate& /*cell*/) { return true; };
    const auto paired = [](const CellGate& cell) { return cell.has_same_draws; };
    const std::vector<bool> failing =
        reject(found, &GateTest::p_worse, share_of_error(rule, found, true), paired);
    const std::vector<bool> worse =
        reject(found, &GateTest::p_worse, rule.family_error, every);
    const std::vector<bool> better =
        reject(found, &GateTest::p_better, rule.family_error, every);
    for (std::size_t k = 0; k < found.size(); ++k) {
        const std::size_t exponent = 2 * k;
        const std::size_t level = exponent + 1;
        CellGate& cell = found[k];
        accuse(rule, failing[exponent], failing[level], cell);
        judge_improvement(rule, better[exponent], better[level], cell);
        if (cell.state == GateState::pass &&
            (worse[exponent] || worse[level] || better[exponent] || better[level] ||
             count_healed(cell) > 0)) {
            cell.state = GateState::changed;
        }
    }
    return found;
}

void confirm(std::span<const GateCell> confirmation,
             const GateRule& rule,
             std::vector<CellGate>& found) {
    std::vector<CellGate*> suspects;
    std::vector<double> p;
    for (CellGate& cell : found) {
        if (cell.state != GateState::suspect) {
            continue;
        }
        TAILRATE_EXPECTS(suspects.size() < confirmation.size());
        const CellTests tests = test_cell(
            confirmation[suspects.size()], cell.statistic, rule.window_decades);
        cell.confirmed_exponent = tests.exponent;
        cell.confirmed_level = tests.level;
        const std::size_t seeds = confirmation[suspects.size()].baseline.seeds();
        cell.confirmation_seeds = seeds;
        cell.confirmed_baseline_bad_seeds = tests.baseline_bad;
        cell.confirmed_candidate_bad_seeds = tests.candidate_bad;
        suspects.push_back(&cell);
        p.push_back(cell.exponent_fails ? tests.exponent.p_worse : not_a_number);
        p.push_back(cell.level_fails ? tests.level.p_worse : not_a_number);
        p.push_back(
            cell.divergence_fails
                ? more_diverged_p(tests.baseline_bad, tests.candidate_bad, seeds)
                : not_a_number);
    }
    TAILRATE_EXPECTS(suspects.size() == confirmation.size());
    const std::vector<bool> rejected = holm(p, share_of_error(rule, found, false));
    for (std::size_t k = 0; k < suspects.size(); ++k) {
        judge_suspect(rule,
                      rejected[3 * k],
                      rejected[3 * k + 1],
                      rejected[3 * k + 2],
                      *suspects[k]);
    }
}

}  // namespace tailrate::rates
