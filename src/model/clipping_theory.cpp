#include "model/clipping_theory.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "math/elementary.hpp"

namespace tailrate::model {
namespace {

/// Below, the cubes of the residual gradients cancel up to rounding.
constexpr double smallest_skew = 1e-9;
/// Of powers that are written with decimals.
constexpr double rounding = 1e-12;
constexpr double longest_lead = 1.5;

/// A part of the mean squared error that falls like t^-exponent.
struct Term {
    const char* meaning;
    double exponent;
};

std::vector<Term> terms_of(const GrowingClip& clip,
                           const TheoryFacts& facts,
                           const NoiseFacts& noise) {
    const double q = clip.growth;
    const double p = noise.tail_index;
    const bool is_smooth = clip.is_smooth;
    std::vector<Term> terms{{"start 2 mu g", 2.0 * facts.mu * clip.step},
                            {"variance", 1.0 - q * (2.0 - std::min(p, 2.0))}};
    if (!noise.is_symmetric) {
        const double order = is_smooth ? std::min(p, 3.0) : p;
        terms.push_back({"asymmetric noise", 2.0 * q * (order - 1.0)});
    }
    if (facts.G > 0.0 && !noise.is_equal) {
        const double order = is_smooth ? std::min(p, 2.0) : p;
        terms.push_back({"unequal noise of unlike clients", 2.0 * q * order});
    }
    if (facts.has_skewed_residuals) {
        terms.push_back(
            {"bias of unlike clients", 2.0 * q * (is_smooth ? 2.0 : p + 2.0)});
    }
    return terms;
}

std::string words(const std::vector<Term>& terms) {
    std::string text;
    for (const Term& term : terms) {
        if (std::isfinite(term.exponent)) {
            text += fmt::format(
                "{}{} {:.3g}", text.empty() ? "" : ", ", term.meaning, term.exponent);
        }
    }
    return text;
}

/// The slowest term, and how fast the error can fall while others still count; the
/// first term is the start.
core::Bound slowest(const std::vector<Term>& terms) {
    core::Bound bound;
    bound.is_ours = true;
    const double start = terms.front().exponent;
    bound.exponent = start;
    double fastest = 0.0;
    for (std::size_t k = 1; k < terms.size(); ++k) {
        bound.exponent = std::min(bound.exponent, terms[k].exponent);
        if (std::isfinite(terms[k].exponent)) {
            fastest = std::max(fastest, terms[k].exponent);
        }
    }
    if (may_start_count(start, bound.exponent)) {
        fastest = std::max(fastest, start);
    }
    if (fastest > bound.exponent) {
        bound.exponent_up_to = fastest;
    }
    bound.source = "derived in this project: the least of " + words(terms);
    return bound;
}

}  // namespace

TheoryFacts::TheoryFacts(const ProblemFacts& facts)
    : mu{facts.mu},
      G{facts.G},
      max_residual_norm{facts.max_residual_norm},
      has_skewed_residuals{facts.residual_skew > smallest_skew},
      is_quadratic{facts.is_quadratic} {}

bool may_start_count(double start, double slowest) {
    return start <= slowest + longest_lead;
}

double knee_of(double level, double threshold, double growth) {
    return level > 0.0 && growth > 0.0 ? math::pow(level / threshold, 1.0 / growth)
                                       : std::numeric_limits<double>::quiet_NaN();
}

std::vector<core::Bound> growing_clip_theory(const GrowingClip& clip,
                                             const TheoryFacts& facts,
                                             const NoiseFacts& noise) {
    if (!facts.is_quadratic || !noise.is_present || !noise.is_all_the_noise ||
        !(clip.growth > 0.0) || (!noise.is_symmetric && !noise.has_mean)) {
        return {};
    }
    core::Bound bound = slowest(terms_of(clip, facts, noise));
    if (!(bound.exponent > 0.0)) {
        return {};
    }
    if (noise.has_mean && noise.tail_index <= 1.0) {
        bound.kind = core::BoundKind::at_least;
        bound.exponent_up_to = std::numeric_limits<double>::quiet_NaN();
    }
    const double level = std::max(facts.G, noise.has_mean ? noise.mean_absolute : 0.0);
    const double knee = knee_of(level, clip.threshold, clip.growth);
    bound.from_iteration = std::isnan(knee) ? 0.0 : knee;
    bound.assumptions = fmt::format(
        "quadratic costs, {} noise, small gradients meet the step g / t with g = "
        "{:.3g}, "
        "the threshold grows like t^{:.3g} and exceeds residual gradients and E|noise|",
        noise.is_symmetric ? "symmetric" : "asymmetric",
        clip.step,
        clip.growth);
    return {std::move(bound)};
}

std::vector<core::Bound> smooth_clip_theory(const Schedule& step,
                                            const Schedule& clip_scale,
                                            const Schedule& threshold,
                                            const TheoryFacts& facts,
                                            const NoiseFacts& noise) {
    if (std::abs(step.power + clip_scale.power - threshold.power + 1.0) > rounding) {
        return {};
    }
    return growing_clip_theory({.step = step.scale * clip_scale.scale / threshold.scale,
                                .threshold = threshold.scale,
                                .growth = threshold.power,
                                .is_smooth = true},
                               facts,
                               noise);
}

}  // namespace tailrate::model
