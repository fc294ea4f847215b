#include "rates/exponent.hpp"

#include <cmath>

#include "core/contracts.hpp"
#include "math/special.hpp"

namespace tailrate::rates {
namespace {

constexpr double upper_probability = 0.975;  // two-sided 95 %

std::vector<double> weights_of(const LoggedWindow& window, Range part) {
    return exponent_weights(
        std::span{window.log_iterations}.subspan(part.first, part.size()));
}

}  // namespace

double standard_error(std::span<const double> values) {
    if (values.size() < 2) {
        return not_a_number;
    }
    // Deviations from the first value: equal values then give exactly 0.
    const double origin = values.front();
    const double count = static_cast<double>(values.size());
    double shift = 0.0;
    for (const double value : values) {
        shift += value - origin;
    }
    shift /= count;
    double squares = 0.0;
    for (const double value : values) {
        const double deviation = (value - origin) - shift;
        squares += deviation * deviation;
    }
    return std::sqrt(squares / (count - 1.0) / count);
}

double t_quantile(std::size_t seeds) {
    if (seeds < 2) {
        return not_a_number;
    }
    return math::student_t_quantile(upper_probability, static_cast<double>(seeds - 1));
}

Interval interval(const Estimate& estimate, double quantile) {
    if (std::isnan(estimate.standard_error)) {
        return {};
    }
    const double half_width = quantile * estimate.standard_error;
    return {estimate.value - half_width, estimate.value + half_width};
}

std::vector<double> exponent_weights(std::span<const double> log_iterations) {
    TAILRATE_EXPECTS(log_iterations.size() >= 2);
    double centre = 0.0;
    for (const double position : log_iterations) {
        centre += position;
    }
    centre /= static_cast<double>(log_iterations.size());
    double squares = 0.0;
    for (const double position : log_iterations) {
        squares += (position - centre) * (position - centre);
    }
    TAILRATE_EXPECTS(squares > 0.0);
    std::vector<double> weights;
    weights.reserve(log_iterations.size());
    for (const double position : log_iterations) {
        weights.push_back((centre - position) / squares);
    }
    return weights;
}

// The weights add up to 0 but for rounding: levels are taken off first, so that a flat
// curve has exponent 0 and equal seeds have influence 0.
Estimate mean_exponent(const LoggedWindow& window, Range part) {
    const std::vector<double> weights = weights_of(window, part);
    Estimate estimate;
    estimate.value = 0.0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
        estimate.value += weights[k] * (window.log_means[part.first + k] -
                                        window.log_means[part.first]);
    }
    estimate.influence.resize(window.seeds);
    for (std::size_t r = 0; r < window.seeds; ++r) {
        double influence = 0.0;
        for (std::size_t k = 0; k < weights.size(); ++k) {
            const double error = window.errors[r * window.size() + part.first + k];
            influence += weights[k] * (error / window.means[part.first + k] - 1.0);
        }
        estimate.influence[r] = influence;
    }
    estimate.standard_error = standard_error(estimate.influence);
    return estimate;
}

Estimate geometric_exponent(const LoggedWindow& window, Range part) {
    const std::vector<double> weights = weights_of(window, part);
    Estimate estimate;
    estimate.value = 0.0;
    estimate.influence.resize(window.seeds);
    for (std::size_t r = 0; r < window.seeds; ++r) {
        const double* log_errors = &window.log_errors[r * window.size() + part.first];
        double exponent = 0.0;
        for (std::size_t k = 0; k < weights.size(); ++k) {
            exponent += weights[k] * (log_errors[k] - log_errors[0]);
        }
        estimate.influence[r] = exponent;
        estimate.value += exponent;
    }
    estimate.value /= static_cast<double>(window.seeds);
    estimate.standard_error = standard_error(estimate.influence);
    return estimate;
}

Estimate difference(const Estimate& a, const Estimate& b) {
    TAILRATE_EXPECTS(a.influence.size() == b.influence.size());
    Estimate result;
    result.value = a.value - b.value;
    result.influence.resize(a.influence.size());
    for (std::size_t r = 0; r < a.influence.size(); ++r) {
        result.influence[r] = a.influence[r] - b.influence[r];
    }
    result.standard_error = standard_error(result.influence);
    return result;
}

}  // namespace tailrate::rates
