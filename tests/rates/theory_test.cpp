#include "rates/theory.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace tailrate::rates;
using tailrate::core::Bound;
using tailrate::core::BoundKind;
using tailrate::core::Quantity;

namespace {

/// A rate 0.5 of the mean, its interval given.
CellRates cell(double lower, double upper) {
    CellRates rates;
    rates.window_start = 316;
    rates.window_points = 16;
    rates.exponent = rates.exponent_geo = 0.5 * (lower + upper);
    rates.exponent_ci = rates.exponent_geo_ci = {lower, upper};
    rates.regime = Regime::converging;
    rates.regime_reason = "exponent above 0.1 without a bend";
    rates.curvature = 0.0;
    rates.curvature_ci = {-0.05, 0.05};
    rates.is_rate = true;
    return rates;
}

CellRates in_regime(Regime regime) {
    CellRates rates = cell(0.4, 0.6);
    rates.regime = regime;
    rates.regime_reason = "of a test";
    rates.is_rate = false;
    return rates;
}

Bound bound(BoundKind kind, double exponent) {
    Bound result;
    result.kind = kind;
    result.exponent = exponent;
    return result;
}

Bound open_bound(BoundKind kind, double exponent, double up_to) {
    Bound result = bound(kind, exponent);
    result.exponent_up_to = up_to;
    return result;
}

std::string verdict(const Bound& statement, const CellRates& rates) {
    const Judgement judgement = judge(statement, rates);
    CHECK_FALSE(judgement.reason.empty());
    return name(judgement.verdict);
}

bool reason_has(const Bound& statement, const CellRates& rates, const char* words) {
    return judge(statement, rates).reason.find(words) != std::string::npos;
}

constexpr BoundKind at_least = BoundKind::at_least;
constexpr BoundKind at_most = BoundKind::at_most;
constexpr BoundKind exact = BoundKind::exact;

}  // namespace

TEST_CASE("an exact exponent is compared with the interval and a slack of 0.05") {
    // Widened: [0.5, 0.75]; numbers with exact halves have no rounding at the ends.
    const CellRates rates = cell(0.5 + theory_slack, 0.75 - theory_slack);
    CHECK(verdict(bound(exact, 0.6), rates) == "consistent");
    CHECK(verdict(bound(exact, 0.5001), rates) == "consistent");
    CHECK(verdict(bound(exact, 0.4999), rates) == "faster than possible");
    CHECK(verdict(bound(exact, 0.7499), rates) == "consistent");
    CHECK(verdict(bound(exact, 0.7501), rates) == "slower than proven");
    CHECK(reason_has(bound(exact, 0.4), rates, "a bug until explained"));
    CHECK(reason_has(bound(exact, 0.8), rates, "longer horizon"));
}

TEST_CASE("a proven bound may be loose, and a slower run refutes nothing") {
    const CellRates rates = cell(0.55, 0.70);
    CHECK(verdict(bound(at_least, 0.6), rates) == "consistent");
    CHECK(verdict(bound(at_least, 0.4999), rates) == "faster than proven");
    CHECK(verdict(bound(at_least, 0.5001), rates) == "consistent");
    CHECK(verdict(bound(at_least, 0.7499), rates) == "consistent");
    CHECK(verdict(bound(at_least, 0.7501), rates) == "slower than proven");
}

TEST_CASE("a lower bound on the error is an upper bound on the exponent") {
    const CellRates rates = cell(0.55, 0.70);
    CHECK(verdict(bound(at_most, 0.4999), rates) == "faster than possible");
    CHECK(verdict(bound(at_most, 0.5001), rates) == "consistent");
    CHECK(verdict(bound(at_most, 1.0), rates) == "consistent");
    CHECK(reason_has(bound(at_most, 1.0), rates, "not faster"));
}

TEST_CASE("a set of proven exponents is no bracket") {
    const Bound theorem = open_bound(at_least, 0.0, 0.4);
    CHECK(verdict(theorem, cell(0.77, 0.83)) == "faster than proven");
    CHECK(verdict(theorem, cell(0.4502, 0.5)) == "faster than proven");
    CHECK(verdict(theorem, cell(0.4498, 0.5)) == "not comparable");
    CHECK(verdict(theorem, cell(0.12, 0.14)) == "not comparable");
    CHECK(verdict(theorem, cell(0.03, 0.2)) == "not comparable");
    CHECK(reason_has(theorem, cell(0.12, 0.14), "neither confirmed nor contradicted"));
    CHECK(verdict(theorem, in_regime(Regime::plateau)) == "not comparable");
}

TEST_CASE("above its limit an exact exponent may still meet other terms") {
    const Bound open = open_bound(exact, 0.76, 1.2);
    CHECK(verdict(open, cell(0.80, 0.82)) == "consistent");
    CHECK(verdict(open, cell(0.82, 0.84)) == "not comparable");
    CHECK(reason_has(open, cell(0.82, 0.84), "may still count"));
    CHECK(verdict(open, cell(1.24, 1.26)) == "not comparable");
    CHECK(verdict(open, cell(1.26, 1.28)) == "faster than possible");
    CHECK(verdict(open, cell(0.6, 0.7)) == "slower than proven");
}

