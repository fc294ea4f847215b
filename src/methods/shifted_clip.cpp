#include "core/registry.hpp"
#include "model/clipping.hpp"
#include "model/method.hpp"

namespace tailrate::methods {
namespace {

/// Clipping of differences to learned shifts: D_i = clip(g_i - h_i, lambda_t) in norm,
/// estimate mean_i (h_i + D_i), h_i <- h_i + shift_step D_i, h_i = 0 at the start;
/// x <- x - eta_t estimate; lambda_t = clip_threshold (t + 1)^threshold_growth.
/// Source: Gorbunov et al., arXiv 2310.01860, algorithm "DProx-clipped-SGD-shift".
/// Deviation: no proximal term, and the threshold follows a power of t.
class ShiftedClip final : public model::Method {
  public:
    ShiftedClip(const core::Parameters& parameters, const model::ProblemFacts& facts)
        : step_{declare_step(parameters, facts)},
          threshold_{declare_schedule(model::threshold_schedule(parameters))},
          shift_step_{parameters.real("shift_step")},
          shift_{declare_client_array("h")} {}

    void clients(const model::Step& step,
                 model::ClientRange range,
                 double* values) const override {
        model::track_by_clipping(step.at(threshold_),
                                 shift_step_,
                                 range.size(),
                                 step.dimension,
                                 step.at(shift_, range.first),
                                 values);
    }

    void server(const model::Step& step, double* aggregate) const override {
        model::descend(step.at(step_), step.size(), aggregate, step.at(iterate()));
    }

    [[nodiscard]] const model::ClientArray* memory() const override { return &shift_; }

    /// |h_i| <= shift_step sum lambda_t: finite at every t.
    [[nodiscard]] bool has_finite_mse(double /*p*/, std::size_t /*n*/) const override {
        return true;
    }

    [[nodiscard]] bool is_unbounded() const override { return false; }

    /// `carry` bounds |h_i|.
    [[nodiscard]] double largest_move(const model::Step& step,
                                      double& carry) const override {
        const double threshold = step.at(threshold_);
        const double move = step.at(step_) * (carry + threshold);
        carry += shift_step_ * threshold;
        return move;
    }

  private:
    model::ScheduleId step_;
    model::ScheduleId threshold_;
    double shift_step_;
    model::ClientArray shift_;
};

const core::Registration<model::Method> registration{{
    .key = "shifted_clip",
    .summary = "clipped differences to learned shifts (clipped-SGD-shift)",
    .source = "Gorbunov et al., arXiv 2310.01860",
    .parameters = model::join_tables(
        {model::step_parameters(1.0),
         model::threshold_parameters(0.0),
         {{.name = "shift_step",
           .default_value = 0.1,
           .range = {.lowest = 0.0, .highest = 1.0, .lowest_open = true},
           .meaning = "how fast a client's shift follows"}}}),
    .make = [](const core::Parameters& parameters,
               const model::ProblemFacts& facts) -> std::unique_ptr<model::Method> {
        return std::make_unique<ShiftedClip>(parameters, facts);
    },
}};

}  // namespace
}  // namespace tailrate::methods
