#include "rates/level.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "math/elementary.hpp"
#include "math/order_statistics.hpp"

namespace tailrate::rates {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double blown_up = 1e6;  // times the value at 0: no bounded method comes back

double sum_of_final_errors(const Curves& curves) {
    double sum = 0.0;
    for (std::size_t r = 0; r < curves.seeds(); ++r) {
        sum += curves.final_error(r);
    }
    return sum;
}

/// For every seed its largest ratio to the median over the window.
std::vector<double> largest_ratios(const LoggedWindow& window) {
    const std::size_t n = window.size();
    std::vector<double> ratios(window.seeds);
    std::vector<double> column(window.seeds);
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t r = 0; r < window.seeds; ++r) {
            column[r] = window.errors[r * n + k];
        }
        const double median = math::median(column);
        for (std::size_t r = 0; r < window.seeds; ++r) {
            ratios[r] = std::max(ratios[r], window.errors[r * n + k] / median);
        }
    }
    return ratios;
}

}  // namespace

Level final_mean(const Curves& curves, double quantile) {
    const std::size_t seeds = curves.seeds();
    const double mean = sum_of_final_errors(curves) / static_cast<double>(seeds);
    if (!std::isfinite(mean)) {
        return {infinity, {}};
    }
    if (mean == 0.0) {
        return {0.0, seeds < 2 ? Interval{} : Interval{0.0, 0.0}};
    }
    // Relative to the mean, so that squares neither overflow nor vanish.
    Estimate relative;
    relative.value = 1.0;
    relative.influence.resize(seeds);
    for (std::size_t r = 0; r < seeds; ++r) {
        relative.influence[r] = curves.final_error(r) / mean;
    }
    relative.standard_error = standard_error(relative.influence);
    const Interval ci = interval(relative, quantile);
    return {mean, {mean * ci.lower, mean * ci.upper}};
}

Level final_geo(const LoggedWindow& window, double quantile) {
    Estimate log_level;
    log_level.value = 0.0;
    log_level.influence.resize(window.seeds);
    for (std::size_t r = 0; r < window.seeds; ++r) {
        const double log_error = window.log_errors[(r + 1) * window.size() - 1];
        log_level.influence[r] = log_error;
        log_level.value += log_error;
    }
    log_level.value /= static_cast<double>(window.seeds);
    if (!std::isfinite(log_level.value)) {
        return {infinity, {}};
    }
    log_level.standard_error = standard_error(log_level.influence);
    const Level level{math::exp(log_level.value), interval(log_level, quantile)};
    return {level.value,
            std::isnan(level.ci.lower)
                ? Interval{}
                : Interval{math::exp(level.ci.lower), math::exp(level.ci.upper)}};
}

Estimate mean_level(const LoggedWindow& window) {
    const std::size_t n = window.size();
    Estimate level;
    level.value = 0.0;
    for (const double log_mean : window.log_means) {
        level.value += log_mean / static_cast<double>(n);
    }
    level.influence.resize(window.seeds);
    for (std::size_t r = 0; r < window.seeds; ++r) {
        double influence = 0.0;
        for (std::size_t k = 0; k < n; ++k) {
            influence += window.errors[r * n + k] / window.means[k] - 1.0;
        }
        level.influence[r] = influence / static_cast<double>(n);
    }
    level.standard_error = standard_error(level.influence);
    return level;
}

Estimate geometric_level(const LoggedWindow& window) {
    const std::size_t n = window.size();
    Estimate level;
    level.value = 0.0;
    level.influence.resize(window.seeds);
    for (std::size_t r = 0; r < window.seeds; ++r) {
        double mean = 0.0;
        for (std::size_t k = 0; k < n; ++k) {
            mean += window.log_errors[r * n + k];
        }
        mean /= static_cast<double>(n);
        level.influence[r] = mean;
        level.value += mean / static_cast<double>(window.seeds);
    }
    level.standard_error = standard_error(level.influence);
    return level;
}

double largest_share(const Curves& curves) {
    const double sum = sum_of_final_errors(curves);
    if (!std::isfinite(sum) || sum == 0.0) {
        return not_a_number;
    }
    double largest = 0.0;
    for (std::size_t r = 0; r < curves.seeds(); ++r) {
        largest = std::max(largest, curves.final_error(r));
    }
    return largest / sum;
}

double hill_index(const LoggedWindow& window) {
    const std::size_t used = std::max<std::size_t>(5, (window.seeds + 9) / 10);
    if (used >= window.seeds || !std::isfinite(window.log_means.back())) {
        return not_a_number;
    }
    std::vector<double> ratios = largest_ratios(window);
    std::sort(ratios.begin(), ratios.end(), std::greater<>{});
    double sum = 0.0;
    for (std::size_t i = 0; i < used; ++i) {
        sum += math::log(ratios[i] / ratios[used]);
    }
    return sum > 0.0 ? static_cast<double>(used) / sum : infinity;
}

std::size_t count_diverged(const Curves& curves) {
    std::size_t count = 0;
    for (std::size_t r = 0; r < curves.seeds(); ++r) {
        count += std::isfinite(curves.final_error(r)) ? 0U : 1U;
    }
    return count;
}

bool is_bad(const Curves& curves, std::size_t seed) {
    // Infinite also where the limit itself overflows.
    const double error = curves.final_error(seed);
    return !std::isfinite(error) || error > blown_up * curves.value_at_zero();
}

std::size_t count_bad(const Curves& curves) {
    std::size_t count = 0;
    for (std::size_t r = 0; r < curves.seeds(); ++r) {
        count += is_bad(curves, r) ? 1U : 0U;
    }
    return count;
}

}  // namespace tailrate::rates
