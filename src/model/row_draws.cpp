#include "model/row_draws.hpp"

#include <array>

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

}  // namespace tailrate::model
