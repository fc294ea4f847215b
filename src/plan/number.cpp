#include "plan/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "plan/place.hpp"

namespace tailrate::plan {
namespace {

/// digits * 10^exponent, digits without leading and trailing zeros; empty for 0.
struct Decimal {
    bool is_negative = false;
    std::string digits;
    std::int64_t exponent = 0;
};

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

std::size_t leading_digits(std::string_view text) {
    return static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

/// What a text that looks like a number of another notation is.
std::string fault_of(std::string_view text) {
    const std::string name = shown(text);
    const std::size_t sign =
        !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    const std::string_view rest = text.substr(sign);
    std::string lower{rest};
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    });
    const bool has_digit = std::any_of(rest.begin(), rest.end(), is_digit);
    if (lower == ".inf" || lower == "inf" || lower == "infinity" || lower == ".nan" ||
        lower == "nan") {
        return name + " is not a finite number";
    }
    if (lower.substr(0, 2) == "0x" || lower.substr(0, 2) == "0o" ||
        lower.substr(0, 2) == "0b") {
        return name + " is not decimal";
    }
    if (has_digit && rest.find('_') != std::string_view::npos) {
        return name + " has an underscore";
    }
    if (has_digit && sign == 1 && text[0] == '+') {
        return name + " has a plus sign";
    }
    return name + " is not a number";
}

/// Takes "e+5" and the like from the end; false where it is malformed.
bool take_exponent(std::string_view text, std::int64_t& exponent) {
    if (text.empty()) {
        return true;
    }
    if (text[0] != 'e' && text[0] != 'E') {
        return false;
    }
    text.remove_prefix(1);
    const bool is_negative = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        text.remove_prefix(1);
    }
    if (text.empty() || leading_digits(text) != text.size()) {
        return false;
    }
    constexpr std::int64_t huge = 1'000'000'000;  // far outside every type
    const auto result =
        std::from_chars(text.data(), text.data() + text.size(), exponent);
    exponent = result.ec == std::errc{} ? std::min(exponent, huge) : huge;
    exponent = is_negative ? -exponent : exponent;
    return true;
}

Parsed<Decimal> parse_decimal(std::string_view text) {
    Decimal number;
    std::string_view rest = text;
    number.is_negative = !rest.empty() && rest[0] == '-';
    rest.remove_prefix(number.is_negative ? 1 : 0);
    const std::size_t whole = leading_digits(rest);
    number.digits = rest.substr(0, whole);
    rest.remove_prefix(whole);
    if (!rest.empty() && rest[0] == '.') {
        rest.remove_prefix(1);
        const std::size_t part = leading_digits(rest);
        number.digits += rest.substr(0, part);
        rest.remove_prefix(part);
    }
    const auto fraction = static_cast<std::int64_t>(number.digits.size() - whole);
    if (number.digits.empty() || !take_exponent(rest, number.exponent)) {
        return {std::nullopt, fault_of(text)};
    }
    if (whole > 1 && number.digits[0] == '0') {
        return {std::nullopt,
                shown(text) + " has a leading zero, which could mean octal"};
    }
    number.exponent -= fraction;
    const std::size_t last = number.digits.find_last_not_of('0');
    const std::size_t kept = last == std::string::npos ? 0 : last + 1;
    number.exponent += static_cast<std::int64_t>(number.digits.size() - kept);
    number.digits.resize(kept);
    number.digits.erase(0, number.digits.find_first_not_of('0'));
    return {number, {}};
}

}  // namespace

Parsed<double> parse_real(std::string_view text) {
    const Parsed<Decimal> decimal = parse_decimal(text);
    if (!decimal.value) {
        return {std::nullopt, decimal.fault};
    }
    if (decimal.value->digits.empty()) {
        return {0.0, {}};
    }
    double value = 0.0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec == std::errc{} && std::isnormal(value)) {
        return {value, {}};
    }
    const auto digits = static_cast<std::int64_t>(decimal.value->digits.size());
    const bool is_large = decimal.value->exponent + digits > 0;
    return {std::nullopt,
            shown(text) + (is_large ? " is too large for a double"
                                    : " is too small for a double (underflow)")};
}

Parsed<std::int64_t> parse_integer(std::string_view text) {
    const Parsed<Decimal> decimal = parse_decimal(text);
    if (!decimal.value) {
        return {std::nullopt, decimal.fault};
    }
    const Decimal& number = *decimal.value;
    if (number.digits.empty()) {
        return {0, {}};
    }
    if (number.exponent < 0) {
        return {std::nullopt, shown(text) + " is not an integer"};
    }
    constexpr std::int64_t most_digits = 19;  // of 2^63 - 1
    std::int64_t value = 0;
    if (static_cast<std::int64_t>(number.digits.size()) + number.exponent <=
        most_digits) {
        const std::string plain =
            (number.is_negative ? "-" : "") + number.digits +
            std::string(static_cast<std::size_t>(number.exponent), '0');
        const auto result =
            std::from_chars(plain.data(), plain.data() + plain.size(), value);
        if (result.ec == std::errc{}) {
            return {value, {}};
        }
    }
    return {std::nullopt, shown(text) + " is beyond 2^63 - 1"};
}

}  // namespace tailrate::plan
