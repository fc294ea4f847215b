#include "model/row_products.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/contracts.hpp"
#include "model/lane_vector.hpp"

namespace tailrate::model {
namespace {

using Columns = std::span<const std::uint32_t>;
constexpr std::size_t width = LaneVector::width;

/// Columns of the first row if every row stores just these, else none.
Columns shared_columns(const SparseRows& rows) {
    for (std::size_t j = 0; j < rows.size(); ++j) {
        if (!std::ranges::equal(rows.row(j).columns, rows.row(0).columns)) {
            return {};
        }
    }
    return rows.size() > 0 ? rows.row(0).columns : Columns{};
}

/// Registers side by side, and rows as well in a product: enough to hide the latency of
/// the additions, few enough for the registers there are (32 of 8 lanes, 16 of 4).
constexpr std::size_t vectors_at_once = 2;
constexpr std::size_t rows_at_once = width / 2;

/// row_product of `rows_at_once` rows that lie one after another at `values`, in the
/// lanes of vectors_at_once registers, at the first of which x and `out` begin.
[[gnu::always_inline]] inline void multiply_rows(const double* values,
                                                 Columns columns,
                                                 const double* x,
                                                 double* out) {
    using Sums = std::array<std::array<LaneVector, vectors_at_once>, rows_at_once>;
    Sums even{};
    Sums odd{};
    const auto add_term = [&](std::size_t k, Sums& half) {
        const double* from = x + columns[k] * lanes;
        for (std::size_t r = 0; r < rows_at_once; ++r) {
            const LaneVector value = LaneVector::all(values[r * columns.size() + k]);
            for (std::size_t v = 0; v < vectors_at_once; ++v) {
                half[r][v] =
                    fused(value, LaneVector::load(from + v * width), half[r][v]);
            }
        }
    };
    std::size_t k = 0;
    for (; k + 2 <= columns.size(); k += 2) {
        add_term(k, even);
        add_term(k + 1, odd);
    }
    if (k < columns.size()) {
        add_term(k, even);
    }
    for (std::size_t r = 0; r < rows_at_once; ++r) {
        for (std::size_t v = 0; v < vectors_at_once; ++v) {
            (even[r][v] + odd[r][v]).store(out + r * lanes + v * width);
        }
    }
}

/// add_row of `count` rows that lie one after another at `values`, in their first
/// `at_once` columns and the lanes of vectors_at_once registers, at the first of which
/// factors and `sum` begin. Rows are `stride` apart.
template <std::size_t at_once>
[[gnu::always_inline]] inline void add_columns(const double* values,
                                               std::size_t count,
                                               std::size_t stride,
                                               const std::uint32_t* columns,
                                               const double* factors,
                                               double* sum) {
    std::array<std::array<LaneVector, vectors_at_once>, at_once> totals{};
    for (std::size_t c = 0; c < at_once; ++c) {
        for (std::size_t v = 0; v < vectors_at_once; ++v) {
            totals[c][v] = LaneVector::load(sum + columns[c] * lanes + v * width);
        }
    }
    for (std::size_t r = 0; r < count; ++r) {
        for (std::size_t c = 0; c < at_once; ++c) {
            const LaneVector value = LaneVector::all(values[r * stride + c]);
            for (std::size_t v = 0; v < vectors_at_once; ++v) {
                totals[c][v] = fused(value,
                                     LaneVector::load(factors + r * lanes + v * width),
                                     totals[c][v]);
            }
        }
    }
    for (std::size_t c = 0; c < at_once; ++c) {
        for (std::size_t v = 0; v < vectors_at_once; ++v) {
            totals[c][v].store(sum + columns[c] * lanes + v * width);
        }
    }
}

/// As add_columns, in all columns and lanes.
void add_rows(const double* values,
              std::size_t count,
              Columns columns,
              const double* factors,
              double* sum) {
    const std::size_t d = columns.size();
    for (std::size_t lane = 0; lane < lanes; lane += vectors_at_once * width) {
        const auto add = [&]<std::size_t at_once>(std::size_t k) {
            add_columns<at_once>(
                values + k, count, d, &columns[k], factors + lane, sum + lane);
        };
        std::size_t k = 0;
        for (; k + 4 <= d; k += 4) {
            add.template operator()<4>(k);
        }
        for (; k + 2 <= d; k += 2) {
            add.template operator()<2>(k);
        }
        if (k < d) {
            add.template operator()<1>(k);
        }
    }
}

/// Calls visit(k, count) for blocks of `width` columns, then for the rest of them.
template <class Visit>
[[gnu::always_inline]] inline void for_blocks(std::size_t columns, const Visit& visit) {
    std::size_t k = 0;
    for (; k + width <= columns; k += width) {
        visit(k, width);
    }
    if (k < columns) {
        visit(k, columns - k);
    }
}

/// `count` columns of the rows drawn for one register of lanes, each in one register:
/// they are read along the rows and turned, so that no element is gathered alone.
/// `values` points into row 0.
[[gnu::always_inline]] inline std::array<LaneVector, width> drawn_columns(
    const double* values,
    std::size_t stride,
    const std::uint64_t* draws,
    std::size_t count) {
    std::array<LaneVector, width> block{};
    for (std::size_t l = 0; l < width; ++l) {
        block[l] = LaneVector::load_first(count, values + draws[l] * stride);
    }
    transpose(block);
    return block;
}

/// multiply_drawn for one row of lanes.
void multiply_per_lane(const double* values,
                       Columns columns,
                       const std::uint64_t* draws,
                       const double* x,
                       double* out) {
    std::array<LaneVector, vectors_per_row> totals = zeros<vectors_per_row>();
    for_blocks(columns.size(), [&](std::size_t k, std::size_t count) {
        for (std::size_t v = 0; v < vectors_per_row; ++v) {
            const std::array<LaneVector, width> block =
                drawn_columns(values + k, columns.size(), draws + v * width, count);
            for (std::size_t c = 0; c < count; ++c) {
                const double* from = x + columns[k + c] * lanes + v * width;
                totals[v] = fused(block[c], LaneVector::load(from), totals[v]);
            }
        }
    });
    for (std::size_t v = 0; v < vectors_per_row; ++v) {
        totals[v].store(out + v * width);
    }
}

/// add_drawn_multiples in columns k .. k + count - 1.
[[gnu::always_inline]] inline void add_per_lane(const double* values,
                                                Columns columns,
                                                std::span<const std::uint64_t> draws,
                                                const double* factors,
                                                std::size_t k,
                                                std::size_t count,
                                                double* sum) {
    for (std::size_t lane = 0; lane < lanes; lane += width) {
        std::array<LaneVector, width> totals = zeros<width>();
        for (std::size_t c = 0; c < count; ++c) {
            totals[c] = LaneVector::load(sum + columns[k + c] * lanes + lane);
        }
        for (std::size_t e = lane; e < draws.size(); e += lanes) {
            const LaneVector factor = LaneVector::load(factors + e);
            const std::array<LaneVector, width> block =
                drawn_columns(values + k, columns.size(), &draws[e], count);
            for (std::size_t c = 0; c < width; ++c) {
                totals[c] = fused(factor, block[c], totals[c]);
            }
        }
        for (std::size_t c = 0; c < count; ++c) {
            totals[c].store(sum + columns[k + c] * lanes + lane);
        }
    }
}

/// multiply_drawn where rows store other columns, one number after another. Zeros in
/// place of the missing ones would change bits: 0 times infinity is not a number, and
/// adding 0 turns a sum of -0 to +0.
void multiply_apart(const SparseRows& rows,
                    std::size_t first,
                    std::span<const std::uint64_t> draws,
                    const double* x,
                    double* out) {
    for (std::size_t e = 0; e < draws.size(); ++e) {
        const SparseRow row = rows.row(first + draws[e]);
        double total = 0.0;
        for (std::size_t k = 0; k < row.values.size(); ++k) {
            total =
                std::fma(row.values[k], x[row.columns[k] * lanes + e % lanes], total);
        }
        out[e] = total;
    }
}

/// add_drawn_multiples where rows store other columns.
void add_apart(const SparseRows& rows,
               std::size_t first,
               std::span<const std::uint64_t> draws,
               const double* factors,
               double* sum) {
    for (std::size_t e = 0; e < draws.size(); ++e) {
        const SparseRow row = rows.row(first + draws[e]);
        for (std::size_t k = 0; k < row.values.size(); ++k) {
            double& to = sum[row.columns[k] * lanes + e % lanes];
            to = std::fma(factors[e], row.values[k], to);
        }
    }
}

}  // namespace

RowProducts::RowProducts(const SparseRows& rows)
    : rows_{&rows},
      columns_{shared_columns(rows)} {}

void RowProducts::multiply(std::size_t first,
                           std::size_t count,
                           const double* x,
                           double* out) const {
    std::size_t r = 0;
    for (; !columns_.empty() && r + rows_at_once <= count; r += rows_at_once) {
        const double* values = rows_->row(first + r).values.data();
        for (std::size_t lane = 0; lane < lanes; lane += vectors_at_once * width) {
            multiply_rows(values, columns_, x + lane, out + r * lanes + lane);
        }
    }
    for (; r < count; ++r) {
        row_product(rows_->row(first + r), x, out + r * lanes);
    }
}

void RowProducts::add_multiples(std::size_t first,
                                std::size_t count,
                                const double* factors,
                                double* sum) const {
    if (!columns_.empty() && count > 0) {
        add_rows(rows_->row(first).values.data(), count, columns_, factors, sum);
        return;
    }
    for (std::size_t r = 0; r < count; ++r) {
        add_row(rows_->row(first + r), factors + r * lanes, sum);
    }
}

void RowProducts::multiply_drawn(std::size_t first,
                                 std::span<const std::uint64_t> draws,
                                 const double* x,
                                 double* out) const {
    TAILRATE_EXPECTS(draws.size() % lanes == 0);
    if (columns_.empty()) {
        return multiply_apart(*rows_, first, draws, x, out);
    }
    const double* values = rows_->row(first).values.data();
    for (std::size_t e = 0; e < draws.size(); e += lanes) {
        multiply_per_lane(values, columns_, &draws[e], x, out + e);
    }
}

void RowProducts::add_drawn_multiples(std::size_t first,
                                      std::span<const std::uint64_t> draws,
                                      const double* factors,
                                      double* sum) const {
    TAILRATE_EXPECTS(draws.size() % lanes == 0);
    if (columns_.empty()) {
        return add_apart(*rows_, first, draws, factors, sum);
    }
    const double* values = rows_->row(first).values.data();
    for_blocks(columns_.size(), [&](std::size_t k, std::size_t count) {
        add_per_lane(values, columns_, draws, factors, k, count, sum);
    });
}

}  // namespace tailrate::model
