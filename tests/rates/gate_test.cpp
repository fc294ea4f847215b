// The gate on simulated curves: what must fail, what must pass.

#include "rates/gate.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "gate_cases.hpp"
#include "rates/fisher.hpp"
#include "rates/holm.hpp"

using namespace tailrate::rates;
using namespace tailrate::rates::testing;

TEST_CASE("Holm's steps: the smallest p against error / m, the next against m - 1") {
    const std::vector<double> p{0.004, not_a_number, 0.0026, 0.9};

    CHECK(holm(p, 0.01) == std::vector<bool>{true, false, true, false});
    CHECK(holm(p, 0.0079) == std::vector<bool>{false, false, true, false});
    CHECK(holm(p, 0.0077) == std::vector<bool>{false, false, false, false});
}

TEST_CASE("equal curves are identical, also where they are infinite") {
    SampleCurves curves = noisy(1);
    curves.diverge(3, 10);

    const CellGate found = gate_one(curves, curves);

    CHECK(found.state == GateState::identical);
    CHECK(!found.level.is_tested());
}

TEST_CASE(
    "another order of operations is rounding; at the floor of an exact cell too") {
    const SampleCurves curves = noisy(1);
    CHECK(gate_one(curves, changed(curves, 1.0 + 1e-12)).state == GateState::rounding);
    CHECK(gate_one(curves, changed(curves, 1.0 + 1e-8)).state != GateState::rounding);

    SampleCurves exact = equal_seeds(seeds);
    SampleCurves other = exact;
    for (std::size_t r = 0; r < seeds; ++r) {
        exact.at(r, 37) = 4e-31;
        other.at(r, 37) = 9e-31;
    }
    CHECK(gate_one(exact, other).state == GateState::rounding);
}

TEST_CASE("a level up by 20 % fails when paired, one up by 5 % is a change") {
    const SampleCurves curves = noisy(1);

    const CellGate worse = gate_one(curves, changed(curves, 1.2));
    CHECK(worse.state == GateState::fail);
    CHECK(worse.level_fails);
    CHECK(!worse.exponent_fails);
    CHECK(std::exp(worse.level.worse) == doctest::Approx(1.2));

    CHECK(gate_one(curves, changed(curves, 1.05)).state == GateState::changed);
    CHECK(gate_one(curves, changed(curves, 1.0 / 1.05)).state == GateState::changed);
}

TEST_CASE("a drop of the exponent fails also where the level has improved") {
    const SampleCurves curves = falling(seeds);

    const CellGate found = gate_one(curves, changed(curves, 0.4, 0.05));

    CHECK(found.state == GateState::fail);
    CHECK(found.exponent_fails);
    CHECK(found.level.worse < 0.0);
    CHECK(found.exponent.worse == doctest::Approx(0.05));
}

