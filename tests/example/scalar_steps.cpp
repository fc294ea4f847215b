#include <cmath>
#include <cstddef>
#include <span>

// Loops that stay scalar, for the test of scripts/dev/check_vectorized.py.

namespace tailrate::example {

void call_per_element(std::size_t size, double* values) {
    for (std::size_t k = 0; k < size; ++k) {
        values[k] = std::pow(values[k], 1.5);
    }
}

void sum_in_order(std::size_t size, const double* values, double* sums) {
    for (std::size_t k = 1; k < size; ++k) {
        sums[k] = sums[k - 1] + values[k];
    }
}

void exit_early(std::size_t clients, std::size_t size, double* values) {
    for (std::size_t i = 0; i < clients; ++i, values += size) {
        for (std::size_t k = 0; k < size && values[k] > 0.0; ++k) {
            values[k] = 1.0 / values[k];
        }
    }
}

void sum_a_span(std::span<double> sums) {
    for (std::size_t k = 1; k < sums.size(); ++k) {
        sums[k] += sums[k - 1];
    }
}

/// As it should be: the check has nothing to say about this one.
void root_per_element(std::size_t size, double* values) {
    for (std::size_t k = 0; k < size; ++k) {
        values[k] = std::sqrt(values[k]);  // for (the (brackets
    }
}

}  // namespace tailrate::example
