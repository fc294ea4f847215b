#include "metrics/metrics.hpp"

#include <algorithm>
#include <cmath>

#include "core/contracts.hpp"
#include "math/elementary.hpp"
#include "model/block.hpp"

namespace tailrate::metrics {

const std::vector<Metric>& all_metrics() {
    static const std::vector<Metric> metrics{
        {.name = "squared_error", .meaning = "|x - x*|^2"},
        {.name = "optimality_gap", .meaning = "f(x) - f(x*)"},
        {.name = "gradient_norm", .meaning = "|grad f(x)|"},
        {.name = "saturated_fraction",
         .meaning = "part of the clients' last messages cut off by the non-linearity",
         .is_error = false},
        {.name = "max_memory",
         .meaning = "largest |m_i| over the clients, m_i the client's memory",
         .is_error = false},
        {.name = "iterate_mean",
         .meaning = "mean of x - x* over the seeds, in the eigenbasis of f",
         .per_coordinate = true,
         .is_error = false},
    };
    return metrics;
}

const Metric& find_metric(std::string_view name) {
    const std::vector<Metric>& metrics = all_metrics();
    const auto found = std::find_if(metrics.begin(),
                                    metrics.end(),
                                    [&](const Metric& m) { return m.name == name; });
    TAILRATE_EXPECTS(found != metrics.end());
    return *found;
}

std::vector<std::int64_t> checkpoints(std::int64_t horizon,
                                      std::int64_t points_per_decade) {
    TAILRATE_EXPECTS(horizon >= 1 && points_per_decade >= 1);
    std::vector<std::int64_t> times{0};
    for (std::int64_t k = 0;; ++k) {
        const double decades =
            static_cast<double>(k) / static_cast<double>(points_per_decade);
        const auto t =
            static_cast<std::int64_t>(std::floor(math::pow(10.0, decades) + 0.5));
        if (t >= horizon) {
            break;
        }
        if (t > times.back()) {
            times.push_back(t);
        }
    }
    times.push_back(horizon);
    return times;
}

RecordLayout::RecordLayout(std::vector<Metric> metrics,
                           std::size_t checkpoints,
                           std::size_t dimension)
    : metrics_{std::move(metrics)},
      checkpoints_{checkpoints},
      dimension_{dimension} {
    std::size_t next = 0;
    for (std::size_t metric = 0; metric < metrics_.size(); ++metric) {
        first_.push_back(next);
        next += checkpoints_ * width(metric) * model::lanes;
    }
    peak_error_ = next;
    size_ = next + 3 * model::lanes;
}

std::size_t RecordLayout::width(std::size_t metric) const {
    return metrics_[metric].per_coordinate ? dimension_ : 1;
}

std::size_t RecordLayout::at(std::size_t metric, std::size_t checkpoint) const {
    return first_[metric] + checkpoint * width(metric) * model::lanes;
}

std::size_t RecordLayout::diverged_at() const {
    return peak_error_ + model::lanes;
}

std::size_t RecordLayout::final_saturated() const {
    return peak_error_ + 2 * model::lanes;
}

}  // namespace tailrate::metrics
