#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "core/errors.hpp"
#include "plan/family.hpp"
#include "plan/kinds.hpp"
#include "plan/number.hpp"

namespace tailrate::plan {
namespace {

using core::ParameterSpec;
using core::Value;
using core::ValueType;

[[noreturn]] void refuse(const Node& node,
                         const ParameterSpec& spec,
                         std::string_view name,
                         const std::string& fault,
                         const std::string& hint = {}) {
    fail(node.place,
         fmt::format("{}: {}; allowed: {}{}", name, fault, allowed_text(spec), hint));
}

template <class Number>
Number read_number(const Node& node, const ParameterSpec& spec, std::string_view name) {
    if (node.kind == NodeKind::quoted) {
        refuse(node, spec, name, described(node) + " is in quotes, so it is no number");
    }
    Parsed<Number> parsed;
    if constexpr (std::is_same_v<Number, double>) {
        parsed = parse_real(node.text);
    } else {
        parsed = parse_integer(node.text);
    }
    if (!parsed.value) {
        refuse(node, spec, name, parsed.fault);
    }
    if (!spec.range.contains(static_cast<double>(*parsed.value))) {
        refuse(node, spec, name, node.text + " is out of range");
    }
    return *parsed.value;
}

Value read_choice(const Node& node, const ParameterSpec& spec, std::string_view name) {
    const auto& choices = spec.choices;
    if (std::find(choices.begin(), choices.end(), node.text) == choices.end()) {
        refuse(node,
               spec,
               name,
               "unknown value " + described(node),
               core::suggestion(node.text, choices));
    }
    return node.text;
}

}  // namespace

Value read_value(const Node& node, const ParameterSpec& spec, std::string_view name) {
    if (node.kind != NodeKind::plain && node.kind != NodeKind::quoted) {
        refuse(node, spec, name, described(node) + " is no value");
    }
    switch (spec.type) {
        case ValueType::real:
            return read_number<double>(node, spec, name);
        case ValueType::integer:
            return read_number<std::int64_t>(node, spec, name);
        case ValueType::choice:
            return read_choice(node, spec, name);
        case ValueType::path:
            break;
    }
    if (node.text.empty() || node.text.find_first_of("\n\r\t") != std::string::npos) {
        refuse(node, spec, name, described(node) + " is no path");
    }
    return node.text;
}

}  // namespace tailrate::plan
