#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "core/errors.hpp"
#include "core/registry.hpp"
#include "model/method.hpp"
#include "model/network.hpp"
#include "model/noise.hpp"
#include "model/noise_field.hpp"
#include "model/problem.hpp"

namespace tailrate::app {
namespace {

using nlohmann::ordered_json;

std::string type_text(const core::ParameterSpec& spec) {
    switch (spec.type) {
        case core::ValueType::real:
            return "number " + spec.range.text();
        case core::ValueType::integer:
            return "integer " + spec.range.text();
        case core::ValueType::path:
            return "path, relative to the experiment file";
        case core::ValueType::choice:
            break;
    }
    std::string text = "one of";
    for (const std::string& choice : spec.choices) {
        text += (&choice == &spec.choices.front() ? " " : ", ") + choice;
    }
    return text;
}

std::string default_text(const core::ParameterSpec& spec) {
    if (spec.default_value) {
        return "default " + core::to_text(*spec.default_value);
    }
    return spec.optional ? "optional" : "required";
}

ordered_json to_json(const core::ParameterSpec& spec) {
    ordered_json json{{"name", spec.name},
                      {"type", type_text(spec)},
                      {"required", !spec.default_value && !spec.optional},
                      {"meaning", spec.meaning}};
    if (spec.default_value) {
        std::visit([&](const auto& value) { json["default"] = value; },
                   *spec.default_value);
    }
    return json;
}

/// Prints the entry when this catalogue has it.
template <class Interface>
bool describe_in(std::string_view section,
                 const std::vector<core::ParameterSpec>& common,
                 const DescribeOptions& options,
                 std::vector<std::string>& keys) {
    for (const auto& item : core::catalogue<Interface>()) {
        keys.emplace_back(item.first);
    }
    const auto found = core::catalogue<Interface>().find(options.key);
    if (found == core::catalogue<Interface>().end()) {
        return false;
    }
    const core::Entry<Interface>& entry = found->second;
    std::vector<core::ParameterSpec> table = entry.parameters;
    table.insert(table.end(), common.begin(), common.end());
    if (options.is_json) {
        ordered_json json{{"key", entry.key},
                          {"section", section},
                          {"summary", entry.summary},
                          {"source", entry.source},
                          {"version", entry.version},
                          {"parameters", ordered_json::array()}};
        for (const core::ParameterSpec& spec : table) {
            json["parameters"].push_back(to_json(spec));
        }
        fmt::print("{}\n", json.dump(2));
        return true;
    }
    fmt::print("{} ({}): {}\nsource: {}\nkernel version: {}\n",
               entry.key,
               section,
               entry.summary,
               entry.source,
               entry.version);
    for (const core::ParameterSpec& spec : table) {
        fmt::print("  {:<18} {}; {}\n  {:<18}   {}\n",
                   spec.name,
                   type_text(spec),
                   default_text(spec),
                   "",
                   spec.meaning);
    }
    return true;
}

}  // namespace

int describe(const DescribeOptions& options) {
    std::vector<std::string> keys;
    if (describe_in<model::Method>("method", {}, options, keys) ||
        describe_in<model::Noise>("noise", model::noise_parameters(), options, keys) ||
        describe_in<model::Problem>(
            "problem", model::problem_parameters(), options, keys) ||
        describe_in<model::Network>("network", {}, options, keys)) {
        return 0;
    }
    throw core::InputError{"tailrate describe: there is no entry '" + options.key +
                           "'; `tailrate list` shows them" +
                           core::suggestion(options.key, keys)};
}

}  // namespace tailrate::app
