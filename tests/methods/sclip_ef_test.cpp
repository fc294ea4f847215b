#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "core/errors.hpp"
#include "support/method_bench.hpp"

using namespace tailrate;
using doctest::Approx;
using test::MethodBench;

namespace {

/// eta_0 = 0.5, beta_0 = 0.25, phi_0 = 6, theta_0 = 4: with u = 3, Psi_0(u) = 18/5.
const test::Settings by_hand{{"step.scale", 0.5},
                             {"weight", 0.25},
                             {"clip_scale", 6.0},
                             {"clip_threshold", 4.0}};

/// The parameter that the factory names, or "none" where it is content.
std::string fault(std::string_view key, const test::Settings& settings) {
    try {
        static_cast<void>(test::make_method(key, settings, test::facts_of(1, 1)));
    } catch (const core::ParameterError& error) {
        return error.parameter();
    }
    return "none";
}

}  // namespace

TEST_CASE("the first iteration starts from an empty memory") {
    const auto method = test::make_method("sclip_ef", by_hand, test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};

    bench.step({3.0});

    CHECK(bench.memory(0, 0) == Approx(0.75 * 18.0 / 5.0).epsilon(1e-15));  // 2.7
    CHECK(bench.x(0) == Approx(-0.5 * 2.7).epsilon(1e-15));
}

TEST_CASE("the second iteration clips the difference to the memory at t = 1") {
    const auto method = test::make_method("sclip_ef", by_hand, test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};
    bench.step({3.0});  // m = 2.7, x = -1.35

    bench.step({-4.3});  // u = -7

    // mpmath, 20 digits: beta_1 = 0.25/sqrt(2), phi_1 = 6/sqrt(2), theta_1 = 4 2^0.3,
    // eta_1 = 0.5/2^0.2.
    CHECK(bench.memory(0, 0) == Approx(-2.3792658222754423).epsilon(1e-14));
    CHECK(bench.x(0) == Approx(-0.31436439909344888).epsilon(1e-14));
}

TEST_CASE("powers, growth and weight follow their parameters") {
    test::Settings settings = by_hand;
    settings.push_back({"step.power", 1.0});
    settings.push_back({"weight_power", 2.0});
    settings.push_back({"clip_power", 0.0});
    settings.push_back({"threshold_growth", 1.0});
    const auto method = test::make_method("sclip_ef", settings, test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};
    bench.step({3.0});  // m = 2.7, x = -1.35

    bench.step({8.7});  // u = 6, theta_1 = 8: Psi_1 = 6 * 6/10 = 3.6, beta_1 = 1/16

    const double m = 2.7 / 16.0 + 15.0 / 16.0 * 3.6;
    CHECK(bench.memory(0, 0) == Approx(m).epsilon(1e-14));
    CHECK(bench.x(0) == Approx(-1.35 - 0.25 * m).epsilon(1e-14));
}

TEST_CASE("coordinates and clients are clipped one by one and messages averaged") {
    const auto method = test::make_method("sclip_ef", by_hand, test::facts_of(2, 2));
    MethodBench bench{*method, 2, 2};

    bench.step({3.0, 0.0, -3.0, 1e100});

    CHECK(bench.memory(0, 0) == Approx(2.7).epsilon(1e-15));
    CHECK(bench.memory(0, 1) == 0.0);
    CHECK(bench.memory(1, 0) == Approx(-2.7).epsilon(1e-15));
    CHECK(bench.memory(1, 1) == Approx(4.5).epsilon(1e-15));
    CHECK(bench.x(0) == 0.0);
    CHECK(bench.x(1) == Approx(-0.5 * 2.25).epsilon(1e-15));
}

TEST_CASE("weight 0 forgets the memory, though the feedback is still subtracted") {
    const auto method = test::make_method("sclip_ef",
                                          {{"weight", 0.0},
                                           {"clip_scale", 5.0},
                                           {"clip_threshold", 4.0},
                                           {"clip_power", 0.0},
                                           {"threshold_growth", 0.0}},
                                          test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};
    bench.step({3.0});  // m = 3

    bench.step({3.0});  // u = 0

    CHECK(bench.memory(0, 0) == 0.0);
}

TEST_CASE(
    "effective_step sets clip_scale = effective_step clip_threshold / step.scale") {
    const auto facts = test::facts_of(1, 1);
    for (const char* key : {"sclip_ef", "smooth_clip_sgd"}) {
        CAPTURE(key);
        const auto by_step = test::make_method(key,
                                               {{"step.scale", 0.5},
                                                {"clip_threshold", 4.0},
                                                {"effective_step", 3.0},
                                                {"step.relative_to", "inverse_L"}},
                                               facts);
        const auto by_scale = test::make_method(key,
                                                {{"step.scale", 0.5},
                                                 {"clip_threshold", 4.0},
                                                 {"clip_scale", 24.0},
                                                 {"step.relative_to", "inverse_L"}},
                                                facts);
        MethodBench first{*by_step, 1, 1};
        MethodBench second{*by_scale, 1, 1};
        for (const double gradient : {2.0, -7.0, 0.1}) {
            first.step({gradient});
            second.step({gradient});
        }

        CHECK(test::same_bits(first.all(), second.all()));
    }
}

TEST_CASE("small gradients meet the step effective_step r / (t + 1)") {
    const auto method = test::make_method("smooth_clip_sgd",
                                          {{"step.scale", 7.0},
                                           {"clip_threshold", 30.0},
                                           {"effective_step", 2.0},
                                           {"step.relative_to", "inverse_mu"}},
                                          test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};

    double expected = 0.0;
    for (int t = 0; t < 5; ++t) {
        bench.step({1e-6});
        expected -= 2.0 / 0.5 / (t + 1.0) * 1e-6;
    }

    CHECK(bench.x(0) == Approx(expected).epsilon(1e-12));
}

TEST_CASE("both or neither of clip_scale and effective_step are refused") {
    for (const char* key : {"sclip_ef", "smooth_clip_sgd"}) {
        CAPTURE(key);
        CHECK(fault(key, {{"clip_scale", 1.0}}) == "none");
        CHECK(fault(key, {{"effective_step", 1.0}}) == "none");
        CHECK(fault(key, {{"clip_scale", 1.0}, {"effective_step", 1.0}}) ==
              "clip_scale");
        CHECK(fault(key, {}).empty());  // no parameter to point at: the whole map
    }
}

TEST_CASE("saturation compares the difference to the memory with theta_t") {
    const auto method = test::make_method("sclip_ef", by_hand, test::facts_of(1, 4));
    MethodBench bench{*method, 1, 4};
    bench.step({3.0, 3.0, 3.0, 3.0});  // m = 2.7, theta_1 = 4.924577...
    const model::Array gradients = MethodBench::in_all_lanes({7.6, 7.7, -2.3, -2.4});
    model::Lanes fraction{};

    method->add_saturation(bench.state(), {0, 1}, gradients.data(), fraction);

    CHECK(fraction[0] == 0.75);
    CHECK(fraction[15] == 0.75);
}
