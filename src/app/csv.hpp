#pragma once

#include <string>

namespace tailrate::app {

/// A field of comma-separated values, in quotes, its own doubled.
[[nodiscard]] std::string csv_quoted(const std::string& text);

}  // namespace tailrate::app
