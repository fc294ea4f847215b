#include "rates/holm.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tailrate::rates {

std::vector<bool> holm(std::span<const double> p_values, double error) {
    std::vector<std::size_t> order;
    for (std::size_t k = 0; k < p_values.size(); ++k) {
        if (!std::isnan(p_values[k])) {
            order.push_back(k);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return p_values[a] < p_values[b];
    });
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

}  // namespace tailrate::rates
