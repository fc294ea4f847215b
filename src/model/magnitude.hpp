#pragma once

#include <string_view>

#include "core/parameters.hpp"

namespace tailrate::model {

/// Throws ParameterError unless the number is 0 or its size lies between 1e-50 and
/// 1e50: for what scales an instance or a threshold, whose squares, cubes and products
/// have to stay within the range of a double.
void check_magnitude(const core::Parameters& parameters, std::string_view name);

}  // namespace tailrate::model
