#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "support/theory_cases.hpp"

using namespace tailrate;
using namespace tailrate::test;
using doctest::Approx;

TEST_CASE("statements of a growing threshold begin where it exceeds all else") {
    NoiseFacts facts = noise(1.5);
    CHECK(theory("sclip_ef", smooth(2.0), facts).front().from_iteration ==
          Approx(std::pow(2.0, 10.0 / 3.0)));
    facts.mean_absolute = 100.0;
    CHECK(theory("sclip_ef", smooth(2.0), facts).front().from_iteration ==
          Approx(std::pow(10.0, 10.0 / 3.0)));
    facts = noise(0.8);
    CHECK(theory("sclip_ef", smooth(2.0), facts).front().from_iteration ==
          Approx(std::pow(2.0, 10.0 / 3.0)));
}

TEST_CASE("a growing threshold by component is limited by its variance") {
    const std::vector<double> growths{0.1, 0.2, 0.3, 0.4};
    const std::vector<double> foretold{0.92, 0.84, 0.76, 0.68};
    for (std::size_t k = 0; k < growths.size(); ++k) {
        CHECK(exponent("clipped_sgd",
                       component(growths[k]),
                       noise(1.2),
                       equal_quadratics()) == Approx(foretold[k]));
    }
    CHECK(exponent("clipped_sgd", component(0.3), unequal(1.2)) == Approx(0.72));
    CHECK(exponent("clipped_sgd", component(0.3), asymmetric(1.5)) == Approx(0.30));
    CHECK(exponent("clipped_sgd", component(0.1), noise(1.2)) == Approx(0.64));
    CHECK(theory("clipped_sgd", component(-0.1), noise(1.2)).empty());
    Settings slow = component(0.3);
    slow.emplace_back("step.power", 0.8);
    CHECK(theory("clipped_sgd", slow, noise(1.2)).empty());
    CHECK(theory("clipped_sgd", {{"threshold_growth", 0.3}}, noise(1.2)).empty());
}

TEST_CASE("a constant threshold below the residual gradients has a floor") {
    const auto floors =
        [](const char* clip, double threshold, const NoiseFacts& facts) {
            return theory(
                "clipped_sgd", {{"clip", clip}, {"clip_threshold", threshold}}, facts);
        };
    for (const char* clip : {"norm", "component"}) {
        const std::vector<Bound> bounds = floors(clip, 19.0, noise(1.2));
        REQUIRE(bounds.size() == 1);
        CHECK(bounds.front().exponent == 0.0);
        CHECK(bounds.front().kind == BoundKind::exact);
        CHECK(bounds.front().about == Quantity::mse);
        CHECK(bounds.front().is_ours);
        CHECK(floors(clip, 30.0, noise(1.2)).empty());
    }
    CHECK(floors("norm", 25.0, noise(1.2)).size() == 1);
    CHECK(floors("component", 25.0, noise(1.2)).empty());
}

TEST_CASE("residual gradients symmetric about 0 make no floor under equal noise") {
    model::ProblemFacts paired = unlike_quadratics();
    paired.residual_skew = 1e-16;
    const Settings settings{{"clip_threshold", 10.0}};

    CHECK(theory("clipped_sgd", settings, noise(1.2), paired).empty());
    CHECK(theory("clipped_sgd", settings, unequal(1.2), paired).size() == 1);
}

TEST_CASE("sgd attains 1/t, or less with a small step, under a finite variance") {
    CHECK(exponent("sgd", {{"step.scale", 2.0}}, noise(2.1)) == 1.0);
    CHECK(exponent("sgd", {{"step.scale", 2.0}}, asymmetric(3.0)) == 1.0);
    CHECK(exponent("sgd", {{"step.scale", 0.3}}, noise(infinity)) == Approx(0.6));
    const Settings relative{{"step.scale", 2.0}, {"step.relative_to", "inverse_L"}};
    const Bound bound = theory("sgd", relative, noise(infinity)).front();
    CHECK(bound.exponent == Approx(0.4));
    CHECK(bound.exponent_up_to == 1.0);
    CHECK(bound.about == Quantity::mse);
    CHECK_FALSE(bound.is_ours);
    CHECK(exponent("sgd", {{"step.power", 0.7}}, noise(infinity)) == 0.7);
    CHECK(theory("sgd", {{"step.power", 0.5}}, noise(infinity)).empty());
    CHECK(theory("sgd", {{"step.power", 1.2}}, noise(infinity)).empty());
}

