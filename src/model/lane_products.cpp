#include "model/lane_products.hpp"

#include <algorithm>
#include <array>

#include "core/contracts.hpp"
#include "model/lane_vector.hpp"

namespace tailrate::model {
namespace {

/// Registers of sums side by side: from 5 rows on 8 to 12 in all, of 32 registers up to
/// 20, hide the latency of the additions and leave registers for the operands.
constexpr std::size_t vectors_at_once(std::size_t rows) {
    return rows > 2 ? 2 : vectors_per_row;
}

/// `rows` rows from row j on; `finish(r, first, element, sum)` gets the sum of row r,
/// which belongs at first + element of a (rows x lanes) array; `element` is constant.
template <std::size_t rows, class Finish>
[[gnu::always_inline]] inline void product_of_rows(const MatrixView& matrix,
                                                   std::size_t j,
                                                   const double* u,
                                                   const Finish& finish) {
    constexpr std::size_t vectors = vectors_at_once(rows);
    const double* row = matrix.values + j * matrix.row_stride;
    for (std::size_t lane = 0; lane < lanes; lane += vectors * LaneVector::width) {
        auto sums = repeat<rows>(zeros<vectors>());
        for (std::size_t k = 0; k < matrix.columns; ++k) {
            const double* from = u + k * lanes + lane;
            for (std::size_t r = 0; r < rows; ++r) {
                const LaneVector element = LaneVector::all(
                    row[r * matrix.row_stride + k * matrix.column_stride]);
                for (std::size_t v = 0; v < vectors; ++v) {
                    sums[r][v] = fused(element,
                                       LaneVector::load(from + v * LaneVector::width),
                                       sums[r][v]);
                }
            }
        }
        const std::size_t first = j * lanes + lane;
        for (std::size_t r = 0; r < rows; ++r) {
            for (std::size_t v = 0; v < vectors; ++v) {
                const std::size_t element = r * lanes + v * LaneVector::width;
                finish(j, r, first, element, sums[r][v]);
            }
        }
    }
}

/// How many of `left` rows to take next: five, where there are 32 registers ten, and
/// the last ones in nearly equal parts (9 = 5 + 4, 8 = 4 + 4, 7 = 4 + 3, 6 = 3 + 3).
constexpr std::size_t rows_at_once(std::size_t left) {
    constexpr bool has_many_registers = LaneVector::width == 8;
    if (has_many_registers && (left == 10 || left >= 14)) {
        return 10;
    }
    if (left >= 9) {
        return 5;
    }
    return left > 5 ? (left + 1) / 2 : left;
}

template <class Finish>
[[gnu::always_inline]] inline void product(const MatrixView& matrix,
                                           const double* u,
                                           Finish finish) {
    std::size_t j = 0;
    while (j < matrix.rows) {
        const std::size_t rows = rows_at_once(matrix.rows - j);
        switch (rows) {
            case 10:
                product_of_rows<10>(matrix, j, u, finish);
                break;
            case 5:
                product_of_rows<5>(matrix, j, u, finish);
                break;
            case 4:
                product_of_rows<4>(matrix, j, u, finish);
                break;
            case 3:
                product_of_rows<3>(matrix, j, u, finish);
                break;
            case 2:
                product_of_rows<2>(matrix, j, u, finish);
                break;
            default:
                product_of_rows<1>(matrix, j, u, finish);
                break;
        }
        j += rows;
    }
}

}  // namespace

void multiply(const MatrixView& matrix, const double* u, double* out) {
    product(matrix,
            u,
            [out](std::size_t /*j*/,
                  std::size_t /*r*/,
                  std::size_t first,
                  std::size_t element,
                  LaneVector sum) { sum.store(out + first + element); });
}

void add_product(const Scaled& start,
                 const MatrixView& matrix,
                 const double* u,
                 std::span<const double> offset,
                 double* out) {
    TAILRATE_EXPECTS(offset.size() == matrix.rows);
    const double* constant = offset.data();
    const double* values = start.values;
    const LaneVector factor = LaneVector::all(start.factor);
    product(matrix,
            u,
            [factor, constant, values, out](std::size_t j,
                                            std::size_t r,
                                            std::size_t first,
                                            std::size_t element,
                                            LaneVector sum) {
                const LaneVector total = sum + LaneVector::all((constant + j)[r]);
                const LaneVector begin =
                    factor * LaneVector::load(values + first + element);
                (begin + total).store(out + first + element);
            });
}

void subtract(const double* u, std::span<const double> constants, double* out) {
    for (std::size_t j = 0; j < constants.size(); ++j) {
        const LaneVector constant = LaneVector::all(constants[j]);
        for (std::size_t e = j * lanes; e < (j + 1) * lanes; e += LaneVector::width) {
            (LaneVector::load(u + e) - constant).store(out + e);
        }
    }
}

void add_with_offset(const Scaled& start,
                     const double* u,
                     std::span<const double> offset,
                     double* out) {
    const LaneVector factor = LaneVector::all(start.factor);
    for (std::size_t j = 0; j < offset.size(); ++j) {
        const LaneVector constant = LaneVector::all(offset[j]);
        for (std::size_t e = j * lanes; e < (j + 1) * lanes; e += LaneVector::width) {
            const LaneVector total = LaneVector::load(u + e) + constant;
            (factor * LaneVector::load(start.values + e) + total).store(out + e);
        }
    }
}

void add_scaled(const Scaled& start,
                std::span<const double> scale,
                const double* u,
                std::span<const double> offset,
                double* out) {
    TAILRATE_EXPECTS(scale.size() == offset.size());
    const LaneVector factor = LaneVector::all(start.factor);
    for (std::size_t j = 0; j < offset.size(); ++j) {
        const LaneVector slope = LaneVector::all(scale[j]);
        const LaneVector constant = LaneVector::all(offset[j]);
        for (std::size_t e = j * lanes; e < (j + 1) * lanes; e += LaneVector::width) {
            const LaneVector total = fused(slope, LaneVector::load(u + e), constant);
            (factor * LaneVector::load(start.values + e) + total).store(out + e);
        }
    }
}

std::vector<double> spectral_matrix(std::span<const double> q,
                                    std::span<const double> eigenvalues) {
    const std::size_t d = eigenvalues.size();
    TAILRATE_EXPECTS(q.size() == d * d);
    std::vector<double> matrix(d * d);
    Array columns(d * lanes, 0.0);
    Array sums(d * lanes);
    for (std::size_t first = 0; first < d; first += lanes) {
        const std::size_t count = std::min(lanes, d - first);
        for (std::size_t k = 0; k < d; ++k) {
            for (std::size_t c = 0; c < count; ++c) {
                columns[k * lanes + c] = eigenvalues[k] * q[(first + c) * d + k];
            }
        }
        multiply(
            {q.data() + first * d, d - first, d, d, 1}, columns.data(), sums.data());
        for (std::size_t j = first; j < d; ++j) {
            for (std::size_t c = 0; c < std::min(count, j - first + 1); ++c) {
                const double element = sums[(j - first) * lanes + c];
                matrix[j * d + first + c] = element;
                matrix[(first + c) * d + j] = element;
            }
        }
    }
    return matrix;
}

void row_product(const SparseRow& row, const double* x, double* out) {
    using RowSums = std::array<LaneVector, vectors_per_row>;
    RowSums even = zeros<vectors_per_row>();
    RowSums odd = zeros<vectors_per_row>();
    const auto add_term = [&](std::size_t k, RowSums& half) {
        const LaneVector value = LaneVector::all(row.values[k]);
        const double* from = x + row.columns[k] * lanes;
        for (std::size_t v = 0; v < vectors_per_row; ++v) {
            half[v] =
                fused(value, LaneVector::load(from + v * LaneVector::width), half[v]);
        }
    };
    std::size_t k = 0;
    for (; k + 2 <= row.values.size(); k += 2) {
        add_term(k, even);
        add_term(k + 1, odd);
    }
    if (k < row.values.size()) {
        add_term(k, even);
    }
    for (std::size_t v = 0; v < vectors_per_row; ++v) {
        (even[v] + odd[v]).store(out + v * LaneVector::width);
    }
}

void add_row(const SparseRow& row, const double* factor, double* out) {
    constexpr std::size_t width = LaneVector::width;
    std::array<LaneVector, vectors_per_row> factors{};
    for (std::size_t v = 0; v < vectors_per_row; ++v) {
        factors[v] = LaneVector::load(factor + v * width);
    }
    const auto add_terms = [&]<std::size_t at_once>(std::size_t k) {
        std::array<std::array<LaneVector, vectors_per_row>, at_once> sums{};
        for (std::size_t c = 0; c < at_once; ++c) {
            const LaneVector value = LaneVector::all(row.values[k + c]);
            const double* from = out + row.columns[k + c] * lanes;
            for (std::size_t v = 0; v < vectors_per_row; ++v) {
                sums[c][v] =
                    fused(value, factors[v], LaneVector::load(from + v * width));
            }
        }
        for (std::size_t c = 0; c < at_once; ++c) {
            double* to = out + row.columns[k + c] * lanes;
            for (std::size_t v = 0; v < vectors_per_row; ++v) {
                sums[c][v].store(to + v * width);
            }
        }
    };
    // The columns of a row differ, so that loads need not wait for the stores before.
    constexpr std::size_t at_once = width / 2;
    std::size_t k = 0;
    for (; k + at_once <= row.values.size(); k += at_once) {
        add_terms.template operator()<at_once>(k);
    }
    for (; k < row.values.size(); ++k) {
        add_terms.template operator()<1>(k);
    }
}

}  // namespace tailrate::model
