#include "rates/fisher.hpp"

#include <algorithm>

#include "core/contracts.hpp"
#include "math/elementary.hpp"
#include "math/special.hpp"

namespace tailrate::rates {
namespace {

/// log of n over k.
double log_binomial(std::size_t n, std::size_t k) {
    const auto log_factorial = [](std::size_t m) {
        return math::lgamma(static_cast<double>(m) + 1.0);
    };
    return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

}  // namespace

double more_diverged_p(std::size_t before, std::size_t after, std::size_t seeds) {
    TAILRATE_EXPECTS(before <= seeds && after <= seeds);
    const std::size_t diverged = before + after;
    const double all = log_binomial(2 * seeds, diverged);
    double p = 0.0;
    for (std::size_t k = after; k <= std::min(diverged, seeds); ++k) {
        p +=
            math::exp(log_binomial(seeds, k) + log_binomial(seeds, diverged - k) - all);
    }
    return std::min(p, 1.0);
}

}  // namespace tailrate::rates
