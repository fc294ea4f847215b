#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "support/method_bench.hpp"
#include "support/method_cases.hpp"

using namespace tailrate;
using core::Bound;
using core::BoundKind;
using core::Quantity;
using doctest::Approx;
using model::NoiseFacts;
using test::Settings;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Ten unlike quadratics, mu = 1, the largest residual gradient 30, by component 20.
model::ProblemFacts unlike_quadratics() {
    model::ProblemFacts facts = test::facts_of(10, 10);
    facts.mu = 1.0;
    facts.L = 10.0;
    facts.condition_number = 10.0;
    facts.G = 20.0;
    facts.max_residual_norm = 30.0;
    facts.residual_skew = 0.2;
    facts.is_quadratic = true;
    return facts;
}

model::ProblemFacts equal_quadratics() {
    model::ProblemFacts facts = unlike_quadratics();
    facts.G = facts.max_residual_norm = facts.residual_skew = 0.0;
    return facts;
}

/// Symmetric and equal; a mean above tail index 1.
NoiseFacts noise(double tail_index) {
    NoiseFacts facts;
    facts.tail_index = tail_index;
    facts.has_mean = tail_index > 1.0;
    facts.mean_absolute = facts.has_mean ? 1.0 : infinity;
    return facts;
}

NoiseFacts unequal(double tail_index) {
    NoiseFacts facts = noise(tail_index);
    facts.is_equal = false;
    return facts;
}

NoiseFacts asymmetric(double tail_index) {
    NoiseFacts facts = noise(tail_index);
    facts.is_symmetric = false;
    return facts;
}

Settings smooth(double step, double threshold = 10.0) {
    return {{"clip_threshold", threshold}, {"effective_step", step}};
}

/// Step 2 / t and a threshold that grows like t^growth.
Settings smooth_growth(double growth) {
    Settings settings = smooth(2.0);
    settings.emplace_back("threshold_growth", growth);
    settings.emplace_back("clip_power", 0.8 - growth);
    return settings;
}

Settings component(double growth) {
    return {{"clip", "component"},
            {"clip_threshold", 10.0},
            {"threshold_growth", growth},
            {"step.scale", 2.0}};
}

std::vector<Bound> theory(const char* key,
                          const Settings& settings,
                          const NoiseFacts& noise_of_cell,
                          const model::ProblemFacts& facts = unlike_quadratics()) {
    return test::make_method(key, settings, facts)->theory(noise_of_cell);
}

double exponent(const char* key,
                const Settings& settings,
                const NoiseFacts& noise_of_cell,
                const model::ProblemFacts& facts = unlike_quadratics()) {
    const std::vector<Bound> bounds = theory(key, settings, noise_of_cell, facts);
    REQUIRE(!bounds.empty());
    CHECK(bounds.front().kind == BoundKind::exact);
    return bounds.front().exponent;
}

}  // namespace

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
