#include "metrics/recorder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/contracts.hpp"

namespace tailrate::metrics {
namespace {

using model::lanes;
using model::Lanes;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// |v|^2 per lane, v (dimension x lanes).
Lanes squared_norm(std::size_t dimension, const double* v) {
    Lanes sum{};
    for (std::size_t j = 0; j < dimension; ++j) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            sum[lane] = std::fma(v[j * lanes + lane], v[j * lanes + lane], sum[lane]);
        }
    }
    return sum;
}

Lanes squared_distance(const std::vector<double>& centre, const double* x) {
    Lanes sum{};
    for (std::size_t j = 0; j < centre.size(); ++j) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double difference = x[j * lanes + lane] - centre[j];
            sum[lane] = std::fma(difference, difference, sum[lane]);
        }
    }
    return sum;
}

Lanes largest_client_norm(const model::Step& step, const double* memory) {
    Lanes largest{};
    for (std::size_t i = 0; i < step.clients; ++i) {
        const Lanes squares = squared_norm(step.dimension, memory + i * step.size());
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double norm = std::sqrt(squares[lane]);
            largest[lane] =
                norm > largest[lane] || std::isnan(norm) ? norm : largest[lane];
        }
    }
    return largest;
}

}  // namespace

Recorder::Recorder(const RecordLayout& layout,
                   const model::Problem& problem,
                   const model::Method& method,
                   std::span<const std::int64_t> checkpoints,
                   std::span<double> record)
    : layout_{layout},
      problem_{problem},
      method_{method},
      checkpoints_{checkpoints},
      record_{record},
      scratch_(problem.facts().dimension * lanes) {
    TAILRATE_EXPECTS(record.size() == layout.size());
    TAILRATE_EXPECTS(checkpoints.size() == layout.checkpoints());
    std::fill_n(
        record_.begin() + static_cast<std::ptrdiff_t>(layout.peak_error()), lanes, 0.0);
    std::fill_n(record_.begin() + static_cast<std::ptrdiff_t>(layout.diverged_at()),
                lanes,
                -1.0);
}

std::int64_t Recorder::next_checkpoint() const {
    return next_ < checkpoints_.size() ? checkpoints_[next_] : -1;
}

void Recorder::record(const model::Step& step, const Lanes& saturated) {
    TAILRATE_EXPECTS(next_ < checkpoints_.size());
    saturated_ = &saturated;
    for (std::size_t metric = 0; metric < layout_.metrics().size(); ++metric) {
        measure(metric, step, &record_[layout_.at(metric, next_)]);
    }
    mark_diverged(checkpoints_[next_]);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        double& peak = record_[layout_.peak_error() + lane];
        peak = std::max(peak, record_[layout_.at(0, next_) + lane]);
        record_[layout_.final_saturated() + lane] = saturated[lane];
    }
    ++next_;
}

void Recorder::resume(std::int64_t t, std::span<const double> record) {
    TAILRATE_EXPECTS(record.size() == record_.size());
    std::copy(record.begin(), record.end(), record_.begin());
    const auto later = std::upper_bound(checkpoints_.begin(), checkpoints_.end(), t);
    next_ = static_cast<std::size_t>(later - checkpoints_.begin());
}

void Recorder::measure(std::size_t metric, const model::Step& step, double* out) {
    const std::string_view name = layout_.metrics()[metric].name;
    const double* x = step.at(method_.iterate());
    Lanes values;
    values.fill(std::numeric_limits<double>::quiet_NaN());
    if (name == "squared_error") {
        values = squared_distance(problem_.facts().x_star, x);
    } else if (name == "optimality_gap") {
        problem_.optimality_gap(x, values);
    } else if (name == "gradient_norm") {
        problem_.full_gradient(x, scratch_.data());
        values = squared_norm(step.dimension, scratch_.data());
        for (double& value : values) {
            value = std::sqrt(value);
        }
    } else if (name == "saturated_fraction") {
        values = *saturated_;
    } else if (name == "max_memory") {
        if (method_.memory() != nullptr) {
            values = largest_client_norm(step, step.at(*method_.memory(), 0));
        }
    } else {
        TAILRATE_EXPECTS(name == "iterate_mean");
        problem_.centred(x, out);
        return;
    }
    std::copy(values.begin(), values.end(), out);
}

void Recorder::mark_diverged(std::int64_t t) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        double& diverged_at = record_[layout_.diverged_at() + lane];
        bool has_diverged = diverged_at >= 0.0;
        for (std::size_t metric = 0; metric < layout_.metrics().size(); ++metric) {
            has_diverged = has_diverged ||
                           (layout_.metrics()[metric].is_error &&
                            !std::isfinite(record_[layout_.at(metric, next_) + lane]));
        }
        if (!has_diverged) {
            continue;
        }
        diverged_at = diverged_at >= 0.0 ? diverged_at : static_cast<double>(t);
        for (std::size_t metric = 0; metric < layout_.metrics().size(); ++metric) {
            for (std::size_t j = 0; j < layout_.width(metric); ++j) {
                record_[layout_.at(metric, next_) + j * lanes + lane] = infinity;
            }
        }
    }
}

}  // namespace tailrate::metrics
