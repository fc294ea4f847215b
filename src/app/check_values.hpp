#pragma once

#include "rates/gate.hpp"

namespace tailrate::app {

/// Exponents and level of a cell whose curves are the same but for rounding at most:
/// nothing is tested there, yet a report has its values. Left NaN where the baseline
/// diverged.
void fill_values(const rates::GateCell& cell,
                 double window_decades,
                 rates::CellGate& found);

}  // namespace tailrate::app
