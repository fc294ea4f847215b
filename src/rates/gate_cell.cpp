#include "rates/gate_cell.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/contracts.hpp"
#include "math/special.hpp"
#include "rates/exponent.hpp"
#include "rates/level.hpp"

namespace tailrate::rates {
namespace {

constexpr double least_standard_error = 1e-9;  // rounding is no evidence

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
    std::size_t baseline_bad = 0;
    std::size_t candidate_bad = 0;
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
        kept.baseline_bad += was_bad ? 1U : 0U;
        kept.candidate_bad += is_bad_now ? 1U : 0U;
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

/// Of a test only the two values.
GateTest values_of(const GateTest& test) {
    GateTest values;
    values.baseline = test.baseline;
    values.candidate = test.candidate;
    return values;
}

GateTest leave_untested(GateTest test) {
    test.p_worse = not_a_number;
    test.p_better = not_a_number;
    return test;
}

GateTest test_exponent(const LoggedWindow& before,
                       const LoggedWindow& after,
                       Range part,
                       Statistic statistic) {
    const auto exponent =
        statistic == Statistic::mean ? mean_exponent : geometric_exponent;
    const Estimate old_exponent = exponent(before, part);
    const Estimate new_exponent = exponent(after, part);
    return make_test(
        difference(old_exponent, new_exponent), old_exponent.value, new_exponent.value);
}

CellFacts facts_of_candidate(const GateCell& cell) {
    CellFacts facts = cell.candidate_facts;
    facts.moment = cell.facts.moment;
    return facts;
}

/// Whether the baseline converges and is straight.
bool is_straight(const GateCell& cell, const CellRates& common, double decades) {
    return cell.judged.errors.empty() ? common.is_rate
                                      : fit(cell.judged, cell.facts, decades).is_rate;
}

/// Of a cell that is the same, whose numbers are shown all the same.
void show_values(const GateCell& cell, double window_decades, CellGate& found) {
    if (found.baseline_regime != Regime::diverged) {
        const CellTests tests = test_cell(cell, found.statistic, window_decades);
        found.exponent = values_of(tests.exponent);
        found.typical = values_of(tests.typical);
        found.level = values_of(tests.level);
    }
}

}  // namespace

bool is_rounding(const Curves& baseline, const Curves& candidate, double rounding) {
    const double floor = error_floor(baseline);
    return std::equal(baseline.errors.begin(),
                      baseline.errors.end(),
                      candidate.errors.begin(),
                      candidate.errors.end(),
                      [&](double b, double c) {
                          const double before = std::max(b, floor);
                          const double after = std::max(c, floor);
                          return before == after ||
                                 (std::isfinite(before) &&
                                  std::abs(after - before) <= rounding * before);
                      });
}

CellTests test_cell(const GateCell& cell, Statistic statistic, double window_decades) {
    const std::span<const std::int64_t> iterations = cell.baseline.iterations;
    const KeptSeeds kept = keep_seeds(cell);
    CellTests tests;
    tests.seeds = kept.baseline.size() / iterations.size();
    tests.baseline_bad = kept.baseline_bad;
    tests.candidate_bad = kept.candidate_bad;
    if (tests.seeds < 2) {
        return tests;
    }
    const Window window = select_window(iterations, window_decades);
    const LoggedWindow before = log_window({iterations, kept.baseline}, window);
    const LoggedWindow after = log_window({iterations, kept.candidate}, window);
    const auto level = statistic == Statistic::mean ? mean_level : geometric_level;
    const Estimate old_level = level(before);
    const Estimate new_level = level(after);
    tests.level =
        make_test(difference(new_level, old_level), old_level.value, new_level.value);
    if (window.whole.size() < 2) {
        return tests;
    }
    tests.exponent = test_exponent(before, after, window.whole, statistic);
    if (statistic == Statistic::mean) {
        tests.typical =
            leave_untested(test_exponent(before, after, window.whole, Statistic::geo));
    }
    return tests;
}

CellGate measure_cell(const GateCell& cell, const GateRule& rule) {
    TAILRATE_EXPECTS(cell.baseline.errors.size() == cell.candidate.errors.size());
    TAILRATE_EXPECTS(cell.baseline.seeds() >= 2);
    const CellRates before = fit(cell.baseline, cell.facts, rule.window_decades);
    CellGate found;
    found.has_same_draws = cell.has_same_draws;
    found.statistic = before.judged_by;
    found.baseline_regime = before.regime;
    found.baseline_bad_seeds = count_bad(cell.baseline);
    found.seeds = cell.baseline.seeds();
    if (is_identical(cell.baseline, cell.candidate)) {
        found.state = GateState::identical;
        found.candidate_regime = before.regime;
        found.candidate_bad_seeds = found.baseline_bad_seeds;
        show_values(cell, rule.window_decades, found);
        return found;
    }
    found.candidate_regime =
        fit(cell.candidate, facts_of_candidate(cell), rule.window_decades).regime;
    found.candidate_bad_seeds = count_bad(cell.candidate);
    if (is_rounding(cell.baseline, cell.candidate, rule.rounding)) {
        found.state = GateState::rounding;
        show_values(cell, rule.window_decades, found);
        return found;
    }
    const CellTests tests = test_cell(cell, found.statistic, rule.window_decades);
    found.seeds = tests.seeds;
    found.divergence_fails =
        tests.newly_bad() >= static_cast<std::ptrdiff_t>(rule.failing_seeds);
    if (before.regime != Regime::diverged) {
        found.level = tests.level;
        found.typical = tests.typical;
        found.exponent = is_straight(cell, before, rule.window_decades)
                             ? tests.exponent
                             : leave_untested(tests.exponent);
    }
    found.state = found.level.is_tested() ? GateState::pass : GateState::untested;
    if (found.divergence_fails) {
        found.state = cell.has_same_draws ? GateState::fail : GateState::suspect;
    }
    return found;
}

}  // namespace tailrate::rates
