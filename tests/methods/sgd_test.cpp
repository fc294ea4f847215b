#include <cmath>

#include <doctest/doctest.h>

#include "support/method_bench.hpp"

using namespace tailrate;
using test::MethodBench;

namespace {

/// x after one iteration of sgd from 0 with gradient -1: the first step size.
double step_size(const test::Settings& settings, int iteration = 0) {
    const auto method = test::make_method("sgd", settings, test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};
    double before = 0.0;
    for (int t = 0; t <= iteration; ++t) {
        before = bench.x(0);
        bench.step({-1.0});
    }
    return bench.x(0) - before;
}

}  // namespace

TEST_CASE("sgd goes against the mean gradient of the clients") {
    const auto method =
        test::make_method("sgd", {{"step.scale", 0.5}}, test::facts_of(2, 2));
    MethodBench bench{*method, 2, 2};

    bench.step({3.0, -4.0, 5.0, 2.0});

    CHECK(bench.x(0) == -2.0);
    CHECK(bench.x(1) == 0.5);
}

TEST_CASE("the step falls like scale / (t + 1) from t = 0") {
    const test::Settings settings{{"step.scale", 2.0}};

    CHECK(step_size(settings, 0) == 2.0);
    CHECK(step_size(settings, 1) == 1.0);
    CHECK(step_size(settings, 3) == doctest::Approx(0.5).epsilon(1e-15));
    CHECK(step_size(settings, 9) == doctest::Approx(0.2).epsilon(1e-14));
}

TEST_CASE("shift is added to t + 1 and power is the exponent of the sum") {
    const test::Settings settings{
        {"step.scale", 6.0}, {"step.shift", 2.0}, {"step.power", 0.5}};

    CHECK(step_size(settings, 0) ==
          doctest::Approx(6.0 / std::sqrt(3.0)).epsilon(1e-15));
    CHECK(step_size(settings, 1) == doctest::Approx(3.0).epsilon(1e-15));
    CHECK(step_size(settings, 13) == doctest::Approx(1.5).epsilon(1e-13));
}

TEST_CASE("power 0 is a constant step") {
    const test::Settings settings{{"step.scale", 0.25}, {"step.power", 0.0}};

    CHECK(step_size(settings, 0) == 0.25);
    CHECK(step_size(settings, 7) == 0.25);
}

TEST_CASE("the step is relative to 1, 1/L or 1/mu of f") {
    CHECK(step_size({{"step.scale", 3.0}, {"step.relative_to", "one"}}) == 3.0);
    CHECK(step_size({{"step.scale", 3.0}, {"step.relative_to", "inverse_L"}}) == 0.75);
    CHECK(step_size({{"step.scale", 3.0}, {"step.relative_to", "inverse_mu"}}) == 6.0);
}
