#pragma once

#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "support/method_bench.hpp"
#include "support/method_cases.hpp"

// Cells whose exponents are foretold, and what a method says of them.

namespace tailrate::test {

using core::Bound;
using core::BoundKind;
using core::Quantity;
using model::NoiseFacts;

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// Ten unlike quadratics, mu = 1, the largest residual gradient 30, by component 20.
inline model::ProblemFacts unlike_quadratics() {
    model::ProblemFacts facts = facts_of(10, 10);
    facts.mu = 1.0;
    facts.L = 10.0;
    facts.condition_number = 10.0;
    facts.G = 20.0;
    facts.max_residual_norm = 30.0;
    facts.residual_skew = 0.2;
    facts.is_quadratic = true;
    return facts;
}

inline model::ProblemFacts equal_quadratics() {
    model::ProblemFacts facts = unlike_quadratics();
    facts.G = facts.max_residual_norm = facts.residual_skew = 0.0;
    return facts;
}

/// Symmetric and equal; a mean above tail index 1.
inline NoiseFacts noise(double tail_index) {
    NoiseFacts facts;
    facts.tail_index = tail_index;
    facts.has_mean = tail_index > 1.0;
    facts.mean_absolute = facts.has_mean ? 1.0 : infinity;
    return facts;
}

inline NoiseFacts unequal(double tail_index) {
    NoiseFacts facts = noise(tail_index);
    facts.is_equal = false;
    return facts;
}

inline NoiseFacts asymmetric(double tail_index) {
    NoiseFacts facts = noise(tail_index);
    facts.is_symmetric = false;
    return facts;
}

inline Settings smooth(double step, double threshold = 10.0) {
    return {{"clip_threshold", threshold}, {"effective_step", step}};
}

/// Step 2 / t and a threshold that grows like t^growth.
inline Settings smooth_growth(double growth) {
    Settings settings = smooth(2.0);
    settings.emplace_back("threshold_growth", growth);
    settings.emplace_back("clip_power", 0.8 - growth);
    return settings;
}

inline Settings component(double growth) {
    return {{"clip", "component"},
            {"clip_threshold", 10.0},
            {"threshold_growth", growth},
            {"step.scale", 2.0}};
}

inline std::vector<Bound> theory(
    const char* key,
    const Settings& settings,
    const NoiseFacts& noise_of_cell,
    const model::ProblemFacts& facts = unlike_quadratics()) {
    return make_method(key, settings, facts)->theory(noise_of_cell);
}

inline double exponent(const char* key,
                       const Settings& settings,
                       const NoiseFacts& noise_of_cell,
                       const model::ProblemFacts& facts = unlike_quadratics()) {
    const std::vector<Bound> bounds = theory(key, settings, noise_of_cell, facts);
    REQUIRE(!bounds.empty());
    CHECK(bounds.front().kind == BoundKind::exact);
    return bounds.front().exponent;
}

}  // namespace tailrate::test
