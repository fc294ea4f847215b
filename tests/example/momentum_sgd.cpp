#include <cmath>

#include "core/registry.hpp"
#include "model/method.hpp"

namespace tailrate::methods {
namespace {

/// Heavy ball at the server: v <- weight v + (1 - weight) mean_i g_i, x <- x - eta_t v.
/// Source: Polyak, USSR Comput. Math. Math. Phys. 4(5), 1964, two-step method.
/// Deviation: v is a weighted mean, so eta_t is the step of plain SGD for any weight.
class MomentumSgd final : public model::Method {
  public:
    MomentumSgd(const core::Parameters& parameters, const model::ProblemFacts& facts)
        : step_{declare_step(parameters, facts)},
          velocity_{declare_server_array("v")},
          weight_{parameters.real("weight")} {}

    void server(const model::Step& step, double* aggregate) const override {
        double* v = step.at(velocity_);
        for (std::size_t k = 0; k < step.size(); ++k) {
            v[k] = std::fma(weight_, v[k], (1.0 - weight_) * aggregate[k]);
        }
        model::descend(step.at(step_), step.size(), v, step.at(iterate()));
    }

  private:
    model::ScheduleId step_;
    model::ServerArray velocity_;
    double weight_;
};

std::vector<core::ParameterSpec> table() {
    std::vector<core::ParameterSpec> rows = model::step_parameters(1.0);
    rows.push_back({.name = "weight",
                    .default_value = 0.9,
                    .range = {.lowest = 0.0, .highest = 1.0, .highest_open = true},
                    .meaning = "what the velocity keeps of itself"});
    return rows;
}

const core::Registration<model::Method> registration{{
    .key = "momentum_sgd",
    .summary = "distributed SGD with momentum at the server",
    .source = "Polyak (1964), two-step method",
    .parameters = table(),
    .make = [](const core::Parameters& parameters,
               const model::ProblemFacts& facts) -> std::unique_ptr<model::Method> {
        return std::make_unique<MomentumSgd>(parameters, facts);
    },
}};

}  // namespace
}  // namespace tailrate::methods
