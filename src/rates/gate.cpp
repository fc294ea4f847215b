#include "rates/gate.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/contracts.hpp"
#include "math/elementary.hpp"
#include "math/special.hpp"
#include "rates/exponent.hpp"
#include "rates/holm.hpp"
#include "rates/level.hpp"

namespace tailrate::rates {
namespace {

constexpr double relative_floor = 1e-24;       // of the value at 0, as in the fits
constexpr double least_standard_error = 1e-9;  // rounding is no evidence
constexpr double power = 0.8;                  // of what is called detectable

bool is_identical(const Curves& a, const Curves& b) {
    return std::equal(a.errors.begin(),
                      a.errors.end(),
                      b.errors.begin(),
                      b.errors.end(),
                      [](double x, double y) {
                          return std::bit_cast<std::uint64_t>(x) ==
                                 std::bit_cast<std::uint64_t>(y);
                      });
}

/// The curves of the seeds that are bad in neither file.
struct KeptSeeds {
    std::vector<double> baseline;
    std::vector<double> candidate;
    std::ptrdiff_t newly_bad = 0;  ///< less those that were bad and are no longer
};

void append(const Curves& curves, std::size_t seed, std::vector<double>& out) {
    const std::size_t n = curves.checkpoints();
    const double* first = curves.errors.data() + seed * n;
    out.insert(out.end(), first, first + n);
}

KeptSeeds keep_seeds(const GateCell& cell) {
    KeptSeeds kept;
    for (std::size_t r = 0; r < cell.baseline.seeds(); ++r) {
        const bool was_bad = is_bad(cell.baseline, r);
        const bool is_bad_now = is_bad(cell.candidate, r);
        kept.newly_bad += static_cast<int>(is_bad_now) - static_cast<int>(was_bad);
        if (!was_bad && !is_bad_now) {
            append(cell.baseline, r, kept.baseline);
            append(cell.candidate, r, kept.candidate);
        }
    }
    return kept;
}

/// The test of `worse`, paired by seed, with the two values as they are reported.
GateTest make_test(const Estimate& worse, double baseline, double candidate) {
    GateTest test;
    test.baseline = baseline;
    test.candidate = candidate;
    test.worse = worse.value;
    test.standard_error = std::max(worse.standard_error, least_standard_error);
    const double dof = static_cast<double>(worse.influence.size() - 1);
    test.p_worse = math::student_t_cdf(-worse.value / test.standard_error, dof);
    test.p_better = math::student_t_cdf(worse.value / test.standard_error, dof);
    return test;
}

/// Fills both tests of a cell from the seeds that are bad in neither file.
void test_cell(const GateCell& cell,
               const KeptSeeds& kept,
               Statistic statistic,
               double decades,
               GateTest& exponent,
               GateTest& level) {
    const std::span<const std::int64_t> iterations = cell.baseline.iterations;
    if (kept.baseline.size() < 2 * iterations.size()) {
        return;
    }
    const Window window = select_window(iterations, decades);
    const LoggedWindow before = log_window({iterations, kept.baseline}, window);
    const LoggedWindow after = log_window({iterations, kept.candidate}, window);
    const bool is_mean = statistic == Statistic::mean;
    const Estimate old_level = is_mean ? mean_level(before) : geometric_level(before);
    const Estimate new_level = is_mean ? mean_level(after) : geometric_level(after);
    level =
        make_test(difference(new_level, old_level), old_level.value, new_level.value);
    if (window.whole.size() < 2) {
        return;
    }
    const Estimate old_exponent = is_mean ? mean_exponent(before, window.whole)
                                          : geometric_exponent(before, window.whole);
    const Estimate new_exponent = is_mean ? mean_exponent(after, window.whole)
                                          : geometric_exponent(after, window.whole);
    exponent = make_test(
        difference(old_exponent, new_exponent), old_exponent.value, new_exponent.value);
}

void leave_untested(GateTest& test) {
    test.p_worse = not_a_number;
    test.p_better = not_a_number;
}

CellGate compare(const GateCell& cell, const GateRule& rule) {
    TAILRATE_EXPECTS(cell.baseline.errors.size() == cell.candidate.errors.size());
    TAILRATE_EXPECTS(cell.baseline.seeds() >= 2);
    const Curves& judged = cell.judged.errors.empty() ? cell.baseline : cell.judged;
    const CellRates before = fit(judged, cell.facts, rule.window_decades);
    CellGate found;
    found.statistic = before.judged_by;
    found.baseline_regime = before.regime;
    found.baseline_bad_seeds = count_bad(cell.baseline);
    found.seeds = cell.baseline.seeds();
    if (is_identical(cell.baseline, cell.candidate)) {
        found.state = GateState::identical;
        found.candidate_regime = before.regime;
        found.candidate_bad_seeds = found.baseline_bad_seeds;
        return found;
    }
    found.candidate_regime =
        fit(cell.candidate, cell.facts, rule.window_decades).regime;
    found.candidate_bad_seeds = count_bad(cell.candidate);
    if (is_rounding(cell.baseline, cell.candidate, rule.rounding)) {
        found.state = GateState::rounding;
        return found;
    }
    const KeptSeeds kept = keep_seeds(cell);
    found.seeds = kept.baseline.size() / cell.baseline.checkpoints();
    found.divergence_fails =
        kept.newly_bad >= static_cast<std::ptrdiff_t>(rule.failing_seeds);
    if (before.regime != Regime::diverged) {
        test_cell(cell,
                  kept,
                  found.statistic,
                  rule.window_decades,
                  found.exponent,
                  found.level);
        if (!before.is_rate) {
            leave_untested(found.exponent);
        }
    }
    found.state = found.divergence_fails    ? GateState::fail
                  : found.level.is_tested() ? GateState::pass
                                            : GateState::untested;
    return found;
}

bool is_exponent_material(const GateRule& rule, double amount) {
    return amount > rule.material_drop;
}

bool is_level_material(const GateRule& rule, double amount) {
    return amount > math::log(rule.material_ratio);
}

/// The tests of all cells in one list: exponent and level of each.
std::vector<double> p_values(std::span<const CellGate> cells, double GateTest::*p) {
    std::vector<double> all;
    for (const CellGate& cell : cells) {
        all.push_back(cell.exponent.*p);
        all.push_back(cell.level.*p);
    }
    return all;
}

void find_detectable(const GateRule& rule, std::vector<CellGate>& cells) {
    const std::vector<double> p = p_values(cells, &GateTest::p_worse);
    const auto tests = std::max<std::ptrdiff_t>(
        1, std::count_if(p.begin(), p.end(), [](double x) { return !std::isnan(x); }));
    for (CellGate& cell : cells) {
        if (cell.seeds < 2) {
            continue;
        }
        const double dof = static_cast<double>(cell.seeds - 1);
        const double error = rule.family_error / static_cast<double>(tests);
        const double quantiles = math::student_t_quantile(1.0 - error, dof) +
                                 math::student_t_quantile(power, dof);
        cell.exponent.detectable =
            std::max(rule.material_drop, quantiles * cell.exponent.standard_error);
        cell.level.detectable = std::max(math::log(rule.material_ratio),
                                         quantiles * cell.level.standard_error);
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
    if (cell.state == GateState::pass && (exponent_improved || level_improved)) {
        cell.state = GateState::improved;
    }
    cell.is_unexplained = (exponent_improved && rise > rule.unexplained_rise) ||
                          (level_improved && fall > math::log(rule.unexplained_ratio));
}

/// What Holm's correction rejects in one cell.
struct Rejections {
    bool exponent_worse;
    bool level_worse;
    bool exponent_better;
    bool level_better;

    [[nodiscard]] bool any() const {
        return exponent_worse || level_worse || exponent_better || level_better;
    }
};

/// The state of a cell after its tests.
void judge_cell(const GateRule& rule,
                bool is_same_stream,
                const Rejections& rejected,
                CellGate& cell) {
    const bool is_exponent_rejected = is_same_stream
                                          ? rejected.exponent_worse
                                          : cell.exponent.p_worse < rule.suspect_error;
    const bool is_level_rejected =
        is_same_stream ? rejected.level_worse : cell.level.p_worse < rule.suspect_error;
    cell.exponent_fails =
        is_exponent_rejected && is_exponent_material(rule, cell.exponent.worse);
    cell.level_fails = is_level_rejected && is_level_material(rule, cell.level.worse);
    if (cell.state == GateState::pass && (cell.exponent_fails || cell.level_fails)) {
        cell.state = is_same_stream ? GateState::fail : GateState::suspect;
    }
    judge_improvement(rule, rejected.exponent_better, rejected.level_better, cell);
    if (cell.state == GateState::pass && rejected.any()) {
        cell.state = GateState::changed;
    }
}

}  // namespace

bool is_rounding(const Curves& baseline, const Curves& candidate, double rounding) {
    const double floor = relative_floor * baseline.value_at_zero();
    return std::equal(baseline.errors.begin(),
                      baseline.errors.end(),
                      candidate.errors.begin(),
                      candidate.errors.end(),
                      [&](double b, double c) {
                          const double before = std::max(b, floor);
                          const double after = std::max(c, floor);
                          return before == after ||
                                 std::abs(after - before) <= rounding * before;
                      });
}

std::vector<CellGate> gate(std::span<const GateCell> cells,
                           const GateRule& rule,
                           bool is_same_stream) {
    std::vector<CellGate> found;
    found.reserve(cells.size());
    for (const GateCell& cell : cells) {
        found.push_back(compare(cell, rule));
    }
    find_detectable(rule, found);
    const std::vector<bool> worse =
        holm(p_values(found, &GateTest::p_worse), rule.family_error);
    const std::vector<bool> better =
        holm(p_values(found, &GateTest::p_better), rule.family_error);
    for (std::size_t k = 0; k < found.size(); ++k) {
        const Rejections rejected{
            worse[2 * k], worse[2 * k + 1], better[2 * k], better[2 * k + 1]};
        judge_cell(rule, is_same_stream, rejected, found[k]);
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
        const GateCell& seeds = confirmation[suspects.size()];
        test_cell(seeds,
                  keep_seeds(seeds),
                  cell.statistic,
                  rule.window_decades,
                  cell.confirmed_exponent,
                  cell.confirmed_level);
        suspects.push_back(&cell);
        p.push_back(cell.exponent_fails ? cell.confirmed_exponent.p_worse
                                        : not_a_number);
        p.push_back(cell.level_fails ? cell.confirmed_level.p_worse : not_a_number);
    }
    TAILRATE_EXPECTS(suspects.size() == confirmation.size());
    const std::vector<bool> rejected = holm(p, rule.family_error);
    for (std::size_t k = 0; k < suspects.size(); ++k) {
        CellGate& cell = *suspects[k];
        cell.exponent_fails = rejected[2 * k] &&
                              is_exponent_material(rule, cell.confirmed_exponent.worse);
        cell.level_fails =
            rejected[2 * k + 1] && is_level_material(rule, cell.confirmed_level.worse);
        cell.state =
            cell.exponent_fails || cell.level_fails ? GateState::fail : GateState::pass;
    }
}

}  // namespace tailrate::rates
