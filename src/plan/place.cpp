#include "plan/place.hpp"

#include <fmt/format.h>

namespace tailrate::plan {

core::Position position_of(const Place& place) {
    return {*place.source, place.line, place.column};
}

void fail(const core::Position& position, const std::string& text) {
    if (position.line == 0) {
        throw core::InputError{position.file + ": " + text};
    }
    throw core::InputError{position, text};
}

void fail(const Place& place, const std::string& text) {
    fail(position_of(place), text);
}

std::string to_text(const Place& place) {
    if (place.line == 0) {
        return *place.source;
    }
    return fmt::format("{}:{}:{}", *place.source, place.line, place.column);
}

std::string shown(std::string_view text) {
    constexpr std::size_t longest = 60;
    std::string result = "'";
    for (const char letter : text.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(letter);
        result += byte < 0x20 || byte == 0x7f ? '?' : letter;
    }
    return result + (text.size() > longest ? "...'" : "'");
}

std::string joined(const std::vector<std::string>& texts) {
    return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace tailrate::plan
