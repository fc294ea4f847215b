#pragma once

#include "app/check_input.hpp"

namespace tailrate::app {

/// Fills in the cells that both have, those that one of them has, and an obstacle where
/// none is in both.
void match_cells(const Design& baseline, const Design& candidate, Comparison& found);

}  // namespace tailrate::app
