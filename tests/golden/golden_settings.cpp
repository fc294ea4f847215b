#include "golden/golden_settings.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace tailrate::test {
namespace {

/// A number that is neither the default nor what typical() takes.
core::Value other_number(const core::ParameterSpec& spec, const core::Value& usual) {
    if (const auto* whole = std::get_if<std::int64_t>(&usual)) {
        return *whole + 3;
    }
    double other = std::get<double>(usual);
    for (const double candidate : std::array{0.125, 0.25, 2.5, 0.75}) {
        if (spec.range.contains(candidate) && candidate != std::get<double>(usual)) {
            other = candidate;
        }
    }
    return other;
}

/// Every number at another value, and the other of two alternatives.
core::Parameters changed(const std::vector<core::ParameterSpec>& table) {
    const core::Parameters usual = typical(table);
    core::Parameters parameters;
    for (const core::ParameterSpec& spec : table) {
        if (spec.name == "clip_scale") {
            parameters.set(spec.name, 1.5);
        } else if (spec.name != "effective_step") {
            const core::Value& value = usual.value(spec.name);
            const bool is_number =
                spec.type == core::ValueType::real ||
                (spec.type == core::ValueType::integer && spec.default_value);
            parameters.set(spec.name, is_number ? other_number(spec, value) : value);
        }
    }
    return parameters;
}

}  // namespace

core::Parameters typical(const std::vector<core::ParameterSpec>& table) {
    core::Parameters parameters;
    for (const core::ParameterSpec& spec : table) {
        if (spec.default_value) {
            parameters.set(spec.name, *spec.default_value);
        } else if (spec.type == core::ValueType::integer) {
            parameters.set(spec.name, std::int64_t{4});
        } else if (spec.type == core::ValueType::path) {
            parameters.set(spec.name, std::string{"breast_cancer.libsvm"});
        } else if (spec.name != "clip_scale") {
            parameters.set(spec.name, spec.range.contains(1.5) ? 1.5 : 0.25);
        }
    }
    return parameters;
}

std::vector<Setting> settings_of(const std::vector<core::ParameterSpec>& table) {
    std::vector<Setting> settings{{"", typical(table)}};
    const core::Parameters other = changed(table);
    if (!(other == settings.front().parameters)) {
        settings.push_back({"/changed", other});
    }
    for (const core::ParameterSpec& spec : table) {
        for (const std::string& choice : spec.choices) {
            core::Parameters chosen = other;
            chosen.set(spec.name, choice);
            if (!(chosen == other)) {
                std::string name = "/changed,";
                name.append(spec.name).append("=").append(choice);
                settings.push_back({name, chosen});
            }
        }
        if (spec.name == "heterogeneity") {  // with equal Hessians
            core::Parameters chosen = typical(table);
            chosen.set(spec.name, 3.0);
            settings.push_back({"/heterogeneity=3", chosen});
        }
    }
    return settings;
}

}  // namespace tailrate::test
