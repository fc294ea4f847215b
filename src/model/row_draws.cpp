#include "model/row_draws.hpp"

#include <array>
#include <cmath>

#include "core/contracts.hpp"
#include "model/block.hpp"

namespace tailrate::model {

void draw_rows(const random::Stream& stream,
               const random::Place& place,
               std::size_t rows,
               std::uint64_t available,
               std::uint64_t* draws) {
    TAILRATE_EXPECTS(available >= 1 && available < (std::uint64_t{1} << 32U));
    alignas(64) std::array<std::uint64_t, lanes> unused{};
    random::Place own = place;
    for (std::size_t r = 0; r < rows; ++r, ++own.row) {
        random::fill_words(stream, own, 1, draws + r * lanes, unused.data());
    }
    for (std::size_t k = 0; k < rows * lanes; ++k) {
        const std::uint64_t low_product = (draws[k] & 0xFFFFFFFFU) * available;
        draws[k] = ((draws[k] >> 32U) * available + (low_product >> 32U)) >> 32U;
    }
}

void drawn_products(const SparseRows& rows,
                    std::size_t first,
                    std::span<const std::uint64_t> draws,
                    const double* x,
                    double* margins) {
    for (std::size_t e = 0; e < draws.size(); ++e) {
        const SparseRow row = rows.row(first + draws[e]);
        double margin = 0.0;
        for (std::size_t k = 0; k < row.values.size(); ++k) {
            margin =
                std::fma(row.values[k], x[row.columns[k] * lanes + e % lanes], margin);
        }
        margins[e] = margin;
    }
}

void add_drawn_rows(const SparseRows& rows,
                    std::size_t first,
                    std::span<const std::uint64_t> draws,
                    const double* factors,
                    double* out) {
    for (std::size_t e = 0; e < draws.size(); ++e) {
        const SparseRow row = rows.row(first + draws[e]);
        for (std::size_t k = 0; k < row.values.size(); ++k) {
            double& to = out[row.columns[k] * lanes + e % lanes];
            to = std::fma(factors[e], row.values[k], to);
        }
    }
}

}  // namespace tailrate::model
