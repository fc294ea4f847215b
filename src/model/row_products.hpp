#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/sparse_rows.hpp"

namespace tailrate::model {

/// Products of the rows a_j of a data set with a block of seeds. x is (dimension x
/// lanes), as is what the sums are added to. Where every row stores the same columns,
/// as standardized features do, several rows or lanes are taken at once. The sums have
/// the same order, and so the same bits, either way.
class RowProducts {
  public:
    /// Keeps a reference to `rows`.
    explicit RowProducts(const SparseRows& rows);

    [[nodiscard]] bool has_equal_columns() const { return !columns_.empty(); }

    /// out_r = a_j'x with j = first + r, r < count, as row_product; out is (count x
    /// lanes).
    void multiply(std::size_t first,
                  std::size_t count,
                  const double* x,
                  double* out) const;

    /// sum += sum_r factors_r a_j, r ascending; factors are (count x lanes).
    void add_multiples(std::size_t first,
                       std::size_t count,
                       const double* factors,
                       double* sum) const;

    /// out[e] = a_j'x in lane e % lanes of x with j = first + draws[e]: every lane has
    /// a row of its own. draws.size() is a multiple of lanes, `out` as long. Terms are
    /// added to 0 by ascending column.
    void multiply_drawn(std::size_t first,
                        std::span<const std::uint64_t> draws,
                        const double* x,
                        double* out) const;

    /// Adds factors[e] a_j to lane e % lanes of `sum`, e ascending, j as above.
    void add_drawn_multiples(std::size_t first,
                             std::span<const std::uint64_t> draws,
                             const double* factors,
                             double* sum) const;

  private:
    const SparseRows* rows_;
    std::span<const std::uint32_t> columns_;  ///< of every row; empty: they differ
};

}  // namespace tailrate::model
