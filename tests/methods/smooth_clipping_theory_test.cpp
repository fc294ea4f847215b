#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "support/theory_cases.hpp"

using namespace tailrate;
using namespace tailrate::test;
using doctest::Approx;

TEST_CASE("smooth clipping is limited by the variance that the threshold lets in") {
    const std::vector<double> tail_indices{
        1.05, 1.2, 1.35, 1.65, 1.8, 1.95, 3.0, infinity};
    const std::vector<double> foretold{.715, .760, .805, .895, .940, .985, 1.0, 1.0};
    for (std::size_t k = 0; k < foretold.size(); ++k) {
        for (const char* key : {"sclip_ef", "smooth_clip_sgd"}) {
            CAPTURE(key);
            const Bound bound =
                theory(key, smooth(2.0), noise(tail_indices[k])).front();
            CHECK(bound.kind == BoundKind::exact);
            CHECK(bound.about == Quantity::mse);
            CHECK(bound.is_ours);
            CHECK(bound.exponent == Approx(foretold[k]).epsilon(1e-12));
            CHECK(bound.exponent_up_to == Approx(1.2));  // the bias of the clipping
        }
    }
}

TEST_CASE("without unlike clients smooth clipping has no bias that could count") {
    const Bound bound =
        theory("sclip_ef", smooth(2.0), noise(1.2), equal_quadratics()).front();

    CHECK(bound.exponent == Approx(0.76));
    CHECK(std::isnan(bound.exponent_up_to));
}

TEST_CASE("a small step is the limit, and other terms count for long") {
    const Bound bound = theory("sclip_ef", smooth(1.0 / 3.0), noise(1.5)).front();

    CHECK(bound.exponent == Approx(2.0 / 3.0));
    CHECK(bound.exponent_up_to == Approx(1.2));
    model::ProblemFacts steep = equal_quadratics();
    steep.mu = 0.1;
    CHECK(exponent("sclip_ef", smooth(2.0), noise(1.5), steep) == Approx(0.4));
    const Settings relative{{"clip_threshold", 10.0},
                            {"effective_step", 2.0},
                            {"step.relative_to", "inverse_L"}};
    CHECK(exponent("sclip_ef", relative, noise(1.5)) == Approx(0.4));
}

TEST_CASE("unequal and asymmetric noise add biases to smooth clipping") {
    CHECK(exponent("sclip_ef", smooth(2.0), unequal(1.2)) == Approx(0.72));
    CHECK(exponent("sclip_ef", smooth(2.0), unequal(1.2), equal_quadratics()) ==
          Approx(0.76));
    CHECK(exponent("sclip_ef", smooth(2.0), asymmetric(1.5)) == Approx(0.30));
    CHECK(exponent("sclip_ef", smooth(2.0), asymmetric(1.5), equal_quadratics()) ==
          Approx(0.30));
    CHECK(exponent("sclip_ef", smooth(2.0), asymmetric(2.5)) == Approx(0.90));
    CHECK(exponent("sclip_ef", smooth(2.0), asymmetric(4.0)) == 1.0);
}

TEST_CASE("the growth of the threshold trades variance for bias") {
    const std::vector<double> growths{0.1, 0.2, 0.3, 0.4};
    const std::vector<double> foretold{0.4, 0.8, 0.76, 0.68};
    for (std::size_t k = 0; k < growths.size(); ++k) {
        CAPTURE(growths[k]);
        CHECK(exponent("smooth_clip_sgd", smooth_growth(growths[k]), noise(1.2)) ==
              Approx(foretold[k]));
        CHECK(exponent("sclip_ef", smooth_growth(growths[k]), noise(1.2)) ==
              Approx(foretold[k]));
    }
    // Residual gradients that lie symmetrically about 0 leave the variance alone.
    model::ProblemFacts paired = unlike_quadratics();
    paired.residual_skew = 1e-16;
    CHECK(exponent("smooth_clip_sgd", smooth_growth(0.1), noise(1.2), paired) ==
          Approx(0.92));
}

