#include "plan/number.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace tailrate::plan {
namespace {

template <class Number>
void check_value(const std::string& text, const Parsed<Number>& parsed, Number value) {
    CAPTURE(text);
    REQUIRE(parsed.value.has_value());
    CHECK(*parsed.value == value);
}

template <class Number>
void check_fault(const std::string& text,
                 const Parsed<Number>& parsed,
                 const std::string& fault) {
    CAPTURE(text);
    CAPTURE(parsed.fault);
    CHECK_FALSE(parsed.value.has_value());
    CHECK(parsed.fault.find(fault) != std::string::npos);
}

}  // namespace

TEST_CASE("reals are decimal numbers in the normal range") {
    const std::vector<std::pair<std::string, double>> cases{
        {"0", 0.0},
        {"0.0", 0.0},
        {"-0", 0.0},
        {"1.5", 1.5},
        {"-2", -2.0},
        {".5", 0.5},
        {"5.", 5.0},
        {"1e5", 1e5},
        {"1E+5", 1e5},
        {"2.5e-3", 2.5e-3},
        {"0.1", 0.1},
        {"1e308", 1e308},
        {"0e999999999999999999999", 0.0},
        {"2.2250738585072014e-308", 0x1p-1022},
        {"123456789012345678901234567890", 123456789012345678901234567890.0}};
    for (const auto& [text, value] : cases) {
        check_value(text, parse_real(text), value);
    }
    CHECK_FALSE(std::signbit(*parse_real("-0").value));
}

TEST_CASE("other notations of reals are refused with their reason") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "not a number"},
        {"-", "not a number"},
        {".", "not a number"},
        {"e5", "not a number"},
        {"1e", "not a number"},
        {"1e+", "not a number"},
        {"1 2", "not a number"},
        {"1,5", "not a number"},
        {"true", "not a number"},
        {"1.2.3", "not a number"},
        {"--1", "not a number"},
        {"010", "leading zero"},
        {"-010", "leading zero"},
        {"00", "leading zero"},
        {"01.5", "leading zero"},
        {"0x10", "not decimal"},
        {"0X1p3", "not decimal"},
        {"0o17", "not decimal"},
        {"0b1", "not decimal"},
        {"1_000", "underscore"},
        {"+5", "plus sign"},
        {".inf", "not a finite number"},
        {"-.INF", "not a finite number"},
        {"inf", "not a finite number"},
        {"nan", "not a finite number"},
        {".NaN", "not a finite number"},
        {"1e400", "too large"},
        {"-1e400", "too large"},
        {"1e-400", "underflow"},
        {"1e-310", "underflow"},
        {"-1e-999999999999", "underflow"}};
    for (const auto& [text, fault] : cases) {
        check_fault(text, parse_real(text), fault);
    }
}

TEST_CASE("integers may have an exponent and must be exact") {
    const std::vector<std::pair<std::string, std::int64_t>> cases{
        {"0", 0},
        {"-0", 0},
        {"7", 7},
        {"-7", -7},
        {"1e5", 100000},
        {"1.5e3", 1500},
        {"100e-2", 1},
        {"10.0", 10},
        {"1e18", 1000000000000000000},
        {"0e99999999999999999999", 0},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN}};
    for (const auto& [text, value] : cases) {
        check_value(text, parse_integer(text), value);
    }
}

TEST_CASE("texts that are no 64-bit integer are refused with their reason") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"1.5", "not an integer"},
        {"1e-3", "not an integer"},
        {"1e-9999999999999999999", "not an integer"},
        {"15e-1", "not an integer"},
        {"9223372036854775808", "beyond 2^63"},
        {"1e19", "beyond 2^63"},
        {"1e99999999999999999999", "beyond 2^63"},
        {"010", "leading zero"},
        {"0x1F", "not decimal"},
        {"+5", "plus sign"},
        {"1_0", "underscore"},
        {"ten", "not a number"}};
    for (const auto& [text, fault] : cases) {
        check_fault(text, parse_integer(text), fault);
    }
}

}  // namespace tailrate::plan
