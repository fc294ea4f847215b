#include "core/registry.hpp"
#include "model/clipping.hpp"
#include "model/method.hpp"

namespace tailrate::methods {
namespace {

/// Clip21: v_i <- v_i + clip(g_i - v_i, lambda) in norm, v_i = 0 at the start, constant
/// lambda; x <- x - eta_t mean_i v_i. The memory v_i tracks grad f_i.
/// Source: Khirirat et al., arXiv 2305.18929, algorithm "Clip21-GD" with stochastic
/// gradients.
/// Deviation: the step may fall with t; the paper's is constant.
class Clip21 final : public model::Method {
  public:
    Clip21(const core::Parameters& parameters, const model::ProblemFacts& facts)
        : step_{declare_step(parameters, facts)},
          threshold_{parameters.real("clip_threshold")},
          memory_{declare_client_array("v")} {}

    void clients(const model::Step& step,
                 model::ClientRange range,
                 double* values) const override {
        model::track_by_clipping(threshold_,
                                 1.0,
                                 range.size(),
                                 step.dimension,
                                 step.at(memory_, range.first),
                                 values);
    }

    void server(const model::Step& step, double* aggregate) const override {
        model::descend(step.at(step_), step.size(), aggregate, step.at(iterate()));
    }

    [[nodiscard]] const model::ClientArray* memory() const override { return &memory_; }

    /// |v_i| <= lambda t: finite at every t.
    [[nodiscard]] bool has_finite_mse(double /*p*/, std::size_t /*n*/) const override {
        return true;
    }

    [[nodiscard]] bool is_unbounded() const override { return false; }

    /// `carry` bounds |v_i|.
    [[nodiscard]] double largest_move(const model::Step& step,
                                      double& carry) const override {
        carry += threshold_;
        return step.at(step_) * carry;
    }

  private:
    model::ScheduleId step_;
    double threshold_;
    model::ClientArray memory_;
};

std::vector<core::ParameterSpec> table() {
    std::vector<core::ParameterSpec> rows = model::step_parameters(1.0);
    rows.push_back(model::threshold_parameters(0.0).front());
    return rows;
}

const core::Registration<model::Method> registration{{
    .key = "clip21",
    .summary = "clipped differences with error feedback (Clip21)",
    .source = "Khirirat et al., arXiv 2305.18929",
    .parameters = table(),
    .make = [](const core::Parameters& parameters,
               const model::ProblemFacts& facts) -> std::unique_ptr<model::Method> {
        return std::make_unique<Clip21>(parameters, facts);
    },
}};

}  // namespace
}  // namespace tailrate::methods