TEST_CASE("a floor is consistent with a plateau and asks for one") {
    for (const BoundKind kind : {exact, at_most}) {
        CHECK(verdict(bound(kind, 0.0), in_regime(Regime::plateau)) == "consistent");
        CHECK(verdict(bound(kind, 0.0), cell(0.4, 0.6)) == "not comparable");
        CHECK(verdict(bound(kind, 0.0), in_regime(Regime::decelerating)) ==
              "not comparable");
        CHECK(reason_has(bound(kind, 0.0), cell(0.4, 0.6), "may lie below"));
    }
}

TEST_CASE("a plateau speaks against proven exponents of 0.2 and more") {
    const CellRates plateau = in_regime(Regime::plateau);
    CHECK(verdict(bound(at_least, 0.1999), plateau) == "not comparable");
    CHECK(verdict(bound(at_least, 0.2), plateau) == "slower than proven");
    CHECK(verdict(bound(exact, 0.1999), plateau) == "not comparable");
    CHECK(verdict(bound(exact, 0.2), plateau) == "slower than proven");
    CHECK(verdict(bound(at_most, 0.2), plateau) == "consistent");
    CHECK(reason_has(bound(exact, 0.1), plateau, "does not contradict"));
}

TEST_CASE("only a rate is compared") {
    for (const Regime regime : {Regime::decelerating,
                                Regime::accelerating,
                                Regime::inconclusive,
                                Regime::diverging,
                                Regime::diverged,
                                Regime::transient}) {
        CAPTURE(name(regime));
        CHECK(verdict(bound(exact, 0.5), in_regime(regime)) == "not comparable");
        CHECK(reason_has(bound(exact, 0.5), in_regime(regime), name(regime)));
    }
    CellRates bent = cell(0.4, 0.6);
    bent.is_rate = false;
    bent.curvature_ci = {-0.15, 0.05};
    CHECK(verdict(bound(exact, 0.5), bent) == "not comparable");
    CHECK(reason_has(bound(exact, 0.5), bent, "straight: the curvature"));
    bent.curvature_ci = {};
    CHECK(reason_has(bound(exact, 0.5), bent, "too short"));
}

TEST_CASE("a window that starts before the knee is not spoken of") {
    Bound late = bound(exact, 0.5);
    late.from_iteration = 316.0;
    CHECK(verdict(late, cell(0.4, 0.6)) == "consistent");
    late.from_iteration = 316.5;
    CHECK(verdict(late, cell(0.4, 0.6)) == "not comparable");
    CHECK(reason_has(late, cell(0.4, 0.6), "from t = 317 on"));
    CHECK(verdict(late, in_regime(Regime::plateau)) == "not comparable");
}

TEST_CASE("another quantity than the fitted one is not compared") {
    Bound other = bound(exact, 0.5);
    other.about = Quantity::gap;
    CHECK(verdict(other, cell(0.4, 0.6)) == "not comparable");
    CHECK(reason_has(other, cell(0.4, 0.6), "optimality gap"));
    other.about = Quantity::averaged_iterate;
    CHECK(verdict(other, cell(0.4, 0.6)) == "not comparable");
    CHECK(reason_has(other, cell(0.4, 0.6), "averaged iterate"));
    other.about = Quantity::typical_run;
    CHECK(verdict(other, cell(0.4, 0.6)) == "not comparable");
    CHECK(reason_has(other, cell(0.4, 0.6), "the regime about the mean"));
}

TEST_CASE("the typical run is compared by its own interval") {
    Bound typical = bound(exact, 0.5);
    typical.about = Quantity::typical_run;
    CellRates rates = cell(0.4, 0.6);
    rates.judged_by = Statistic::geo;
    rates.reason = Reason::infinite_mse;
    rates.exponent_ci = {};
    CHECK(verdict(typical, rates) == "consistent");
    rates.exponent_geo_ci = {0.1, 0.2};
    CHECK(verdict(typical, rates) == "slower than proven");
    rates.exponent_geo_ci = {};
    CHECK(verdict(typical, rates) == "not comparable");
    CHECK(reason_has(typical, rates, "no interval"));
}

TEST_CASE("a mean that was not fitted is not compared") {
    CellRates rates = cell(0.4, 0.6);
    for (const Reason reason : {Reason::infinite_mse,
                                Reason::diverged,
                                Reason::few_seeds,
                                Reason::short_window}) {
        CAPTURE(name(reason));
        rates.reason = reason;
        CHECK(verdict(bound(exact, 0.5), rates) == "not comparable");
    }
    rates.reason = Reason::infinite_mse;
    CHECK(reason_has(bound(exact, 0.5), rates, "infinite"));
    rates.reason = Reason::caution;
    CHECK(verdict(bound(exact, 0.5), rates) == "consistent");
    CHECK(reason_has(bound(exact, 0.5), rates, "doubtful"));
}
