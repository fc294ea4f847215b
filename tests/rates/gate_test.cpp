// The gate on simulated curves: what must fail, what must pass. Seeds are fixed.

#include "rates/gate.hpp"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "rates/holm.hpp"
#include "sample_curves.hpp"

using namespace tailrate::rates;
using namespace tailrate::rates::testing;

namespace {

constexpr std::size_t seeds = 100;
constexpr double light = 0.6;  // spread of log errors

/// Errors multiplied by `factor` t^-`drop`, seed by seed.
SampleCurves changed(SampleCurves curves, double factor, double drop = 0.0) {
    for (std::size_t r = 0; r < curves.errors.size() / curves.iterations.size(); ++r) {
        for (std::size_t k = 1; k < curves.iterations.size(); ++k) {
            const auto t = static_cast<double>(curves.iterations[k]);
            curves.at(r, k) *= factor * std::pow(t, drop);
        }
    }
    return curves;
}

SampleCurves noisy(std::uint64_t seed, std::size_t count = seeds) {
    Splitmix draw{seed};
    return noisy_curves(10'000, count, 100.0, light, power_law(50.0, 0.5), draw);
}

CellGate gate_one(const SampleCurves& baseline,
                  const SampleCurves& candidate,
                  bool is_same_stream = true) {
    const GateCell cell{baseline.view(), candidate.view(), {}};
    return gate({&cell, 1}, {}, is_same_stream).front();
}

}  // namespace

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
    const GateCell cell{baseline.view(), candidate.view(), {}};
    const auto found = gate({&cell, 1}, {}, false);
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
}

// 1,000 builds of 20 cells with fresh draws in both files, none of them worse. A cell
// is a suspect with probability about 2 % at most, and then its confirmation must
// reject at 1 %: 12 or more false builds have probability below 0.3 % at a true rate of
// 0.5 %.
TEST_CASE("false alarms with other draws are rare") {
    constexpr std::size_t cells = 20;
    Splitmix draw{77};
    const auto fresh = [&](std::size_t count) {
        return noisy_curves(10'000, count, 100.0, light, power_law(50.0, 0.5), draw);
    };
    int suspects = 0;
    int failures = 0;
    for (int build = 0; build < 1'000; ++build) {
        std::vector<SampleCurves> curves;
        curves.reserve(2 * cells);
        std::vector<GateCell> pairs;
        for (std::size_t k = 0; k < cells; ++k) {
            const SampleCurves& a = curves.emplace_back(fresh(30));
            const SampleCurves& b = curves.emplace_back(fresh(30));
            pairs.push_back({a.view(), b.view(), {}});
        }
        std::vector<CellGate> found = gate(pairs, {}, false);
        std::vector<SampleCurves> sure;
        sure.reserve(2 * cells);
        std::vector<GateCell> confirmations;
        for (const CellGate& cell : found) {
            if (cell.state == GateState::suspect) {
                const SampleCurves& a = sure.emplace_back(fresh(60));
                const SampleCurves& b = sure.emplace_back(fresh(60));
                confirmations.push_back({a.view(), b.view(), {}});
            }
        }
        suspects += static_cast<int>(confirmations.size());
        confirm(confirmations, {}, found);
        failures += std::any_of(found.begin(), found.end(), [](const CellGate& cell) {
            return cell.state == GateState::fail;
        });
    }

    CHECK(suspects > 100);
    CHECK(suspects < 700);
    CHECK(failures < 12);
}
