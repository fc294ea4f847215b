#pragma once

#include <vector>

#include "core/bound.hpp"
#include "model/method.hpp"
#include "model/noise.hpp"
#include "model/problem.hpp"

/// How fast clipping at the clients converges, as this project derives it. The
/// derivations are for quadratics and leave constants out.
namespace tailrate::model {

/// What theory keeps of an instance.
struct TheoryFacts {
    explicit TheoryFacts(const ProblemFacts& facts);

    double mu;
    double G;
    double max_residual_norm;
    bool has_skewed_residuals;  ///< not symmetric about 0
    bool is_quadratic;
};

/// A coordinate-wise non-linearity with a threshold that grows, at the clients, in the
/// regime of small gradients.
struct GrowingClip {
    double step;       ///< small gradients meet the step `step` / t
    double threshold;  ///< at t = 0
    double growth;     ///< the threshold grows like t^growth, growth > 0
    bool is_smooth;    ///< u / sqrt(u^2 + theta^2), else cut to [-theta, theta]
};

/// Iteration at which threshold t^growth reaches `level`; NaN where it never matters:
/// level 0, or no growth.
[[nodiscard]] double knee_of(double level, double threshold, double growth);

/// Whether what is left of the start, t^-start, may raise the exponent of a curve that
/// is called straight above that of its slowest term. Of a sum of both powers whose
/// curvature over 1.5 decades is below 0.1 the exponent is above 1, hence `transient`,
/// or at most 0.05 (the slack of theory) above the slowest where the start leads by 1.5
/// or more; by 0.06 where it leads by 1.2 (numerically, over all ratios of the two).
[[nodiscard]] bool may_start_count(double start, double slowest);

/// The mean squared error is a sum of powers of t; the slowest is its exponent. With
/// step g / t, threshold theta ~ t^q and p the tail index of the noise:
///  - what is left of the start: 2 mu g;
///  - variance: E min(|z|, theta)^2 ~ theta^(2 - p), so 1 - q (2 - min(p, 2));
///  - noise that is not symmetric: the tails cut off have the mean theta^(1 - p), its
///    square 2 q (p - 1), at most 4 q for the smooth clip, whose own bias of E z^3 /
///    theta^2 then leads;
///  - clients that differ under unequal noise: they are damped by parts that differ
///    like theta^-p, so 2 q p, p at most 2 for the smooth clip;
///  - clients that differ and whose residual gradients r_i are not symmetric: mean_i
///    r_i^3 / (2 theta^2), so 4 q, for the smooth clip, and 2 q (p + 2) for the other,
///    which bends only where the noise reaches the threshold.
/// Holds from where the threshold exceeds both the residual gradients and E|z|. A tail
/// index of 1 with a mean is a tail below every power: then the exponent is at least
/// this. Empty for problems that are not quadratic, without noise, without a mean of
/// noise that is not symmetric, and where a term does not fall.
[[nodiscard]] std::vector<core::Bound> growing_clip_theory(const GrowingClip& clip,
                                                           const TheoryFacts& facts,
                                                           const NoiseFacts& noise);

/// growing_clip_theory of the smooth clip phi_t u / sqrt(u^2 + theta_t^2) under the
/// step eta_t, where small gradients meet eta_t phi_t / theta_t ~ 1/t; else empty.
[[nodiscard]] std::vector<core::Bound> smooth_clip_theory(const Schedule& step,
                                                          const Schedule& clip_scale,
                                                          const Schedule& threshold,
                                                          const TheoryFacts& facts,
                                                          const NoiseFacts& noise);

}  // namespace tailrate::model
