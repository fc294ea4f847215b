#include "rates/regime.hpp"

#include <string>

#include <doctest/doctest.h>

#include "rates/rates.hpp"

using namespace tailrate::rates;

namespace {

constexpr double quantile = 2.0;

Estimate estimate(double value, double standard_error) {
    return {value, standard_error, {}};
}

/// Exponent 0.5 +- 0.1, straight, unbounded updates, error 100 at 0 and 1 at the end.
Evidence evidence() {
    Evidence result;
    result.seeds = 100;
    result.value_at_zero = 100.0;
    result.final_level = 1.0;
    result.exponent = estimate(0.5, 0.05);
    result.late_exponent = estimate(0.5, 0.05);
    result.curvature = estimate(0.0, 0.02);
    return result;
}

std::string regime_of(const Evidence& evidence) {
    return name(classify(evidence, quantile).regime);
}

}  // namespace

TEST_CASE("names follow the numbers of the result file") {
    CHECK(std::string{name(Regime::converging)} == "converging");
    CHECK(std::string{name(Regime::inconclusive)} == "inconclusive");
    CHECK(std::string{name(Regime::transient)} == "transient");
    CHECK(static_cast<int>(Regime::transient) == 7);
    CHECK(std::string{name(Reason::short_window)} == "short_window");
    CHECK(static_cast<int>(Reason::short_window) == 5);
    CHECK(std::string{name(MomentClass::caution)} == "caution");
}

TEST_CASE("every verdict says why") {
    CHECK_FALSE(classify(evidence(), quantile).reason.empty());
    CHECK_FALSE(classify(Evidence{}, quantile).reason.empty());
}

TEST_CASE("the side of 0.1 that the interval lies on decides a straight curve") {
    Evidence cell = evidence();
    CHECK(regime_of(cell) == "converging");
    cell.exponent = estimate(0.15, 0.05);
    CHECK(regime_of(cell) == "inconclusive");
    cell.exponent = estimate(0.15, 0.02);
    CHECK(regime_of(cell) == "converging");
    cell.exponent = estimate(0.05, 0.02);
    CHECK(regime_of(cell) == "plateau");
    cell.exponent = estimate(-0.15, 0.05);
    CHECK(regime_of(cell) == "plateau");
}

TEST_CASE("a bend must be large and significant") {
    Evidence cell = evidence();
    cell.curvature = estimate(-0.3, 0.05);
    CHECK(regime_of(cell) == "decelerating");
    CHECK(classify(cell, quantile).reason == "flattens: the exponent is local");
    cell.curvature = estimate(0.3, 0.05);
    CHECK(regime_of(cell) == "accelerating");
    cell.curvature = estimate(-0.3, 0.11);  // not 3 standard errors
    CHECK(regime_of(cell) == "converging");
    cell.curvature = estimate(-0.09, 0.001);
    CHECK(regime_of(cell) == "converging");
    cell.curvature = estimate(-0.3, 0.05);
    cell.late_exponent = estimate(0.04, 0.02);
    CHECK(regime_of(cell) == "plateau");
    cell.curvature = Estimate{};  // halves too short
    CHECK(regime_of(cell) == "converging");
}

TEST_CASE("a rising curve diverges only above its value at 0") {
    Evidence cell = evidence();
    cell.exponent = estimate(-0.5, 0.05);
    cell.final_level = 101.0;
    CHECK(regime_of(cell) == "diverging");
    cell.final_level = 99.0;
    CHECK(regime_of(cell) == "plateau");
    cell.final_saturated = 0.9;
    cell.late_exponent = estimate(-0.3, 0.05);
    CHECK(regime_of(cell) == "transient");
    cell.late_exponent = estimate(-0.05, 0.05);
    CHECK(regime_of(cell) == "plateau");
}

TEST_CASE("more than 5 percent bad seeds are diverged") {
    Evidence cell = evidence();
    cell.bad_seeds = 5;
    CHECK(regime_of(cell) == "converging");
    cell.bad_seeds = 6;
    CHECK(regime_of(cell) == "diverged");
    cell.exponent = Estimate{};
    cell.possible_path = 1.0;
    CHECK(regime_of(cell) == "diverged");
}

TEST_CASE("an exponent above 1 by three standard errors is transient") {
    Evidence cell = evidence();
    cell.exponent = estimate(1.14, 0.05);
    CHECK(regime_of(cell) == "converging");
    cell.exponent = estimate(1.16, 0.05);
    CHECK(regime_of(cell) == "transient");
    cell.exponent = estimate(1.0 + 1e-12, 0.0);  // no noise, exactly 1 but for rounding
    CHECK(regime_of(cell) == "converging");
}

TEST_CASE("updates that cannot have covered twice the distance are transient") {
    Evidence cell = evidence();
    cell.possible_path = 19.9;  // distance 10
    CHECK(regime_of(cell) == "transient");
    cell.exponent = estimate(0.01, 0.001);
    CHECK(regime_of(cell) == "transient");
    cell.possible_path = 20.1;
    CHECK(regime_of(cell) == "plateau");
}

TEST_CASE("saturated messages make a moving cell transient and leave a plateau") {
    Evidence cell = evidence();
    cell.final_saturated = 0.51;
    CHECK(regime_of(cell) == "transient");
    cell.curvature = estimate(-0.3, 0.05);
    CHECK(regime_of(cell) == "transient");
    cell.late_exponent = estimate(0.04, 0.02);
    CHECK(regime_of(cell) == "plateau");
    cell = evidence();
    cell.final_saturated = 0.51;
    cell.exponent = estimate(0.08, 0.005);
    CHECK(regime_of(cell) == "plateau");
    cell.exponent = estimate(0.12, 0.05);  // may be below 0.05
    CHECK(regime_of(cell) == "inconclusive");
    cell.exponent = estimate(0.12, 0.02);
    CHECK(regime_of(cell) == "transient");
    cell.final_saturated = 0.5;
    CHECK(regime_of(cell) == "inconclusive");
}

TEST_CASE("without an exponent or a standard error nothing is concluded") {
    Evidence cell = evidence();
    cell.exponent = Estimate{};
    CHECK(regime_of(cell) == "inconclusive");
    CHECK(classify(cell, quantile).reason == "the mean over seeds overflows");
    cell.bad_seeds = 1;
    CHECK(classify(cell, quantile).reason == "a seed diverged");
    cell.checkpoints = 3;
    CHECK(classify(cell, quantile).reason ==
          "the window has 3 checkpoints of the 4 needed");
    cell.checkpoints = 1;
    CHECK(classify(cell, quantile).reason ==
          "the window has 1 checkpoint of the 4 needed");
    cell = evidence();
    cell.seeds = 1;
    CHECK(regime_of(cell) == "inconclusive");
}
