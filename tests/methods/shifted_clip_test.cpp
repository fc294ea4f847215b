#include <cmath>

#include <doctest/doctest.h>

#include "support/method_bench.hpp"

using namespace tailrate;
using doctest::Approx;
using test::MethodBench;

TEST_CASE("the estimate uses the shift from before the update") {
    const auto method = test::make_method("shifted_clip",
                                          {{"step.scale", 1.0},
                                           {"step.power", 0.0},
                                           {"clip_threshold", 4.0},
                                           {"shift_step", 0.25}},
                                          test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};

    bench.step({10.0});  // D = 4, estimate 0 + 4, h = 1
    CHECK(bench.x(0) == -4.0);
    CHECK(bench.memory(0, 0) == 1.0);
    bench.step({10.0});  // D = 4, estimate 1 + 4, h = 2
    CHECK(bench.x(0) == -9.0);
    CHECK(bench.memory(0, 0) == 2.0);
    bench.step({3.0});  // D = 1, estimate 3, h = 2.25
    CHECK(bench.x(0) == -12.0);
    CHECK(bench.memory(0, 0) == 2.25);
}

TEST_CASE("differences are clipped in norm, per client") {
    const auto method = test::make_method(
        "shifted_clip",
        {{"step.scale", 1.0}, {"clip_threshold", 5.0}, {"shift_step", 0.5}},
        test::facts_of(2, 2));
    MethodBench bench{*method, 2, 2};

    bench.step({-30.0, 40.0, 1.0, 2.0});

    CHECK(bench.memory(0, 0) == Approx(-1.5).epsilon(1e-15));
    CHECK(bench.memory(0, 1) == Approx(2.0).epsilon(1e-15));
    CHECK(bench.memory(1, 0) == 0.5);
    CHECK(bench.memory(1, 1) == 1.0);
    CHECK(bench.x(0) == Approx(1.0).epsilon(1e-15));
    CHECK(bench.x(1) == Approx(-3.0).epsilon(1e-15));
}

TEST_CASE("the threshold of the differences grows") {
    const auto method = test::make_method("shifted_clip",
                                          {{"step.scale", 1.0},
                                           {"step.power", 0.0},
                                           {"clip_threshold", 1.0},
                                           {"threshold_growth", 0.5},
                                           {"shift_step", 1.0}},
                                          test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};

    bench.step({1e6});
    bench.step({1e6});
    bench.step({1e6});

    CHECK(bench.memory(0, 0) ==
          Approx(1.0 + std::sqrt(2.0) + std::sqrt(3.0)).epsilon(1e-14));
}
