#pragma once

#include <string>
#include <vector>

namespace tailrate::app {

/// Why a cell runs although there are journals: how its identity ("name value" a line)
/// differs from the nearest of those they hold, for example "method.clip_threshold 1 ->
/// 2"; empty where none is near (more than three lines differ).
[[nodiscard]] std::string explain_difference(const std::string& identity,
                                             const std::vector<std::string>& known);

}  // namespace tailrate::app
