#include <cmath>

#include <doctest/doctest.h>

#include "support/method_bench.hpp"

using namespace tailrate;
using test::MethodBench;

namespace {

const test::Settings norm_5{{"step.scale", 1.0}, {"clip_threshold", 5.0}};
const test::Settings component_3{
    {"step.scale", 1.0}, {"clip_threshold", 3.0}, {"clip", "component"}};

}  // namespace

TEST_CASE("a gradient above the threshold keeps its direction and gets its length") {
    const auto method = test::make_method("clipped_sgd", norm_5, test::facts_of(1, 2));
    MethodBench bench{*method, 1, 2};

    bench.step({30.0, -40.0});

    CHECK(bench.x(0) == doctest::Approx(-3.0).epsilon(1e-15));
    CHECK(bench.x(1) == doctest::Approx(4.0).epsilon(1e-15));
}

TEST_CASE("gradients at the threshold, below it and zero pass unchanged") {
    const auto method = test::make_method("clipped_sgd", norm_5, test::facts_of(1, 2));

    MethodBench at{*method, 1, 2};
    at.step({3.0, -4.0});
    CHECK(at.x(0) == -3.0);
    CHECK(at.x(1) == 4.0);

    MethodBench below{*method, 1, 2};
    below.step({0.7, 1e-200});
    CHECK(below.x(0) == -0.7);
    CHECK(below.x(1) == -1e-200);

    MethodBench zero{*method, 1, 2};
    zero.step({0.0, 0.0});
    CHECK(zero.x(0) == 0.0);
    CHECK(zero.x(1) == 0.0);
}

TEST_CASE("every client is clipped before the mean is taken") {
    const auto method = test::make_method("clipped_sgd", norm_5, test::facts_of(3, 1));
    MethodBench bench{*method, 3, 1};

    bench.step({100.0, -2.0, 3.0});

    CHECK(bench.x(0) == doctest::Approx(-2.0).epsilon(1e-15));
}

TEST_CASE("components are cut one by one") {
    const auto method =
        test::make_method("clipped_sgd", component_3, test::facts_of(2, 3));
    MethodBench bench{*method, 2, 3};

    bench.step({3.0, -7.0, 0.5, 1e300, -3.0, 2.0});

    CHECK(bench.x(0) == -3.0);
    CHECK(bench.x(1) == 3.0);
    CHECK(bench.x(2) == -1.25);
}

TEST_CASE("an infinite component is cut to the threshold") {
    const auto method =
        test::make_method("clipped_sgd", component_3, test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};

    bench.step({-std::numeric_limits<double>::infinity()});

    CHECK(bench.x(0) == 3.0);
}

TEST_CASE("the threshold grows like (t + 1)^threshold_growth") {
    const auto method = test::make_method("clipped_sgd",
                                          {{"step.scale", 1.0},
                                           {"step.power", 0.0},
                                           {"clip_threshold", 2.0},
                                           {"threshold_growth", 0.5}},
                                          test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};

    bench.step({1e6});
    CHECK(bench.x(0) == doctest::Approx(-2.0).epsilon(1e-15));
    bench.step({1e6});
    CHECK(bench.x(0) == doctest::Approx(-2.0 - 2.0 * std::sqrt(2.0)).epsilon(1e-15));
}

TEST_CASE("saturation counts clients by norm and coordinates by component") {
    const model::Array gradients =
        MethodBench::in_all_lanes({3.0, 4.0, 3.0, -4.1, -9.0, 1.0});
    const auto facts = test::facts_of(3, 2);

    model::Lanes by_norm{};
    const auto norm = test::make_method("clipped_sgd", norm_5, facts);
    norm->add_saturation(
        MethodBench{*norm, 3, 2}.state(), {0, 3}, gradients.data(), by_norm);
    CHECK(by_norm[0] == 2.0);

    model::Lanes by_component{};
    const auto component = test::make_method("clipped_sgd", component_3, facts);
    const MethodBench bench{*component, 3, 2};
    component->add_saturation(bench.state(), {0, 3}, gradients.data(), by_component);
    CHECK(by_component[15] == 1.5);
}
