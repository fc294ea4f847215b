#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include <doctest/doctest.h>

#include "rates/rates.hpp"
#include "sample_curves.hpp"

using namespace tailrate::rates;
using namespace tailrate::rates::testing;

namespace {

/// The last errors of the first seeds above 1e6 times 100.
void blow_up(SampleCurves& curves, std::size_t seeds) {
    for (std::size_t r = 0; r < seeds; ++r) {
        curves.at(r, curves.iterations.size() - 1) = 1.1e8;
    }
}

void diverge_all(SampleCurves& curves) {
    for (std::size_t r = 0; r < curves.view().seeds(); ++r) {
        curves.diverge(r, 1);
    }
}

double zero_from_ten(std::size_t, double t) {
    return t < 10.0 ? 0.1 : 0.0;
}

double iteration(std::size_t, double t) {
    return t;
}

/// The quantiles of a Pareto law, the same at all checkpoints, on a falling curve.
SampleCurves pareto_seeds(double tail_index) {
    const auto law = power_law(50.0, 0.5);
    return make_curves(checkpoints(10'000), 100, 100.0, [&](std::size_t r, double t) {
        const double upper_tail = (static_cast<double>(r) + 0.5) / 100.0;
        return law(t) * tailrate::math::pow(upper_tail, -1.0 / tail_index);
    });
}

bool is_the_nan(double value) {
    return std::bit_cast<std::uint64_t>(value) ==
           std::bit_cast<std::uint64_t>(not_a_number);
}

}  // namespace

TEST_CASE("a diverged seed is kept: infinite levels, no exponents") {
    SampleCurves curves = falling(100);
    curves.diverge(3, 30);

    const CellRates rates = fit(curves.view(), {}, 1.5);

    CHECK(rates.diverged_seeds == 1);
    CHECK(rates.reason == Reason::diverged);
    CHECK(std::isnan(rates.exponent));
    CHECK(std::isnan(rates.exponent_geo));
    CHECK(std::isnan(rates.curvature));
    CHECK(rates.final_mean == infinity);
    CHECK(std::isnan(rates.final_mean_ci.lower));
    CHECK(rates.final_geo == infinity);
    CHECK(std::isnan(rates.final_geo_ci.upper));
    CHECK(std::isnan(rates.largest_share));
    CHECK(std::isnan(rates.hill));
    CHECK(rates.regime == Regime::inconclusive);
}

TEST_CASE("six lost seeds of a hundred make a diverged cell, five do not") {
    SampleCurves curves = falling(100);
    blow_up(curves, 5);
    CHECK(fit(curves.view(), {}, 1.5).regime != Regime::diverged);

    curves.diverge(5, 37);

    CHECK(fit(curves.view(), {}, 1.5).regime == Regime::diverged);
    CHECK(fit(curves.view(), {}, 1.5).diverged_seeds == 1);
}

TEST_CASE("all seeds diverged") {
    SampleCurves curves = falling(25);
    diverge_all(curves);

    const CellRates rates = fit(curves.view(), {}, 1.5);

    CHECK(rates.diverged_seeds == 25);
    CHECK(rates.reason == Reason::diverged);
    CHECK(rates.regime == Regime::diverged);
    CHECK(rates.final_mean == infinity);
    CHECK(rates.final_geo == infinity);
}

TEST_CASE("a mean that overflows has no exponent, the typical run has one") {
    SampleCurves curves = falling(20);
    const std::size_t last = curves.iterations.size() - 1;
    curves.at(0, last) = 1.7e308;
    curves.at(1, last) = 1.7e308;

    const CellRates rates = fit(curves.view(), {}, 1.5);

    CHECK(rates.diverged_seeds == 0);
    CHECK(rates.reason == Reason::diverged);
    CHECK(rates.final_mean == infinity);
    CHECK_FALSE(std::isnan(rates.exponent_geo));
    CHECK(rates.regime == Regime::diverged);
}

