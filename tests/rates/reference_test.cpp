// Expected numbers: `/usr/bin/python3 tests/rates/reference.py` (numpy 1.24.2, scipy
// 1.10.1). Its standard error is a numerical derivative, good to about 1e-8.

#include <doctest/doctest.h>

#include "sample_curves.hpp"

using namespace tailrate::rates;
using namespace tailrate::rates::testing;

namespace {

SampleCurves reference_curves() {
    Splitmix draw{0};
    double own = 0.0;
    return make_curves(checkpoints(10'000), 40, 100.0, [&](std::size_t r, double t) {
        if (t == 1.0) {
            draw = Splitmix{r};
            own = draw.uniform();
            (void)draw.uniform();  // spent on checkpoint 0
        }
        const double u = own + draw.uniform();
        return (0.25 + u * u) / (1.0 + std::sqrt(t));
    });
}

void check_interval(const Interval& ci, double lower, double upper) {
    CHECK(ci.lower == doctest::Approx(lower).epsilon(1e-7));
    CHECK(ci.upper == doctest::Approx(upper).epsilon(1e-7));
}

}  // namespace

TEST_CASE("a cell judged by its mean agrees with numpy and scipy") {
    const SampleCurves curves = reference_curves();

    const CellRates rates = fit(curves.view(), {}, 1.5);

    CHECK(rates.judged_by == Statistic::mean);
    CHECK(rates.window_start == 316);
    CHECK(rates.window_points == 16);
    CHECK(rates.exponent == doctest::Approx(0.480485205870859).epsilon(1e-12));
    check_interval(rates.exponent_ci, 0.452077280163859, 0.50889313157786);
    CHECK(rates.exponent_geo == doctest::Approx(0.490240343910578).epsilon(1e-12));
    check_interval(rates.exponent_geo_ci, 0.459994915837459, 0.520485771983697);
    CHECK(rates.early_exponent == doctest::Approx(0.50899663141934).epsilon(1e-12));
    CHECK(rates.late_exponent == doctest::Approx(0.462061336563829).epsilon(1e-12));
    CHECK(rates.curvature == doctest::Approx(-0.0469352948555112).epsilon(1e-10));
    check_interval(rates.curvature_ci, -0.146640497207954, 0.0527699074969316);
}

TEST_CASE("a cell judged by its typical run agrees with numpy and scipy") {
    const SampleCurves curves = reference_curves();

    const CellRates rates = fit(curves.view(), {MomentClass::infinite, {}, 0.0}, 1.5);

    CHECK(rates.judged_by == Statistic::geo);
    CHECK(rates.early_exponent == doctest::Approx(0.530597792509836).epsilon(1e-12));
    CHECK(rates.late_exponent == doctest::Approx(0.482345524134425).epsilon(1e-12));
    CHECK(rates.curvature == doctest::Approx(-0.0482522683754114).epsilon(1e-10));
    check_interval(rates.curvature_ci, -0.170304773857498, 0.0738002371066754);
}

TEST_CASE("levels and diagnostics agree with numpy and scipy") {
    const SampleCurves curves = reference_curves();

    const CellRates rates = fit(curves.view(), {}, 1.5);

    CHECK(rates.final_mean == doctest::Approx(0.0145128600934541).epsilon(1e-12));
    check_interval(rates.final_mean_ci, 0.0118791574581156, 0.0171465627287926);
    CHECK(rates.final_geo == doctest::Approx(0.0118340225976199).epsilon(1e-12));
    check_interval(rates.final_geo_ci, 0.00944881090019113, 0.0148213454920709);
    CHECK(rates.largest_share == doctest::Approx(0.058584346306156).epsilon(1e-12));
    CHECK(rates.hill == doctest::Approx(8.83286527965705).epsilon(1e-10));
    CHECK(rates.diverged_seeds == 0);
}
