#include "rates/exponent.hpp"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "sample_curves.hpp"

using namespace tailrate::rates;
using namespace tailrate::rates::testing;

namespace {

const double decade = tailrate::math::log(10.0);

LoggedWindow logged_of(const SampleCurves& curves, double decades) {
    return log_window(curves.view(), select_window(curves.iterations, decades));
}

/// Mean errors 100, 10, 1, 1 at 1, 10, 100, 1000; seed 0 is 1.5 and seed 1 is 0.5 times
/// the mean at 1, both are at the mean elsewhere.
SampleCurves two_seeds() {
    return make_curves({0, 1, 10, 100, 1000}, 2, 100.0, [](std::size_t r, double t) {
        if (t == 1.0) {
            return r == 0 ? 150.0 : 50.0;
        }
        return t == 10.0 ? 10.0 : 1.0;
    });
}

/// From the exponent of a power law, and of the standard errors from 0; the curves of
/// the seeds are multiples of each other.
double largest_deviation(double exponent) {
    const auto law = power_law(3.0, exponent);
    const SampleCurves curves =
        make_curves(checkpoints(100'000), 30, 3.0, [&](std::size_t r, double t) {
            return law(t) * (1.0 + static_cast<double>(r));
        });
    const LoggedWindow logged = logged_of(curves, 1.5);
    const Estimate mean = mean_exponent(logged, {0, 16});
    const Estimate geo = geometric_exponent(logged, {0, 16});
    const Estimate curvature =
        difference(mean_exponent(logged, {8, 16}), mean_exponent(logged, {0, 8}));
    return std::max({std::abs(mean.value - exponent),
                     std::abs(geo.value - exponent),
                     std::abs(curvature.value),
                     mean.standard_error,
                     geo.standard_error,
                     curvature.standard_error});
}

}  // namespace

TEST_CASE("weights of four equal steps are 1.5, 0.5, -0.5, -1.5 over 5 decades") {
    const std::vector<double> weights =
        exponent_weights(std::vector{0.0, decade, 2.0 * decade, 3.0 * decade});

    REQUIRE(weights.size() == 4);
    const double unit = 1.0 / (5.0 * decade);
    CHECK(weights[0] == doctest::Approx(1.5 * unit).epsilon(1e-14));
    CHECK(weights[1] == doctest::Approx(0.5 * unit).epsilon(1e-14));
    CHECK(weights[2] == doctest::Approx(-0.5 * unit).epsilon(1e-14));
    CHECK(weights[3] == doctest::Approx(-1.5 * unit).epsilon(1e-14));
    CHECK_THROWS_AS((void)exponent_weights(std::vector{1.0}),
                    tailrate::core::ContractViolation);
}

TEST_CASE("the mean exponent and its influence values by hand") {
    const LoggedWindow logged = logged_of(two_seeds(), 3.0);

    const Estimate estimate = mean_exponent(logged, {0, 4});

    // (1.5 * 2 + 0.5 * 1) / 5, and half the weight of the first checkpoint.
    CHECK(estimate.value == doctest::Approx(0.7).epsilon(1e-14));
    const double influence = 0.15 / decade;
    CHECK(estimate.influence[0] == doctest::Approx(influence).epsilon(1e-14));
    CHECK(estimate.influence[1] == doctest::Approx(-influence).epsilon(1e-14));
    CHECK(estimate.standard_error == doctest::Approx(influence).epsilon(1e-14));
    const Interval ci = interval(estimate, t_quantile(2));
    CHECK(ci.upper - ci.lower == doctest::Approx(2.0 * 12.7062047361747 * influence));
}

TEST_CASE("the geometric exponent averages the exponents of the seeds") {
    const LoggedWindow logged = logged_of(two_seeds(), 3.0);

    const Estimate estimate = geometric_exponent(logged, {0, 4});

    // 0.7 plus 0.3 log10(1.5) and 0.3 log10(0.5)
    CHECK(estimate.influence[0] == doctest::Approx(0.752827377716704).epsilon(1e-13));
    CHECK(estimate.influence[1] == doctest::Approx(0.609691001300806).epsilon(1e-13));
    CHECK(estimate.value == doctest::Approx(0.681259189508755).epsilon(1e-13));
}

TEST_CASE("exact power laws give their exponent and no error") {
    CHECK(largest_deviation(-0.5) < 1e-12);
    CHECK(largest_deviation(0.0) < 1e-12);
    CHECK(largest_deviation(0.4) < 1e-12);
    CHECK(largest_deviation(1.0) < 1e-12);
    CHECK(largest_deviation(2.5) < 1e-12);
}

TEST_CASE("the standard error of equal values is exactly 0") {
    CHECK(standard_error(std::vector<double>(37, 0.1)) == 0.0);
    CHECK(standard_error(std::vector{1.0, 3.0}) == 1.0);
    CHECK(std::isnan(standard_error(std::vector{1.0})));
}

// Closed forms for 1 and 2 degrees: tan(0.475 pi) and 0.95 sqrt(2 / 0.0975); scipy
// else.
TEST_CASE("t quantiles are those of seeds - 1 degrees of freedom") {
    CHECK(t_quantile(2) == doctest::Approx(12.7062047361747).epsilon(1e-11));
    CHECK(t_quantile(3) == doctest::Approx(4.30265272974946).epsilon(1e-11));
    CHECK(t_quantile(20) == doctest::Approx(2.09302405440826).epsilon(1e-9));
    CHECK(t_quantile(100) == doctest::Approx(1.98421695150868).epsilon(1e-9));
    CHECK(std::isnan(t_quantile(1)));
}

TEST_CASE("a difference is paired by seed") {
    const Estimate a{2.0, 1.0, {1.0, 3.0}};
    const Estimate b{0.5, 1.0, {0.0, 2.0}};

    const Estimate drop = difference(a, b);

    CHECK(drop.value == 1.5);
    CHECK(drop.standard_error == 0.0);
    CHECK(drop.influence == std::vector{1.0, 1.0});
}
