#include <cmath>

#include "core/registry.hpp"
#include "model/clipping.hpp"
#include "model/clipping_theory.hpp"
#include "model/method.hpp"
#include "model/smooth_clip.hpp"

namespace tailrate::methods {
namespace {

using model::LaneVector;

/// SClip-EF without its error feedback: x <- x - eta_t mean_i Psi_t(g_i), Psi_t and
/// schedules as in sclip_ef. The ablation that shows what the feedback does.
/// Source: the non-linearity of Yu, Jakovetic, Kar, arXiv 2310.16920, with m_i left
/// out.
class SmoothClipSgd final : public model::Method {
  public:
    SmoothClipSgd(const core::Parameters& parameters, const model::ProblemFacts& facts)
        : step_{declare_step(parameters, facts)},
          threshold_{declare_schedule(model::threshold_schedule(parameters))},
          clip_scale_{declare_schedule(model::smooth_clip_schedule(parameters))},
          facts_{facts} {}

    void clients(const model::Step& step,
                 model::ClientRange range,
                 double* values) const override {
        const model::SmoothClip clip{.scale = step.at(clip_scale_),
                                     .eps = step.at(threshold_) * step.at(threshold_)};
        model::smooth_clip(
            clip,
            range.size() * step.size(),
            [=](std::size_t k) { return LaneVector::load(values + k); },
            [=](std::size_t k, LaneVector clipped) { clipped.store(values + k); });
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
            model::add_large_components(
                step.at(threshold_), step.dimension, gradients, fraction);
        }
    }

    [[nodiscard]] bool has_finite_mse(double /*p*/, std::size_t /*n*/) const override {
        return true;
    }

    [[nodiscard]] bool is_unbounded() const override { return false; }

    [[nodiscard]] double largest_move(const model::Step& step,
                                      double& /*carry*/) const override {
        return step.at(step_) * step.at(clip_scale_) *
               std::sqrt(static_cast<double>(step.dimension));
    }

    [[nodiscard]] std::vector<core::Bound> theory(
        const model::NoiseFacts& noise) const override {
        return model::smooth_clip_theory(schedules()[step_.index],
                                         schedules()[clip_scale_.index],
                                         schedules()[threshold_.index],
                                         facts_,
                                         noise);
    }

    [[nodiscard]] double knee() const override {
        const model::Schedule& threshold = schedules()[threshold_.index];
        return model::knee_of(facts_.G, threshold.scale, threshold.power);
    }

  private:
    model::ScheduleId step_;
    model::ScheduleId threshold_;
    model::ScheduleId clip_scale_;
    model::TheoryFacts facts_;
};

const core::Registration<model::Method> registration{{
    .key = "smooth_clip_sgd",
    .summary = "SClip-EF without error feedback",
    .source = "ablation of Yu, Jakovetic, Kar, arXiv 2310.16920",
    .parameters = model::smooth_clip_parameters(),
    .make = [](const core::Parameters& parameters,
               const model::ProblemFacts& facts) -> std::unique_ptr<model::Method> {
        return std::make_unique<SmoothClipSgd>(parameters, facts);
    },
}};

}  // namespace
}  // namespace tailrate::methods
