#include "core/parameters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/contracts.hpp"

namespace tailrate::core {
namespace {

constexpr double longest = 1e15;  // of a whole number that is written with all digits

}  // namespace

bool Range::contains(double value) const {
    return (lowest_open ? value > lowest : value >= lowest) &&
           (highest_open ? value < highest : value <= highest);
}

std::string Range::text() const {
    const auto bound = [](double value) {
        const bool is_whole = value == std::trunc(value) && std::abs(value) < longest;
        return is_whole ? std::to_string(static_cast<std::int64_t>(value))
                        : to_text(value);
    };
    if (std::isinf(highest) && std::isinf(lowest)) {
        return "any finite number";
    }
    if (std::isinf(highest)) {
        return (lowest_open ? "> " : ">= ") + bound(lowest);
    }
    if (std::isinf(lowest)) {
        return (highest_open ? "< " : "<= ") + bound(highest);
    }
    return (lowest_open ? "(" : "[") + bound(lowest) + ", " + bound(highest) +
           (highest_open ? ")" : "]");
}

void Parameters::set(std::string_view name, Value value) {
    for (auto& entry : entries_) {
        if (entry.first == name) {
            entry.second = std::move(value);
            return;
        }
    }
    entries_.emplace_back(std::string{name}, std::move(value));
}

bool Parameters::has(std::string_view name) const {
    return std::any_of(entries_.begin(), entries_.end(), [&](const auto& entry) {
        return entry.first == name;
    });
}

const Value& Parameters::value(std::string_view name) const {
    const auto entry = std::find_if(entries_.begin(),
                                    entries_.end(),
                                    [&](const auto& e) { return e.first == name; });
    TAILRATE_EXPECTS(entry != entries_.end());
    return entry->second;
}

double Parameters::real(std::string_view name) const {
    const double* found = std::get_if<double>(&value(name));
    TAILRATE_EXPECTS(found != nullptr);
    return *found;
}

std::int64_t Parameters::integer(std::string_view name) const {
    const std::int64_t* found = std::get_if<std::int64_t>(&value(name));
    TAILRATE_EXPECTS(found != nullptr);
    return *found;
}

const std::string& Parameters::text(std::string_view name) const {
    const std::string* found = std::get_if<std::string>(&value(name));
    TAILRATE_EXPECTS(found != nullptr);
    return *found;
}

std::string to_text(double value) {
    std::array<char, 32> buffer{};
    const auto result =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), result.ptr};
}

std::string to_text(const Value& value) {
    if (const auto* number = std::get_if<double>(&value)) {
        return to_text(*number);
    }
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        return std::to_string(*integer);
    }
    return std::get<std::string>(value);
}

}  // namespace tailrate::core
