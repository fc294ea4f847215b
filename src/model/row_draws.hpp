#pragma once

#include <cstddef>
#include <cstdint>

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

}  // namespace tailrate::model
