#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/registry.hpp"
#include "model/clipping_theory.hpp"
#include "model/method.hpp"

namespace tailrate::methods {
namespace {

/// x <- x - eta_t mean_i g_i, eta_t = scale r / (t + 1 + shift)^power.
/// Source: Robbins, Monro, Ann. Math. Statist. 22(3), 1951, eq. (8), with the mean over
/// clients in place of one observation.
class Sgd final : public model::Method {
  public:
    Sgd(const core::Parameters& parameters, const model::ProblemFacts& facts)
        : step_{declare_step(parameters, facts)},
          facts_{facts} {}

    void server(const model::Step& step, double* aggregate) const override {
        model::descend(step.at(step_), step.size(), aggregate, step.at(iterate()));
    }

    /// The typical run: with step g / t the iterate is a sum of draws of tail index p
    /// weighted by k^(mu g - 1) t^(-mu g), of size t^(1/p - 1) where the late draws
    /// count, else t^(-mu g).
    [[nodiscard]] std::vector<core::Bound> theory(
        const model::NoiseFacts& noise) const override {
        const double power = -schedules()[step_.index].power;
        if (!noise.is_present || !noise.is_all_the_noise) {
            return {};
        }
        if (noise.tail_index > 2.0) {
            return finite_variance(power);
        }
        const bool is_derived = facts_.is_quadratic && power == 1.0 &&
                                noise.is_symmetric && noise.tail_index > 1.0;
        return is_derived ? std::vector{typical_run(noise.tail_index)}
                          : std::vector<core::Bound>{};
    }

  private:
    [[nodiscard]] double forgetting() const {
        return 2.0 * facts_.mu * schedules()[step_.index].scale;
    }

    /// The lemma bounds the error of every strongly convex smooth f; below 2 mu g = 1
    /// only a constant curvature is known to attain it.
    [[nodiscard]] std::vector<core::Bound> finite_variance(double power) const {
        core::Bound bound{.about = core::Quantity::mse,
                          .exponent = power,
                          .assumptions = fmt::format(
                              "strongly convex smooth costs, noise of finite variance, "
                              "step g / t^{:.3g}",
                              power),
                          .source =
                              "classical, as we read it: Chung, Ann. Math. "
                              "Statist. 25(3), 1954"};
        if (power == 1.0) {
            bound.exponent = std::min(1.0, forgetting());
            bound.source += fmt::format(
                "; the least of start 2 mu g {:.3g}, variance 1", forgetting());
            if (forgetting() < 1.0 && facts_.is_quadratic) {
                bound.exponent_up_to = 1.0;
            } else if (forgetting() < 1.0) {
                bound.kind = core::BoundKind::at_least;
            }
            return {bound};
        }
        return power > 0.5 && power < 1.0 ? std::vector{bound}
                                          : std::vector<core::Bound>{};
    }

    [[nodiscard]] core::Bound typical_run(double tail_index) const {
        const double noise = 2.0 * (tail_index - 1.0) / tail_index;
        core::Bound bound{
            .about = core::Quantity::typical_run,
            .exponent = std::min(noise, forgetting()),
            .is_ours = true,
            .assumptions =
                "quadratic costs, symmetric noise with a mean and of infinite "
                "variance, step g / t",
            .source = fmt::format("derived in this project: the least of start 2 mu g "
                                  "{:.3g}, noise 2 (p - 1) / p {:.3g}",
                                  forgetting(),
                                  noise)};
        const double fastest = std::max(noise, forgetting());
        if (fastest > bound.exponent &&
            model::may_start_count(fastest, bound.exponent)) {
            bound.exponent_up_to = fastest;
        }
        return bound;
    }

    model::ScheduleId step_;
    model::TheoryFacts facts_;
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