TEST_CASE("a curvature that is not met at the minimizer only bounds the exponent") {
    model::ProblemFacts logistic = unlike_quadratics();
    logistic.is_quadratic = false;

    const Bound slow =
        theory("sgd", {{"step.scale", 0.3}}, noise(3.0), logistic).front();
    CHECK(slow.kind == BoundKind::at_least);
    CHECK(slow.exponent == Approx(0.6));
    CHECK(std::isnan(slow.exponent_up_to));
    CHECK(exponent("sgd", {{"step.scale", 0.6}}, noise(3.0), logistic) == 1.0);
}

TEST_CASE("under an infinite variance only the typical run of sgd has an exponent") {
    const std::vector<double> tail_indices{1.05, 1.2, 1.35, 1.65, 1.8, 2.0};
    const std::vector<double> foretold{.095, .333, .519, .788, .889, 1.0};
    for (std::size_t k = 0; k < foretold.size(); ++k) {
        const std::vector<Bound> bounds =
            theory("sgd", {{"step.scale", 2.0}}, noise(tail_indices[k]));
        REQUIRE(bounds.size() == 1);
        CHECK(bounds.front().about == Quantity::typical_run);
        CHECK(bounds.front().kind == BoundKind::exact);
        CHECK(bounds.front().is_ours);
        CHECK(std::abs(bounds.front().exponent - foretold[k]) < 0.0006);
    }
    CHECK(exponent("sgd", {{"step.scale", 0.1}}, noise(1.5)) == Approx(0.2));
    CHECK(theory("sgd", {}, noise(1.0)).empty());
    CHECK(theory("sgd", {}, asymmetric(1.5)).empty());
    CHECK(theory("sgd", {{"step.power", 0.7}}, noise(1.5)).empty());
    model::ProblemFacts logistic = unlike_quadratics();
    logistic.is_quadratic = false;
    CHECK(theory("sgd", {}, noise(1.5), logistic).empty());
}

TEST_CASE("a start that is little faster than the slowest term may still count") {
    const auto up_to = [](const char* key, const Settings& settings, double p) {
        return theory(key, settings, noise(p), equal_quadratics())
            .front()
            .exponent_up_to;
    };
    CHECK(up_to("sgd", {{"step.scale", 0.4}}, 1.5) == Approx(0.8));
    CHECK(up_to("sgd", {{"step.scale", 1.0}}, 1.5) == Approx(2.0));
    CHECK(std::isnan(up_to("sgd", {{"step.scale", 2.0}}, 1.5)));
    CHECK(up_to("sgd", {{"step.scale", 0.2}}, 1.5) == Approx(2.0 / 3.0));  // is slowest
    CHECK(up_to("sclip_ef", smooth(0.48), 1.5) == Approx(0.96));
    CHECK(up_to("sclip_ef", smooth(1.0), 1.5) == Approx(2.0));
    CHECK(std::isnan(up_to("sclip_ef", smooth(2.0), 1.5)));
}

TEST_CASE("no exponent is stated of runs without noise or with random rows") {
    NoiseFacts none;
    none.is_present = false;
    NoiseFacts rows = noise(1.5);
    rows.is_all_the_noise = false;
    for (const NoiseFacts& facts : {none, rows}) {
        CHECK(theory("sgd", {}, facts).empty());
        CHECK(theory("sclip_ef", smooth(2.0), facts).empty());
        CHECK(theory("smooth_clip_sgd", smooth(2.0), facts).empty());
        CHECK(theory("clipped_sgd", component(0.3), facts).empty());
    }
}

TEST_CASE("every statement of every method says where it comes from") {
    for (const test::MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const auto method = choice.make(unlike_quadratics());
        for (const NoiseFacts& facts :
             {noise(0.5), noise(1.2), noise(3.0), asymmetric(1.5), unequal(1.2)}) {
            for (const Bound& bound : method->theory(facts)) {
                CHECK_FALSE(bound.assumptions.empty());
                CHECK_FALSE(bound.source.empty());
                CHECK(bound.exponent >= 0.0);
                CHECK(bound.exponent <= 1.0);
                CHECK(bound.from_iteration >= 0.0);
                CHECK_FALSE(bound.exponent_up_to <= bound.exponent);
            }
        }
    }
}
