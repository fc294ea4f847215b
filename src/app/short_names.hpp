#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tailrate::app {

/// What the rows of a table are called where whole names would not fit a terminal.
struct ShortNames {
    std::vector<std::string> of_row;
    std::vector<std::string> notes;  ///< "(1) <whole name>"
};

/// A name longer than `longest` becomes its first word with the number of a note.
[[nodiscard]] ShortNames short_names(const std::vector<std::string>& names,
                                     std::size_t longest);

}  // namespace tailrate::app
