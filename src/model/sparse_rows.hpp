#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/lane_products.hpp"

namespace tailrate::model {

/// Rows of a sparse matrix one after another (compressed sparse rows); within a row the
/// columns ascend.
struct SparseRows {
    std::size_t dimension = 0;           ///< columns of the matrix
    std::vector<std::size_t> starts{0};  ///< row j is starts[j] .. starts[j + 1] - 1
    std::vector<std::uint32_t> columns = {};  ///< from 0
    std::vector<double> values = {};

    [[nodiscard]] std::size_t size() const { return starts.size() - 1; }

    [[nodiscard]] SparseRow row(std::size_t j) const;
    void append(const SparseRow& row);
};

/// sum_k row_k x_k, in the order of the columns; x is (dimension).
[[nodiscard]] double dot(const SparseRow& row, std::span<const double> x);

/// x_k += factor row_k.
void add_multiple(const SparseRow& row, double factor, std::span<double> x);

/// Every column shifted and scaled to mean 0 and variance 1 over all rows (divisor: the
/// number of rows); a constant column becomes 0. The result stores every entry of the
/// other columns.
[[nodiscard]] SparseRows standardized(const SparseRows& rows);

/// Largest eigenvalue of sum_j weights_j a_j a_j' over rows first .. last - 1 with
/// weights >= 0, by the Lanczos process; exact to rounding of the largest. The starting
/// vector is a fixed normal one.
[[nodiscard]] double largest_eigenvalue(const SparseRows& rows,
                                        std::size_t first,
                                        std::size_t last,
                                        std::span<const double> weights);

}  // namespace tailrate::model
