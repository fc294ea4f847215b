#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/errors.hpp"

namespace tailrate::plan {

/// Where something was written. Small, because every value has one; line 0 stands for
/// an argument of the command line, whose text is then the source.
struct Place {
    std::shared_ptr<const std::string> source;
    int line = 0;
    int column = 0;
};

[[nodiscard]] core::Position position_of(const Place& place);

/// Throws core::InputError: "source:line:column: text", or "source: text" for line 0.
[[noreturn]] void fail(const core::Position& position, const std::string& text);
[[noreturn]] void fail(const Place& place, const std::string& text);

/// "file:line:column", or "file" for line 0.
[[nodiscard]] std::string to_text(const Place& place);

/// Text of the user for a message of one line: in quotes, shortened, no control bytes.
[[nodiscard]] std::string shown(std::string_view text);

/// "a, b, c".
[[nodiscard]] std::string joined(const std::vector<std::string>& texts);

}  // namespace tailrate::plan
