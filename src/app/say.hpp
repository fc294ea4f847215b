#pragma once

#include <string>

namespace tailrate::app {

/// Writes to stderr what a running computation has to say; false where nobody can read
/// it, which is no reason to end.
bool say(const std::string& text);

}  // namespace tailrate::app
