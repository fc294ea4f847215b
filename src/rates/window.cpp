#include "rates/window.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/contracts.hpp"
#include "math/elementary.hpp"

namespace tailrate::rates {
namespace {

std::vector<double> logs(const std::vector<double>& values) {
    std::vector<double> result(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        result[i] = math::log(values[i]);
    }
    return result;
}

/// Sums run in seed order: their bits are part of the result.
std::vector<double> means_over_seeds(const LoggedWindow& window) {
    const std::size_t n = window.size();
    std::vector<double> means(n);
    for (std::size_t r = 0; r < window.seeds; ++r) {
        for (std::size_t k = 0; k < n; ++k) {
            means[k] += window.errors[r * n + k];
        }
    }
    for (double& mean : means) {
        mean /= static_cast<double>(window.seeds);
    }
    return means;
}

bool has_iterations(std::span<const std::int64_t> iterations) {
    const auto fails_to_ascend = [](std::int64_t a, std::int64_t b) { return a >= b; };
    return iterations.size() >= 2 && iterations.front() == 0 &&
           std::adjacent_find(iterations.begin(), iterations.end(), fails_to_ascend) ==
               iterations.end();
}

bool has_errors(const Curves& curves) {
    const double start = curves.value_at_zero();
    bool good = std::isfinite(start);
    for (std::size_t r = 0; r < curves.seeds(); ++r) {
        good = good && curves.at(r, 0) == start;
    }
    for (const double error : curves.errors) {
        good = good && error >= 0.0;  // false for NaN
    }
    return good;
}

}  // namespace

void check(const Curves& curves) {
    TAILRATE_EXPECTS(has_iterations(curves.iterations));
    TAILRATE_EXPECTS(!curves.errors.empty());
    TAILRATE_EXPECTS(curves.errors.size() % curves.checkpoints() == 0);
    TAILRATE_EXPECTS(has_errors(curves));
}

std::int64_t window_start(std::int64_t horizon, double decades) {
    TAILRATE_EXPECTS(horizon >= 1);
    TAILRATE_EXPECTS(decades > 0.0 && std::isfinite(decades));
    const double start = static_cast<double>(horizon) / math::pow(10.0, decades);
    return std::max<std::int64_t>(1,
                                  static_cast<std::int64_t>(std::floor(start + 0.5)));
}

Window select_window(std::span<const std::int64_t> iterations, double decades) {
    const std::int64_t horizon = iterations.back();
    const auto first_from = [&](std::int64_t start) {
        return static_cast<std::size_t>(
            std::lower_bound(iterations.begin(), iterations.end(), start) -
            iterations.begin());
    };
    const std::int64_t middle = window_start(horizon, decades / 2.0);
    Window window;
    window.offset = first_from(window_start(horizon, decades));
    const std::size_t size = iterations.size() - window.offset;
    window.whole = {0, size};
    window.early = {0, first_from(middle + 1) - window.offset};
    window.late = {first_from(middle) - window.offset, size};
    return window;
}

double error_floor(const Curves& curves) {
    constexpr double relative_floor = 1e-24;
    return std::max(relative_floor * curves.value_at_zero(),
                    std::numeric_limits<double>::min());
}

LoggedWindow log_window(const Curves& curves, const Window& window) {
    const std::size_t n = window.whole.size();
    const double floor = error_floor(curves);
    LoggedWindow logged;
    logged.seeds = curves.seeds();
    logged.log_iterations.resize(n);
    for (std::size_t k = 0; k < n; ++k) {
        logged.log_iterations[k] =
            math::log(static_cast<double>(curves.iterations[window.offset + k]));
    }
    logged.errors.resize(logged.seeds * n);
    for (std::size_t r = 0; r < logged.seeds; ++r) {
        for (std::size_t k = 0; k < n; ++k) {
            logged.errors[r * n + k] = std::max(curves.at(r, window.offset + k), floor);
        }
    }
    logged.log_errors = logs(logged.errors);
    logged.means = means_over_seeds(logged);
    logged.log_means = logs(logged.means);
    return logged;
}

}  // namespace tailrate::rates
