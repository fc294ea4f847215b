#pragma once

#include <string>

namespace tailrate::app {

/// The text as one word of a shell, in quotes where it needs them.
[[nodiscard]] std::string shell_word(const std::string& text);

}  // namespace tailrate::app
