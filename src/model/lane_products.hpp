#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/block.hpp"

/// Products of one matrix or one row of data with a block of seeds. Sums run in the
/// stated order with one fused multiply-add per term, at every vector width.
namespace tailrate::model {

/// Element (j, k) of a matrix is values[j * row_stride + k * column_stride].
struct MatrixView {
    const double* values = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t row_stride = 0;
    std::size_t column_stride = 1;
};

/// out_j = sum_k M_jk u_k, k ascending. u is (columns x lanes), out (rows x lanes).
void multiply(const MatrixView& matrix, const double* u, double* out);

/// factor values_j, rounded on its own: what the functions below add their result to.
/// `values` may be their `out`.
struct Scaled {
    double factor = 1.0;
    const double* values = nullptr;  ///< (rows x lanes)
};

/// out_j = start_j + ((sum_k M_jk u_k) + offset_j): the same sum, then two additions.
void add_product(const Scaled& start,
                 const MatrixView& matrix,
                 const double* u,
                 std::span<const double> offset,
                 double* out);

/// out_j = u_j - constants_j. `u` and `out` are (rows x lanes), here and below.
void subtract(const double* u, std::span<const double> constants, double* out);

/// out_j = start_j + (u_j + offset_j).
void add_with_offset(const Scaled& start,
                     const double* u,
                     std::span<const double> offset,
                     double* out);

/// out_j = start_j + (scale_j u_j + offset_j).
void add_scaled(const Scaled& start,
                std::span<const double> scale,
                const double* u,
                std::span<const double> offset,
                double* out);

/// Q diag(eigenvalues) Q' (d x d), symmetric to the last bit; q is Q row-major.
[[nodiscard]] std::vector<double> spectral_matrix(std::span<const double> q,
                                                  std::span<const double> eigenvalues);

/// Row of a sparse matrix: values[k] stands in column columns[k].
struct SparseRow {
    std::span<const double> values;
    std::span<const std::uint32_t> columns;
};

/// out = sum_k values[k] x_(columns[k]) in one row of lanes; terms of even k and of odd
/// k are summed apart and added at the end. x is (dimension x lanes).
void row_product(const SparseRow& row, const double* x, double* out);

/// out_(columns[k]) += factor values[k] for every k. `factor` is one row of lanes.
void add_row(const SparseRow& row, const double* factor, double* out);

}  // namespace tailrate::model
