#include "math/order_statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "core/contracts.hpp"

namespace tailrate::math {

namespace {

constexpr double tolerance = 0x1p-50;  // a few roundings of a share and of its product

/// ceil(q n), at least 1.
std::size_t rank_of_quantile(double q, std::size_t n) {
    TAILRATE_EXPECTS(q >= 0.0 && q <= 1.0);
    const double position = q * static_cast<double>(n) * (1.0 - tolerance);
    const auto below = static_cast<std::size_t>(position);
    const bool is_whole = static_cast<double>(below) == position;
    return std::clamp<std::size_t>(is_whole ? below : below + 1, 1, n);
}

}  // namespace

std::vector<double> order_statistics(std::span<double> values,
                                     std::span<const double> q) {
    TAILRATE_EXPECTS(!values.empty());
    TAILRATE_EXPECTS(std::is_sorted(q.begin(), q.end()));
    for (double& value : values) {
        // Adding zero leaves one kind of zero: equal values then have equal bits.
        value =
            std::isnan(value) ? std::numeric_limits<double>::infinity() : value + 0.0;
    }
    std::vector<double> quantiles;
    quantiles.reserve(q.size());
    auto rest = values.begin();  // none of it below what was found
    for (const double level : q) {
        const std::size_t rank = rank_of_quantile(level, values.size());
        const auto place = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
        std::nth_element(rest, place, values.end());
        quantiles.push_back(*place);
        rest = place;
    }
    return quantiles;
}

double order_statistic(std::span<double> values, double q) {
    const std::array<double, 1> levels{q};
    return order_statistics(values, levels).front();
}

std::size_t count_of_share(double share, std::size_t n) {
    TAILRATE_EXPECTS(share >= 0.0 && share <= 1.0);
    return static_cast<std::size_t>(share * static_cast<double>(n) * (1.0 + tolerance));
}

double median(std::span<double> values) {
    return order_statistic(values, 0.5);
}

}  // namespace tailrate::math