TEST_CASE("one seed has points and no intervals") {
    const CellRates rates = fit(falling(1).view(), {}, 1.5);

    CHECK(rates.reason == Reason::few_seeds);
    CHECK(std::isnan(rates.exponent_geo));
    CHECK(std::isfinite(rates.final_mean));
    CHECK(rates.final_geo == doctest::Approx(rates.final_mean).epsilon(1e-14));
    CHECK(std::isnan(rates.final_mean_ci.lower));
    CHECK(std::isnan(rates.final_geo_ci.lower));
    CHECK(rates.largest_share == 1.0);
    CHECK(rates.regime == Regime::inconclusive);
    CHECK(std::isfinite(rates.curvature));
    CHECK(std::isnan(rates.curvature_ci.lower));
}

TEST_CASE("equal seeds, as without noise, have intervals of width 0") {
    const CellRates rates = fit(equal_seeds(100).view(), {}, 1.5);

    CHECK(std::abs(rates.exponent - 0.5) < 1e-12);
    CHECK(std::abs(rates.curvature) < 1e-12);
    CHECK(rates.exponent_ci.lower == rates.exponent);
    CHECK(rates.exponent_ci.upper == rates.exponent);
    CHECK(rates.exponent_geo_ci.lower == rates.exponent_geo);
    CHECK(rates.final_mean_ci.lower == rates.final_mean);
    CHECK(rates.final_geo_ci.upper == rates.final_geo);
    CHECK(rates.hill == infinity);
    CHECK(rates.largest_share == doctest::Approx(0.01));
    CHECK(rates.is_rate);
}

TEST_CASE("errors that reach 0 end at the floor") {
    const SampleCurves curves =
        make_curves(checkpoints(10'000), 20, 1.0, zero_from_ten);

    const CellRates rates = fit(curves.view(), {}, 1.5);

    CHECK(rates.exponent == 0.0);
    CHECK(rates.exponent_geo == 0.0);
    CHECK(rates.regime == Regime::plateau);
    CHECK(rates.final_mean == 0.0);
    CHECK(rates.final_mean_ci.upper == 0.0);
    CHECK(rates.final_geo == doctest::Approx(1e-24));
    CHECK(std::isnan(rates.largest_share));
}

TEST_CASE("a start at the optimum is above the floor from then on") {
    const SampleCurves curves = make_curves(checkpoints(1000), 20, 0.0, iteration);

    const CellRates rates = fit(curves.view(), {}, 1.5);

    CHECK(rates.exponent == doctest::Approx(-1.0));
    CHECK(rates.regime == Regime::diverged);
}

TEST_CASE("two checkpoints are a run") {
    const SampleCurves curves = make_curves({0, 1}, 20, 1.0, iteration);

    const CellRates rates = fit(curves.view(), {}, 1.5);

    CHECK(rates.window_points == 1);
    CHECK(rates.reason == Reason::short_window);
    CHECK(std::isnan(rates.exponent_geo));
    CHECK(rates.final_mean == 1.0);
    CHECK(rates.regime == Regime::inconclusive);
}

TEST_CASE("every NaN has the same bits") {
    SampleCurves curves = falling(1);
    curves.diverge(0, 5);

    const CellRates rates = fit(curves.view(), {MomentClass::infinite, {}, 0.0}, 1.5);

    const std::array values{rates.exponent,
                            rates.exponent_ci.lower,
                            rates.exponent_ci.upper,
                            rates.exponent_geo,
                            rates.exponent_geo_ci.lower,
                            rates.exponent_geo_ci.upper,
                            rates.curvature_ci.lower,
                            rates.final_mean_ci.lower,
                            rates.final_mean_ci.upper,
                            rates.final_geo_ci.lower,
                            rates.final_geo_ci.upper,
                            rates.hill,
                            rates.largest_share};
    CHECK(std::all_of(values.begin(), values.end(), is_the_nan));
}

TEST_CASE("one seed in front shows in share and tail index") {
    const SampleCurves curves = pareto_seeds(0.8);

    const CellRates rates = fit(curves.view(), {}, 1.5);

    CHECK(rates.largest_share > 0.4);
    CHECK(rates.hill == doctest::Approx(0.8).epsilon(0.1));
}
