#include <cmath>

#include <doctest/doctest.h>

#include "support/method_bench.hpp"

using namespace tailrate;
using doctest::Approx;
using test::MethodBench;

TEST_CASE("smooth clipping sends phi_t u / sqrt(u^2 + theta_t^2) of each coordinate") {
    const auto method = test::make_method(
        "smooth_clip_sgd",
        {{"step.scale", 0.5}, {"clip_scale", 10.0}, {"clip_threshold", 4.0}},
        test::facts_of(2, 2));
    MethodBench bench{*method, 2, 2};

    bench.step({3.0, 0.0, -1e50, 0.0});

    CHECK(bench.x(0) == Approx(-0.5 * (6.0 - 10.0) / 2.0).epsilon(1e-15));
    CHECK(bench.x(1) == 0.0);
}

TEST_CASE("its schedules at t = 1 have the powers 0.2, 0.5 and 0.3") {
    const auto method = test::make_method(
        "smooth_clip_sgd",
        {{"step.scale", 0.5}, {"clip_scale", 10.0}, {"clip_threshold", 4.0}},
        test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};
    bench.step({0.0});

    bench.step({3.0});

    const double theta = 4.0 * std::pow(2.0, 0.3);
    const double message = 10.0 / std::sqrt(2.0) * 3.0 / std::hypot(3.0, theta);
    CHECK(bench.x(0) == Approx(-0.5 * std::pow(2.0, -0.2) * message).epsilon(1e-14));
}

TEST_CASE(
    "it equals the first iteration of sclip_ef with weight 0 and keeps no memory") {
    const test::Settings settings{{"clip_scale", 2.0}, {"clip_threshold", 3.0}};
    test::Settings forgetful = settings;
    forgetful.push_back({"weight", 0.0});
    const auto facts = test::facts_of(2, 1);
    const auto smooth = test::make_method("smooth_clip_sgd", settings, facts);
    const auto feedback = test::make_method("sclip_ef", forgetful, facts);
    MethodBench first{*smooth, 2, 1};
    MethodBench second{*feedback, 2, 1};

    first.step({5.0, -0.3});
    second.step({5.0, -0.3});

    CHECK(first.x(0) == Approx(second.x(0)).epsilon(1e-15));
    CHECK(smooth->memory() == nullptr);
    CHECK(smooth->client_arrays().empty());
}

TEST_CASE("its saturation compares the gradient with theta_t") {
    const auto method =
        test::make_method("smooth_clip_sgd",
                          {{"clip_scale", 1.0}, {"clip_threshold", 4.0}},
                          test::facts_of(2, 2));
    const MethodBench bench{*method, 2, 2};
    const model::Array gradients = MethodBench::in_all_lanes({4.0, 4.1, -5.0, 0.0});
    model::Lanes fraction{};

    method->add_saturation(bench.state(), {0, 2}, gradients.data(), fraction);

    CHECK(fraction[4] == 1.0);
}
