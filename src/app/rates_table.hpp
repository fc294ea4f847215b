#pragma once

#include <string>
#include <vector>

#include "app/fitted_cell.hpp"

namespace tailrate::app {

/// What a person reads: a table of exponents at a glance, then the details of every
/// cell, then theory beside measurement. At least one cell.
[[nodiscard]] std::string rates_report(const std::vector<FittedCell>& cells,
                                       double window_decades);

}  // namespace tailrate::app
