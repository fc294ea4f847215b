#include "core/registry.hpp"
#include "model/method.hpp"

namespace tailrate::methods {
namespace {

/// x <- x - eta_t mean_i g_i, eta_t = scale r / (t + 1 + shift)^power.
/// Source: Robbins, Monro, Ann. Math. Statist. 22(3), 1951, eq. (8), with the mean over
/// clients in place of one observation.
class Sgd final : public model::Method {
  public:
    Sgd(const core::Parameters& parameters, const model::ProblemFacts& facts)
        : step_{declare_step(parameters, facts)} {}

    void server(const model::Step& step, double* aggregate) const override {
        model::descend(step.at(step_), step.size(), aggregate, step.at(iterate()));
    }

  private:
    model::ScheduleId step_;
};

const core::Registration<model::Method> registration{{
    .key = "sgd",
    .summary = "distributed SGD, no clipping",
    .source = "Robbins, Monro (1951), eq. (8)",
    .parameters = model::step_parameters(1.0),
    .make = [](const core::Parameters& parameters,
               const model::ProblemFacts& facts) -> std::unique_ptr<model::Method> {
        return std::make_unique<Sgd>(parameters, facts);
    },
}};

}  // namespace
}  // namespace tailrate::methods
