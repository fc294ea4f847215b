#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "model/sparse_rows.hpp"
#include "random/address.hpp"

namespace tailrate::model {

/// Rows of a data set for mini-batches, drawn with replacement: draws[r * lanes + k] =
/// floor(word * available / 2^64) with the first word of row place.row + r and seed
/// place.first_seed + k, for r < rows. 1 <= available < 2^32. `draws` has rows * lanes
/// elements and is 64-byte aligned.
void draw_rows(const random::Stream& stream,
               const random::Place& place,
               std::size_t rows,
               std::uint64_t available,
               std::uint64_t* draws);

/// margins[e] = a_j'x for lane e % lanes of x (dimension x lanes), j = first + draws[e]
/// and e < draws.size(): every lane has a row of its own.
void drawn_products(const SparseRows& rows,
                    std::size_t first,
                    std::span<const std::uint64_t> draws,
                    const double* x,
                    double* margins);

/// Adds factors[e] a_j to lane e % lanes of out (dimension x lanes), j as above.
void add_drawn_rows(const SparseRows& rows,
                    std::size_t first,
                    std::span<const std::uint64_t> draws,
                    const double* factors,
                    double* out);

}  // namespace tailrate::model
