#include <doctest/doctest.h>

#include "support/method_bench.hpp"

using namespace tailrate;
using doctest::Approx;
using test::MethodBench;

TEST_CASE("clip21 moves its memory by the clipped difference and steps along it") {
    const auto method = test::make_method(
        "clip21",
        {{"step.scale", 0.5}, {"step.power", 0.0}, {"clip_threshold", 5.0}},
        test::facts_of(1, 2));
    MethodBench bench{*method, 1, 2};

    bench.step({30.0, 40.0});
    CHECK(bench.memory(0, 0) == Approx(3.0).epsilon(1e-15));
    CHECK(bench.memory(0, 1) == Approx(4.0).epsilon(1e-15));
    CHECK(bench.x(0) == Approx(-1.5).epsilon(1e-15));

    bench.step({0.0, 8.0});  // difference (-3, 4), length 5
    CHECK(bench.memory(0, 0) == Approx(0.0).epsilon(1e-14));
    CHECK(bench.memory(0, 1) == Approx(8.0).epsilon(1e-15));
    CHECK(bench.x(0) == Approx(-1.5).epsilon(1e-14));
    CHECK(bench.x(1) == Approx(-2.0 - 4.0).epsilon(1e-14));
}

TEST_CASE("the memory reaches a constant gradient after |g| / lambda iterations") {
    const auto method = test::make_method(
        "clip21", {{"step.scale", 1.0}, {"clip_threshold", 2.0}}, test::facts_of(2, 1));
    MethodBench bench{*method, 2, 1};

    for (int t = 0; t < 4; ++t) {
        bench.step({7.0, -1.0});
    }
    CHECK(bench.memory(0, 0) == 7.0);
    CHECK(bench.memory(1, 0) == -1.0);
    bench.step({7.0, -1.0});
    CHECK(bench.memory(0, 0) == 7.0);
    CHECK(bench.memory(1, 0) == -1.0);
}

TEST_CASE("its threshold is constant") {
    const auto method = test::make_method(
        "clip21", {{"step.scale", 1.0}, {"clip_threshold", 2.0}}, test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};

    for (int t = 1; t <= 50; ++t) {
        bench.step({1e6});
        CHECK(bench.memory(0, 0) == 2.0 * t);
    }
}
