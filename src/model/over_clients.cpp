#include "model/over_clients.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "core/contracts.hpp"
#include "model/lane_vector.hpp"

namespace tailrate::model {
namespace {

/// Columns are sorted in bands whose numbers fill at most this much of an L1.
constexpr std::size_t band_bytes = 16384;

/// lower, upper <- their minimum, their maximum; neither changes where one is NaN.
void exchange(std::size_t size, double* lower, double* upper) {
    for (std::size_t k = 0; k < size; ++k) {
        const double a = lower[k];
        const double b = upper[k];
        lower[k] = b < a ? b : a;
        upper[k] = b < a ? a : b;
    }
}

/// `width` neighbouring columns of vectors that are `stride` apart.
void sort_band(std::size_t clients,
               std::size_t stride,
               std::size_t width,
               double* values) {
    // The letters are those of algorithm M.
    const std::size_t top = std::bit_ceil(clients) / 2;
    for (std::size_t p = top; p > 0; p /= 2) {
        std::size_t r = 0;
        std::size_t d = p;
        for (std::size_t q = top; q >= p; q /= 2) {
            for (std::size_t i = 0; i + d < clients; ++i) {
                if ((i & p) == r) {
                    exchange(width, values + i * stride, values + (i + d) * stride);
                }
            }
            d = q - p;
            r = p;
        }
    }
}

}  // namespace

void add_clients(bool are_first,
                 std::size_t clients,
                 std::size_t size,
                 const double* values,
                 double* sum) {
    for (std::size_t row = 0; row < size; row += lanes) {
        std::array<LaneVector, vectors_per_row> totals = zeros<vectors_per_row>();
        for (std::size_t k = 0; k < vectors_per_row && !are_first; ++k) {
            totals[k] = LaneVector::load(sum + row + k * LaneVector::width);
        }
        for (std::size_t i = 0; i < clients; ++i) {
            const double* vector = values + i * size + row;
            for (std::size_t k = 0; k < vectors_per_row; ++k) {
                totals[k] =
                    totals[k] + LaneVector::load(vector + k * LaneVector::width);
            }
        }
        for (std::size_t k = 0; k < vectors_per_row; ++k) {
            totals[k].store(sum + row + k * LaneVector::width);
        }
    }
}

void sort_clients(std::size_t clients, std::size_t size, double* values) {
    const std::size_t rows =
        std::max<std::size_t>(band_bytes / (clients * lanes * sizeof(double)), 1);
    const std::size_t width = rows * lanes;
    for (std::size_t first = 0; first < size; first += width) {
        sort_band(clients, size, std::min(width, size - first), values + first);
    }
}

void mean_of_clients(std::size_t first,
                     std::size_t last,
                     std::size_t size,
                     const double* values,
                     double* mean) {
    TAILRATE_EXPECTS(first < last);
    std::copy_n(values + first * size, size, mean);
    for (std::size_t i = first + 1; i < last; ++i) {
        const double* vector = values + i * size;
        for (std::size_t k = 0; k < size; ++k) {
            mean[k] += vector[k];
        }
    }
    const double part = 1.0 / static_cast<double>(last - first);
    for (std::size_t k = 0; k < size; ++k) {
        mean[k] *= part;
    }
}

}  // namespace tailrate::model