TEST_CASE("other powers of smooth clipping have no derivation") {
    const Settings other{
        {"clip_threshold", 10.0}, {"effective_step", 2.0}, {"clip_power", 0.4}};
    CHECK(theory("smooth_clip_sgd", other, noise(1.2)).empty());
    CHECK(theory("sclip_ef", other, noise(1.2)).empty());
    const Settings constant_weight{
        {"clip_threshold", 10.0}, {"effective_step", 2.0}, {"weight_power", 0.0}};
    CHECK(theory("sclip_ef", constant_weight, noise(1.2)).empty());
    const Settings constant_threshold{{"clip_threshold", 10.0},
                                      {"effective_step", 2.0},
                                      {"threshold_growth", 0.0},
                                      {"clip_power", 0.8}};
    CHECK(theory("smooth_clip_sgd", constant_threshold, noise(1.2)).empty());
}

TEST_CASE("a tail index of 1 bounds the exponent below where there is a mean") {
    NoiseFacts with_mean = noise(1.0);
    with_mean.has_mean = true;
    with_mean.mean_absolute = 0.8;
    const Bound bound = theory("smooth_clip_sgd", smooth(2.0), with_mean).front();
    CHECK(bound.kind == BoundKind::at_least);
    CHECK(bound.exponent == Approx(0.7));
    CHECK(std::isnan(bound.exponent_up_to));

    CHECK(exponent("smooth_clip_sgd", smooth(2.0), noise(1.0)) == Approx(0.7));
    NoiseFacts no_mean = asymmetric(1.0);
    CHECK(theory("smooth_clip_sgd", smooth(2.0), no_mean).empty());
}

TEST_CASE("the theorem of SClip-EF is a range of proven exponents, not a bracket") {
    const std::vector<Bound> bounds = theory("sclip_ef", smooth(2.0), noise(1.2));
    REQUIRE(bounds.size() == 2);
    const Bound& theorem = bounds.back();
    CHECK(theorem.kind == BoundKind::at_least);
    CHECK(theorem.about == Quantity::mse);
    CHECK(theorem.exponent == 0.0);
    CHECK(theorem.exponent_up_to == 0.4);
    CHECK(theorem.from_iteration == 0.0);
    CHECK_FALSE(theorem.is_ours);

    // It needs no quadratic.
    model::ProblemFacts logistic = unlike_quadratics();
    logistic.is_quadratic = false;
    CHECK(theory("sclip_ef", smooth(2.0), noise(1.2), logistic).size() == 1);
    CHECK(theory("smooth_clip_sgd", smooth(2.0), noise(1.2), logistic).empty());
}

TEST_CASE("the theorem of SClip-EF is stated under its assumptions only") {
    const auto states_theorem = [](const Settings& settings, const NoiseFacts& facts) {
        for (const Bound& bound : theory("sclip_ef", settings, facts)) {
            if (!bound.is_ours) {
                return true;
            }
        }
        return false;
    };
    CHECK(states_theorem(smooth(2.0), noise(1.2)));
    CHECK(states_theorem(smooth(2.0), unequal(1.2)));
    CHECK_FALSE(states_theorem(smooth(2.0), noise(1.0)));
    CHECK_FALSE(states_theorem(smooth(2.0), asymmetric(1.5)));
    CHECK_FALSE(states_theorem(smooth_growth(0.2), noise(1.2)));
    for (const char* key : {"step.shift", "step.power", "clip_power", "weight_power"}) {
        Settings other = smooth(2.0);
        other.emplace_back(key, 0.6);
        CHECK_FALSE(states_theorem(other, noise(1.2)));
    }
}

TEST_CASE("the knee is where the threshold passes the residual gradients") {
    model::ProblemFacts facts = unlike_quadratics();
    facts.G = 35.0;
    const auto knee = [&facts](const char* key, const Settings& settings) {
        return test::make_method(key, settings, facts)->knee();
    };
    const double expected = std::pow(35.0, 10.0 / 3.0);  // 1.4e5
    CHECK(knee("sclip_ef", smooth(2.0, 1.0)) == Approx(expected));
    CHECK(knee("smooth_clip_sgd", smooth(2.0, 1.0)) == Approx(expected));
    CHECK(knee("clipped_sgd", component(0.5)) == Approx(12.25));
    CHECK(knee("clipped_sgd", {{"clip_threshold", 10.0}, {"threshold_growth", 0.5}}) ==
          Approx(9.0));  // by norm
    CHECK(std::isnan(knee("clipped_sgd", {{"clip_threshold", 10.0}})));
    CHECK(std::isnan(knee("sgd", {})));
    CHECK(std::isnan(knee("clip21", {})));
    facts.G = 0.0;
    CHECK(std::isnan(knee("sclip_ef", smooth(2.0))));
}
