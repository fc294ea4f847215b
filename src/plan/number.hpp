#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Numbers as the text of a plain scalar: decimal digits with an optional minus, point
/// and exponent. Nothing else is a number: no leading zero or plus, no hexadecimal,
/// underscore, infinity or NaN.
namespace tailrate::plan {

/// A number, or what is wrong with its text.
template <class Number>
struct Parsed {
    std::optional<Number> value;
    std::string fault;
};

/// The nearest double; 0 for -0. Numbers beyond its normal range are faults.
[[nodiscard]] Parsed<double> parse_real(std::string_view text);

/// An integer, also written 1e5 or 1.5e3.
[[nodiscard]] Parsed<std::int64_t> parse_integer(std::string_view text);

}  // namespace tailrate::plan
