#include <algorithm>

#include "core/registry.hpp"
#include "math/order_statistics.hpp"
#include "model/method.hpp"
#include "model/over_clients.hpp"

namespace tailrate::methods {
namespace {

/// Coordinate-wise trimmed mean: x <- x - eta_t u, u_j the mean of the n numbers g_ij
/// without the k largest and the k smallest, k = floor(trim n), at most (n - 1)/2. With
/// trim = 1/2 it is the coordinate-wise median. Biased where clients differ: the mean
/// of the middle is not the mean.
/// Source: Yin, Chen, Ramchandran, Bartlett, arXiv 1803.01498, definitions 1 and 2 and
/// algorithm 1, as we read them: the text was not at hand.
/// Deviation: no projection on a bounded set; the step falls with t.
class TrimmedMeanSgd final : public model::Method {
  public:
    TrimmedMeanSgd(const core::Parameters& parameters, const model::ProblemFacts& facts)
        : step_{declare_step(parameters, facts)},
          mean_{declare_server_array("trimmed_mean")},
          cut_{cut(parameters.real("trim"), facts.clients)} {}

    [[nodiscard]] model::Aggregate aggregate() const override {
        return model::Aggregate::all;
    }

    void server(const model::Step& step, double* messages) const override {
        double* mean = step.at(mean_);
        model::sort_clients(step.clients, step.size(), messages);
        model::mean_of_clients(cut_, step.clients - cut_, step.size(), messages, mean);
        model::descend(step.at(step_), step.size(), mean, step.at(iterate()));
    }

    /// What is left exceeds z only where k + 1 clients do: with equal laws that has
    /// probability of order z^(-p (k + 1)), and z^-p where they share their noise.
    [[nodiscard]] bool has_finite_mse(double tail_index,
                                      std::size_t independent) const override {
        const std::size_t needed = std::min(cut_ + 1, independent);
        return tail_index * static_cast<double>(needed) > 2.0;
    }

  private:
    static std::size_t cut(double trim, std::size_t clients) {
        return std::min(math::count_of_share(trim, clients), (clients - 1) / 2);
    }

    model::ScheduleId step_;
    model::ServerArray mean_;
    std::size_t cut_;  ///< numbers left out at each end
};

std::vector<core::ParameterSpec> table() {
    std::vector<core::ParameterSpec> rows = model::step_parameters(1.0);
    rows.push_back({.name = "trim",
                    .default_value = 0.5,
                    .range = {.lowest = 0.0, .highest = 0.5},
                    .meaning = "share of clients left out at each end; 0.5: median"});
    return rows;
}

const core::Registration<model::Method> registration{{
    .key = "trimmed_mean_sgd",
    .summary = "coordinate-wise trimmed mean or median over clients",
    .source = "Yin et al., arXiv 1803.01498, definitions 1 and 2",
    .version = 2,
    .parameters = table(),
    .make = [](const core::Parameters& parameters,
               const model::ProblemFacts& facts) -> std::unique_ptr<model::Method> {
        return std::make_unique<TrimmedMeanSgd>(parameters, facts);
    },
}};

}  // namespace
}  // namespace tailrate::methods
