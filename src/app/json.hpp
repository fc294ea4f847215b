#pragma once

#include <nlohmann/json.hpp>

#include "rates/exponent.hpp"

namespace tailrate::app {

/// A number of a report: null for NaN, "inf" and "-inf".
[[nodiscard]] nlohmann::ordered_json number(double value);

/// [lower, upper]
[[nodiscard]] nlohmann::ordered_json interval(const rates::Interval& ci);

}  // namespace tailrate::app
