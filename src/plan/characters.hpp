#pragma once

#include <string_view>

#include "plan/place.hpp"

namespace tailrate::plan {

/// Fails at the first byte of `text` that is not UTF-8 or is a control byte other than
/// tab and line ends: the parser would guess an encoding or drop it without a word.
/// Fails too where a line opens more than 1000 brackets, of which the parser would hold
/// every one in memory before its reader could refuse the depth.
void check_characters(std::string_view text, const Place& begin);

}  // namespace tailrate::plan
