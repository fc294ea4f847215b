#include <cmath>

#include "core/registry.hpp"
#include "model/clipping.hpp"
#include "model/clipping_theory.hpp"
#include "model/method.hpp"

namespace tailrate::methods {
namespace {

/// Vanilla clipping at the clients: x <- x - eta_t mean_i clip(g_i, lambda_t),
/// lambda_t = clip_threshold (t + 1)^threshold_growth. Norm: clip(g, l) = min(1, l/|g|)
/// g (Zhang et al., arXiv 1912.03194, algorithm "GClip"); component: each coordinate
/// cut to
/// [-l, l].
/// Deviation: the growth of the threshold is a free power, 0 for the vanilla method.
class ClippedSgd final : public model::Method {
  public:
    ClippedSgd(const core::Parameters& parameters, const model::ProblemFacts& facts)
        : step_{declare_step(parameters, facts)},
          threshold_{declare_schedule(model::threshold_schedule(parameters))},
          by_component_{parameters.text("clip") == "component"},
          facts_{facts} {}

    void clients(const model::Step& step,
                 model::ClientRange range,
                 double* values) const override {
        const double threshold = step.at(threshold_);
        if (by_component_) {
            model::clip_components(threshold, range.size() * step.size(), values);
        } else {
            model::clip_norm(threshold, range.size(), step.dimension, values);
        }
    }

    void server(const model::Step& step, double* aggregate) const override {
        model::descend(step.at(step_), step.size(), aggregate, step.at(iterate()));
    }

    [[nodiscard]] bool can_saturate() const override { return true; }

    void add_saturation(const model::Step& step,
                        model::ClientRange range,
                        const double* gradients,
                        model::Lanes& fraction) const override {
        for (std::size_t i = range.first; i < range.last;
             ++i, gradients += step.size()) {
            if (by_component_) {
                model::add_large_components(
                    step.at(threshold_), step.dimension, gradients, fraction);
            } else {
                model::add_large_norm(
                    step.at(threshold_), step.dimension, gradients, fraction);
            }
        }
    }

    [[nodiscard]] bool has_finite_mse(double /*p*/, std::size_t /*n*/) const override {
        return true;
    }

    [[nodiscard]] bool is_unbounded() const override { return false; }

    [[nodiscard]] double largest_move(const model::Step& step,
                                      double& /*carry*/) const override {
        const double corner =
            by_component_ ? std::sqrt(static_cast<double>(step.dimension)) : 1.0;
        return step.at(step_) * step.at(threshold_) * corner;
    }

    [[nodiscard]] std::vector<core::Bound> theory(
        const model::NoiseFacts& noise) const override {
        const model::Schedule& step = schedules()[step_.index];
        const model::Schedule& threshold = schedules()[threshold_.index];
        if (threshold.power == 0.0) {
            return has_floor(noise) ? std::vector{floor()} : std::vector<core::Bound>{};
        }
        if (!by_component_ || step.power != -1.0) {
            return {};
        }
        return model::growing_clip_theory({.step = step.scale,
                                           .threshold = threshold.scale,
                                           .growth = threshold.power,
                                           .is_smooth = false},
                                          facts_,
                                          noise);
    }

    [[nodiscard]] double knee() const override {
        const model::Schedule& threshold = schedules()[threshold_.index];
        return model::knee_of(largest_residual(), threshold.scale, threshold.power);
    }

  private:
    [[nodiscard]] double largest_residual() const {
        return by_component_ ? facts_.G : facts_.max_residual_norm;
    }

    /// Residual gradients that lie symmetrically about 0 are cut symmetrically too,
    /// unless the noise tells the clients apart.
    [[nodiscard]] bool has_floor(const model::NoiseFacts& noise) const {
        return schedules()[threshold_.index].scale < largest_residual() &&
               (facts_.has_skewed_residuals || (noise.is_present && !noise.is_equal));
    }

    static core::Bound floor() {
        return {.kind = core::BoundKind::exact,
                .about = core::Quantity::mse,
                .exponent = 0.0,
                .is_ours = true,
                .assumptions =
                    "constant threshold below the largest residual gradient "
                    "of clients that differ",
                .source =
                    "derived in this project: the mean of the clipped gradients "
                    "is not 0 at the minimizer; that a fixed threshold does not "
                    "converge: Koloskova et al. (2023) as cited in arXiv "
                    "2610.10527"};
    }

    model::ScheduleId step_;
    model::ScheduleId threshold_;
    bool by_component_;
    model::TheoryFacts facts_;
};

const core::Registration<model::Method> registration{{
    .key = "clipped_sgd",
    .summary = "vanilla clipping of each client's gradient",
    .source = "Zhang et al., arXiv 1912.03194, applied at every client",
    .parameters = model::join_tables({model::step_parameters(1.0),
                                      model::threshold_parameters(0.0),
                                      model::clip_parameters()}),
    .make = [](const core::Parameters& parameters,
               const model::ProblemFacts& facts) -> std::unique_ptr<model::Method> {
        return std::make_unique<ClippedSgd>(parameters, facts);
    },
}};

}  // namespace
}  // namespace tailrate::methods
