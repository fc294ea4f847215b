#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tailrate::core {

/// A parameter's value. Integers and reals are different types: 1e5 is an integer where
/// an integer is asked for.
using Value = std::variant<double, std::int64_t, std::string>;

enum class ValueType { real, integer, choice, path };

/// Admissible numbers; an open end does not belong to the range.
struct Range {
    double lowest = -std::numeric_limits<double>::infinity();
    double highest = std::numeric_limits<double>::infinity();
    bool lowest_open = false;
    bool highest_open = false;

    [[nodiscard]] bool contains(double value) const;
    /// For messages: "> 0", ">= 1", "[0, 1)", "(0, 1]".
    [[nodiscard]] std::string text() const;
};

/// Row of the parameter table of a catalogue entry.
struct ParameterSpec {
    std::string_view name;  ///< dotted, for example "step.scale"
    ValueType type = ValueType::real;
    std::optional<Value> default_value = std::nullopt;
    bool optional = false;  ///< may be absent although it has no default
    Range range = {};
    std::vector<std::string> choices = {};  ///< admissible texts of a `choice`
    std::string_view meaning;
};

/// The values of one section of one cell by dotted name, in the order of the spec
/// table.
class Parameters {
  public:
    /// Adds or replaces.
    void set(std::string_view name, Value value);
    [[nodiscard]] bool has(std::string_view name) const;
    /// The value; a contract violation when it is absent or of another type.
    [[nodiscard]] double real(std::string_view name) const;
    [[nodiscard]] std::int64_t integer(std::string_view name) const;
    [[nodiscard]] const std::string& text(std::string_view name) const;
    [[nodiscard]] const Value& value(std::string_view name) const;

    [[nodiscard]] auto begin() const { return entries_.begin(); }

    [[nodiscard]] auto end() const { return entries_.end(); }

    [[nodiscard]] bool operator==(const Parameters&) const = default;

  private:
    std::vector<std::pair<std::string, Value>> entries_;
};

/// Shortest text that reads back as the same value: 0.1, 100000, norm.
[[nodiscard]] std::string to_text(const Value& value);
[[nodiscard]] std::string to_text(double value);

}  // namespace tailrate::core
