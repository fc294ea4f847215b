#include <cmath>

#include "core/registry.hpp"
#include "model/clipping.hpp"
#include "model/method.hpp"

namespace tailrate::methods {
namespace {

/// Clipping after the mean: x <- x - eta_t clip(mean_i g_i, lambda_t), lambda_t and
/// clip as in clipped_sgd. No bias from unlike clients, and no robustness gained from
/// many. Source: Zhang et al., arXiv 1912.03194, algorithm "GClip", with g the mean
/// over clients.
class ClippedServerSgd final : public model::Method {
  public:
    ClippedServerSgd(const core::Parameters& parameters,
                     const model::ProblemFacts& facts)
        : step_{declare_step(parameters, facts)},
          threshold_{declare_schedule(model::threshold_schedule(parameters))},
          by_component_{parameters.text("clip") == "component"} {}

    void server(const model::Step& step, double* aggregate) const override {
        if (by_component_) {
            model::clip_components(step.at(threshold_), step.size(), aggregate);
        } else {
            model::clip_norm(step.at(threshold_), 1, step.dimension, aggregate);
        }
        model::descend(step.at(step_), step.size(), aggregate, step.at(iterate()));
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

  private:
    model::ScheduleId step_;
    model::ScheduleId threshold_;
    bool by_component_;
};

const core::Registration<model::Method> registration{{
    .key = "clipped_server_sgd",
    .summary = "clipping of the averaged gradient at the server",
    .source = "Zhang et al., arXiv 1912.03194, applied to the mean",
    .parameters = model::join_tables({model::step_parameters(1.0),
                                      model::threshold_parameters(0.0),
                                      model::clip_parameters()}),
    .make = [](const core::Parameters& parameters,
               const model::ProblemFacts& facts) -> std::unique_ptr<model::Method> {
        return std::make_unique<ClippedServerSgd>(parameters, facts);
    },
}};

}  // namespace
}  // namespace tailrate::methods
