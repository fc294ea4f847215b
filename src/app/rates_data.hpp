#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/fitted_cell.hpp"

namespace tailrate::app {

/// null for NaN, "inf" for infinity.
[[nodiscard]] nlohmann::ordered_json to_json(const FittedCell& cell);

/// A head and one line per cell; `theory` is the JSON of the cell as a quoted text.
[[nodiscard]] std::string to_csv(const std::vector<FittedCell>& cells);

}  // namespace tailrate::app
