#include "rates/holm.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tailrate::rates {
namespace {

/// Those that are hypotheses, by ascending p.
std::vector<std::size_t> ascending(std::span<const double> p_values) {
    std::vector<std::size_t> order;
    for (std::size_t k = 0; k < p_values.size(); ++k) {
        if (!std::isnan(p_values[k])) {
            order.push_back(k);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return p_values[a] < p_values[b];
    });
    return order;
}

}  // namespace

std::vector<bool> holm(std::span<const double> p_values, double error) {
    const std::vector<std::size_t> order = ascending(p_values);
    std::vector<bool> is_rejected(p_values.size(), false);
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const auto left = static_cast<double>(order.size() - rank);
        if (p_values[order[rank]] * left > error) {
            break;
        }
        is_rejected[order[rank]] = true;
    }
    return is_rejected;
}

std::vector<double> holm_adjusted(std::span<const double> p_values) {
    const std::vector<std::size_t> order = ascending(p_values);
    std::vector<double> adjusted(p_values.begin(), p_values.end());
    double least = 0.0;  // a hypothesis is rejected only after all before it
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const auto left = static_cast<double>(order.size() - rank);
        least = std::max(least, std::min(1.0, p_values[order[rank]] * left));
        adjusted[order[rank]] = least;
    }
    return adjusted;
}

}  // namespace tailrate::rates
