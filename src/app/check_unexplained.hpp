#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/check_input.hpp"
#include "rates/gate.hpp"

namespace tailrate::app {

/// Whether the two cells met the same draws, as far as the fingerprints of their noise
/// tell.
[[nodiscard]] bool has_same_draws(const Side& baseline,
                                  const Side& candidate,
                                  const MatchedCell& match);

/// What is odd about a cell and announced by no version, in words; `curves` are the
/// candidate's on these seed numbers.
[[nodiscard]] std::vector<std::string> find_unexplained(
    const Side& baseline,
    const Side& candidate,
    const MatchedCell& match,
    const rates::CellGate& gate,
    const rates::Curves& curves,
    const std::vector<std::int64_t>& seeds);

}  // namespace tailrate::app