TEST_CASE("an exponent is not tested where the baseline bends or stands") {
    Splitmix draw{1};
    const auto bending = [](double t) { return 50.0 * std::pow(t, -0.5) + 1.0; };
    const SampleCurves curves =
        noisy_curves(10'000, seeds, 100.0, light, bending, draw);

    const CellGate found = gate_one(curves, changed(curves, 0.9, 0.005));

    CHECK(!found.exponent.is_tested());
    CHECK(!std::isnan(found.exponent.worse));
    CHECK(found.level.is_tested());
}

TEST_CASE("improvements pass; beyond twice or 0.2 they ask for an explanation") {
    const SampleCurves curves = noisy(1);

    const CellGate better = gate_one(curves, changed(curves, 0.7));
    CHECK(better.state == GateState::improved);
    CHECK(!better.is_unexplained);

    CHECK(gate_one(curves, changed(curves, 0.4)).is_unexplained);
    CHECK(gate_one(curves, changed(curves, 1.0, -0.25)).is_unexplained);
}

TEST_CASE("three newly diverged seeds fail, two do not, healed seeds count against") {
    const SampleCurves curves = noisy(1);
    SampleCurves two = curves;
    two.diverge(0, 20);
    two.diverge(1, 20);
    SampleCurves three = two;
    three.diverge(2, 20);
    SampleCurves other = curves;
    other.diverge(50, 5);

    CHECK(gate_one(curves, two).state == GateState::pass);
    CHECK(gate_one(curves, two).candidate_bad_seeds == 2);
    CHECK(gate_one(curves, two).seeds == seeds - 2);
    CHECK(gate_one(curves, three).state == GateState::fail);
    CHECK(gate_one(curves, three).divergence_fails);
    CHECK(!gate_one(other, three).divergence_fails);
}

TEST_CASE("seeds that no longer diverge are no rounding: a change, or an improvement") {
    const SampleCurves curves = noisy(1);
    SampleCurves three = curves;
    SampleCurves all = curves;
    for (std::size_t r = 0; r < seeds; ++r) {
        all.diverge(r, 1);
    }
    three.diverge(0, 20);
    CHECK(gate_one(three, curves).state == GateState::changed);
    CHECK(gate_one(three, curves, false).state == GateState::pass);
    three.diverge(1, 20);
    three.diverge(2, 20);

    CHECK(!is_rounding(three.view(), curves.view(), 1e-9));
    CHECK(gate_one(three, curves).state == GateState::improved);
    CHECK(gate_one(all, curves).state == GateState::untested);
    CHECK(gate_one(three, changed(three, 1.0 + 1e-12)).state == GateState::rounding);
}

TEST_CASE("a diverged baseline is not tested, but more diverged seeds still fail") {
    SampleCurves curves = noisy(1);
    for (std::size_t r = 0; r < 10; ++r) {
        curves.diverge(r, 20);
    }
    SampleCurves more = curves;
    for (std::size_t r = 10; r < 13; ++r) {
        more.diverge(r, 20);
    }

    CHECK(gate_one(curves, changed(curves, 2.0)).state == GateState::untested);
    CHECK(gate_one(curves, more).state == GateState::fail);
}

TEST_CASE("with other draws a suspect fails only when its confirmation seeds agree") {
    const SampleCurves baseline = noisy(1);
    const SampleCurves candidate = changed(noisy(2), 1.5);
    const SampleCurves sure = noisy(3, 200);
    const SampleCurves same = noisy(4, 200);
    const SampleCurves worse = changed(noisy(5, 200), 1.5);
    const GateCell cell = cell_of(baseline, candidate, false);
    const auto found = gate({&cell, 1}, {});
    REQUIRE(found.front().state == GateState::suspect);

    auto innocent = found;
    const GateCell quiet{sure.view(), same.view(), {}};
    confirm({&quiet, 1}, {}, innocent);
    CHECK(innocent.front().state == GateState::pass);

    auto guilty = found;
    const GateCell loud{sure.view(), worse.view(), {}};
    confirm({&loud, 1}, {}, guilty);
    CHECK(guilty.front().state == GateState::fail);
    CHECK(guilty.front().level_fails);
    CHECK(guilty.front().confirmation_seeds == 200);
}

TEST_CASE(
    "draws are a matter of each cell: one fails by itself, another is a suspect") {
    const SampleCurves curves = noisy(1);
    const SampleCurves worse = changed(curves, 1.5);
    const SampleCurves other = changed(noisy(2), 1.5);
    const std::vector<GateCell> cells{cell_of(curves, worse),
                                      cell_of(curves, other, false)};

    const std::vector<CellGate> found = gate(cells, {});

    CHECK(found[0].state == GateState::fail);
    CHECK(found[1].state == GateState::suspect);
    CHECK(!found[1].has_same_draws);
}

TEST_CASE("cells of both kinds of draws share the family error") {
    const SampleCurves curves = noisy(1);
    const SampleCurves worse = changed(noisy(2), 1.25);
    std::vector<GateCell> cells{cell_of(curves, worse)};
    const CellGate alone = gate(cells, {}).front();
    const double tests = alone.exponent.is_tested() ? 2.0 : 1.0;
    GateRule rule;
    rule.family_error = 1.5 * tests * alone.level.p_worse;
    REQUIRE(alone.level.p_worse > 0.0);
    REQUIRE(rule.family_error < 0.1);
    CHECK(gate(cells, rule).front().state == GateState::fail);

    cells.push_back(cell_of(curves, worse, false));

    CHECK(gate(cells, rule).front().state != GateState::fail);

    // A suspect is confirmed with all of the error and is not with half of it.
    const std::vector<GateCell> other{cells[1]};
    rule.suspect_error = 0.1;
    rule.family_error = 1.5 * alone.level.p_worse;
    std::vector<CellGate> suspect = gate(other, rule);
    confirm(other, rule, suspect);
    CHECK(suspect.front().state == GateState::fail);
    std::vector<CellGate> both = gate(cells, rule);
    confirm(other, rule, both);
    CHECK(both.back().state == GateState::pass);
}

/// With the first seeds diverged.
SampleCurves with_diverged(SampleCurves curves, std::size_t count) {
    for (std::size_t r = 0; r < count; ++r) {
        curves.diverge(r, 20);
    }
    return curves;
}

TEST_CASE("with other draws newly diverged seeds fail when confirmation seeds agree") {
    const SampleCurves baseline = with_diverged(noisy(1), 10);
    const SampleCurves candidate = with_diverged(noisy(2), 14);
    const GateCell cell = cell_of(baseline, candidate, false);
    const auto found = gate({&cell, 1}, {});
    REQUIRE(found.front().state == GateState::suspect);
    REQUIRE(found.front().divergence_fails);
    const SampleCurves sure = with_diverged(noisy(3, 200), 20);
    // 34 of 200 against 20 have p = 0.028, 40 have 0.0037.
    for (const std::size_t diverged : {34U, 40U}) {
        const SampleCurves now = with_diverged(noisy(4, 200), diverged);
        const GateCell confirmation{sure.view(), now.view(), {}};
        auto decided = found;
        confirm({&confirmation, 1}, {}, decided);

        CHECK(decided.front().divergence_fails == (diverged == 40));
        CHECK(decided.front().state ==
              (diverged == 40 ? GateState::fail : GateState::untested));
        CHECK(decided.front().confirmed_baseline_bad_seeds == 20);
        CHECK(decided.front().confirmed_candidate_bad_seeds == diverged);
    }
}

TEST_CASE("Fisher's exact test has the values of scipy") {
    struct Case {
        std::size_t before, after, seeds;
        double p;
    };

    // fisher_exact(..., alternative="greater") of scipy 1.10.
    for (const Case& known : {Case{0, 3, 100, 0.12311557788944724},
                              Case{13, 17, 100, 0.27651026180095734},
                              Case{20, 40, 200, 0.0037096186383774607},
                              Case{5, 2, 40, 0.9457997698504028},
                              Case{300, 420, 1000, 1.4050653057019386e-08},
                              Case{0, 100, 100, 1.1043803465997516e-59}}) {
        CAPTURE(known.after);
        CHECK(more_diverged_p(known.before, known.after, known.seeds) ==
              doctest::Approx(known.p).epsilon(1e-9).scale(0.0));
    }
    CHECK(more_diverged_p(0, 0, 100) == 1.0);
    CHECK(more_diverged_p(100, 100, 100) == 1.0);
}

TEST_CASE("both regimes are of the common seeds, each with its own saturation") {
    const SampleCurves curves = falling(seeds);
    const SampleCurves worse = changed(curves, 1.02);
    Splitmix draw{1};
    const SampleCurves bending = noisy_curves(
        10'000,
        3 * seeds,
        100.0,
        light,
        [](double t) { return 50.0 * std::pow(t, -0.5) + 1.0; },
        draw);
    GateCell cell = cell_of(curves, worse);
    REQUIRE(gate_cell(cell).exponent.is_tested());
    cell.judged = bending.view();
    REQUIRE(fit(cell.judged, {}, 1.5).regime != fit(cell.baseline, {}, 1.5).regime);

    const CellGate found = gate_cell(cell);

    CHECK(found.baseline_regime == Regime::converging);
    CHECK(found.candidate_regime == Regime::converging);
    CHECK(!found.exponent.is_tested());  // what all seeds of the baseline decide

    cell.candidate_facts.final_saturated = 0.9;
    CHECK(gate_cell(cell).baseline_regime == Regime::converging);
    CHECK(gate_cell(cell).candidate_regime == Regime::transient);
}

TEST_CASE("the typical run's exponents are reported beside the mean's, never tested") {
    const SampleCurves curves = falling(seeds);
    const SampleCurves worse = changed(curves, 1.0, 0.05);
    GateCell cell = cell_of(curves, worse);

    const CellGate mean = gate_cell(cell);
    CHECK(mean.typical.worse == doctest::Approx(0.05));
    CHECK(!mean.typical.is_tested());

    cell.facts.moment = MomentClass::infinite;
    const CellGate typical = gate_cell(cell);
    CHECK(typical.statistic == Statistic::geo);
    CHECK(std::isnan(typical.typical.worse));
    CHECK(typical.exponent.baseline == doctest::Approx(mean.typical.baseline));
}
