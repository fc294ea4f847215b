#include "rates/rates.hpp"

#include <string>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "sample_curves.hpp"

using namespace tailrate::rates;
using namespace tailrate::rates::testing;

namespace {

/// 19 before iteration 316 and 21 from then on; twice 10 is needed.
std::vector<double> path_of(const SampleCurves& curves) {
    std::vector<double> path;
    for (const std::int64_t t : curves.iterations) {
        path.push_back(t < 316 ? 19.0 : 21.0);
    }
    return path;
}

double mean_in_order(const SampleCurves& curves) {
    double sum = 0.0;
    for (std::size_t r = 0; r < curves.view().seeds(); ++r) {
        sum += curves.view().final_error(r);
    }
    return sum / static_cast<double>(curves.view().seeds());
}

bool is_reported(Reason reason) {
    return reason == Reason::ok || reason == Reason::caution;
}

std::string reason_of(const SampleCurves& curves,
                      MomentClass moment,
                      double decades = 1.5) {
    const CellRates rates = fit(curves.view(), {moment, {}, 0.0}, decades);
    const bool reported = is_reported(rates.reason);
    CHECK(std::isnan(rates.exponent) == !reported);
    CHECK(std::isnan(rates.exponent_ci.lower) == !reported);
    CHECK(std::isnan(rates.exponent_ci.upper) == !reported);
    return name(rates.reason);
}

}  // namespace

TEST_CASE("a falling straight cell is a rate") {
    const SampleCurves curves = falling(100);

    const CellRates rates = fit(curves.view(), {}, 1.5);

    CHECK(rates.reason == Reason::ok);
    CHECK(rates.regime == Regime::converging);
    CHECK(rates.is_rate);
    CHECK(rates.exponent_ci.lower < 0.5);
    CHECK(rates.exponent_ci.upper > 0.5);
    CHECK(rates.exponent == doctest::Approx(rates.exponent_geo).epsilon(0.02));
    CHECK(rates.final_mean == doctest::Approx(0.5).epsilon(0.05));
    CHECK(rates.final_mean_ci.lower < rates.final_mean);
    CHECK(rates.final_geo_ci.upper > rates.final_geo);
}

TEST_CASE("a wide curvature interval is no rate though the cell converges") {
    Splitmix draw{2};
    const SampleCurves curves =
        noisy_curves(10'000, 30, 100.0, 0.6, power_law(50.0, 0.8), draw);

    const CellRates rates = fit(curves.view(), {}, 1.5);

    CHECK(rates.regime == Regime::converging);
    CHECK(rates.curvature_ci.upper - rates.curvature_ci.lower > 0.2);
    CHECK_FALSE(rates.is_rate);
}

TEST_CASE("each reason, and the first that applies") {
    const SampleCurves good = falling(20);
    SampleCurves lost = good;
    lost.diverge(7, 20);
    SampleCurves few = falling(19);
    SampleCurves few_lost = few;
    few_lost.diverge(0, 1);
    const auto finite = MomentClass::finite;
    const auto infinite = MomentClass::infinite;
    const double too_short = 0.25;  // 7943 and 10000 are left of 5623.4, 6310, ...

    CHECK(reason_of(good, finite) == "ok");
    CHECK(reason_of(good, MomentClass::caution) == "caution");
    CHECK(reason_of(good, infinite) == "infinite_mse");
    CHECK(reason_of(lost, finite) == "diverged");
    CHECK(reason_of(few, finite) == "few_seeds");
    CHECK(reason_of(good, finite, too_short) == "short_window");
    CHECK(reason_of(good, MomentClass::caution, too_short) == "short_window");
    CHECK(reason_of(few, MomentClass::caution, too_short) == "few_seeds");
    CHECK(reason_of(few_lost, finite, too_short) == "diverged");
    CHECK(reason_of(few_lost, infinite, too_short) == "infinite_mse");
}

TEST_CASE("four checkpoints make a window, three do not") {
    const SampleCurves curves = falling(20);

    CHECK(fit(curves.view(), {}, 0.3).window_points == 4);
    CHECK(fit(curves.view(), {}, 0.3).reason == Reason::ok);
    const CellRates rates = fit(curves.view(), {}, 0.25);
    CHECK(rates.window_points == 3);
    CHECK(rates.reason == Reason::short_window);
    CHECK(rates.regime == Regime::inconclusive);
    CHECK_FALSE(std::isnan(rates.exponent_geo));
    CHECK_FALSE(std::isnan(rates.final_mean));
}

TEST_CASE("halves below three checkpoints have no curvature and make no rate") {
    const SampleCurves curves = falling(100);

    const CellRates rates = fit(curves.view(), {}, 0.3);

    CHECK(std::isnan(rates.early_exponent));
    CHECK(std::isnan(rates.late_exponent));
    CHECK(std::isnan(rates.curvature));
    CHECK(std::isnan(rates.curvature_ci.lower));
    CHECK_FALSE(rates.is_rate);
}

TEST_CASE(
    "an infinite mean squared error leaves the point of the mean, not its interval") {
    const SampleCurves curves = falling(100);

    const CellRates rates = fit(curves.view(), {MomentClass::infinite, {}, 0.0}, 1.5);

    CHECK(rates.judged_by == Statistic::geo);
    CHECK(std::isnan(rates.exponent));
    CHECK(std::isfinite(rates.final_mean));
    CHECK(std::isnan(rates.final_mean_ci.lower));
    CHECK(std::isfinite(rates.final_geo_ci.lower));
    CHECK(rates.regime == Regime::converging);
    CHECK(rates.is_rate);
}

TEST_CASE("below 20 seeds the typical run decides the regime") {
    const CellRates rates = fit(falling(10).view(), {}, 1.5);

    CHECK(rates.reason == Reason::few_seeds);
    CHECK(rates.judged_by == Statistic::geo);
    CHECK(rates.regime == Regime::converging);
    CHECK_FALSE(std::isnan(rates.exponent_geo_ci.lower));
}

TEST_CASE("the path at the start of the window and the final saturation are used") {
    const SampleCurves curves = falling(100);
    std::vector<double> path = path_of(curves);
    CHECK(fit(curves.view(), {MomentClass::finite, path, 0.0}, 1.5).regime ==
          Regime::converging);
    CHECK(fit(curves.view(), {MomentClass::finite, path, 0.0}, 2.0).regime ==
          Regime::transient);
    CHECK(fit(curves.view(), {MomentClass::finite, path, 0.6}, 1.5).regime ==
          Regime::transient);

    path.pop_back();

    CHECK_THROWS_AS((void)fit(curves.view(), {MomentClass::finite, path, 0.0}, 1.5),
                    tailrate::core::ContractViolation);
}

TEST_CASE("the final mean sums in seed order") {
    const SampleCurves curves = falling(37);
    CHECK(fit(curves.view(), {}, 1.5).final_mean == mean_in_order(curves));
}
