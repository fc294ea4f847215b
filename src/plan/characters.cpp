#include "plan/characters.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "plan/node.hpp"

namespace tailrate::plan {
namespace {

/// Bytes of a UTF-8 character by its first one, 0 where it begins none (Unicode 15,
/// table 3-7, as what follows).
std::size_t declared_size(unsigned first) {
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
        return 0;
    }
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/// Whether the second byte makes neither an overlong form, nor a surrogate, nor a code
/// point beyond the last.
bool is_second(unsigned first, unsigned second) {
    const unsigned lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    return second >= lowest && second <= highest;
}

/// Bytes of the character at the beginning of `text`, 0 where there is none.
std::size_t character_size(std::string_view text) {
    const auto byte = [&](std::size_t k) -> unsigned {
        return static_cast<unsigned char>(text[k]);
    };
    const std::size_t size = declared_size(byte(0));
    if (size > text.size() || (size > 1 && !is_second(byte(0), byte(1)))) {
        return 0;
    }
    for (std::size_t k = 2; k < size; ++k) {
        if ((byte(k) & 0xc0U) != 0x80U) {
            return 0;
        }
    }
    return size;
}

bool is_control(char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return (byte < 0x20 && letter != '\t' && letter != '\n' && letter != '\r') ||
           byte == 0x7f;
}

/// Brackets that are open in one line, as if it had no quotes and no comments.
int count_open(char letter, int open) {
    if (letter == '[' || letter == '{') {
        return open + 1;
    }
    const bool closes = letter == ']' || letter == '}';
    return closes && open > 0 ? open - 1 : letter == '\n' ? 0 : open;
}

void advance(Place& place, char letter, std::size_t size) {
    if (place.line > 0) {
        place.line += letter == '\n' ? 1 : 0;
        place.column = letter == '\n' ? 1 : place.column + static_cast<int>(size);
    }
}

}  // namespace

void check_characters(std::string_view text, const Place& begin) {
    constexpr int most_open = 1000;
    Place place = begin;
    int open = 0;
    for (std::size_t k = 0; k < text.size();) {
        const std::size_t size = character_size(text.substr(k));
        if (size == 0 || is_control(text[k])) {
            const auto byte = static_cast<unsigned char>(text[k]);
            fail(place,
                 fmt::format("not a text file: byte 0x{:02x}; allowed: UTF-8", byte));
        }
        open = count_open(text[k], open);
        if (open > most_open) {
            fail(place, fmt::format("nested too deeply; allowed: {} levels", deepest));
        }
        advance(place, text[k], size);
        k += size;
    }
}

}  // namespace tailrate::plan
