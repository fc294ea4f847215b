#include "plan/kinds.hpp"

#include <algorithm>

#include "core/contracts.hpp"
#include "core/registry.hpp"
#include "model/method.hpp"
#include "model/network.hpp"
#include "model/noise.hpp"
#include "model/noise_field.hpp"
#include "model/problem.hpp"
#include "plan/place.hpp"

namespace tailrate::plan {
namespace {

using Table = std::vector<core::ParameterSpec>;

/// Calls `function` with the section's catalogue.
template <class Function>
auto with_catalogue(Section section, const Function& function) {
    switch (section) {
        case Section::problem:
            return function(core::catalogue<model::Problem>());
        case Section::network:
            return function(core::catalogue<model::Network>());
        case Section::noise:
            return function(core::catalogue<model::Noise>());
        case Section::method:
            break;
    }
    return function(core::catalogue<model::Method>());
}

const Table& common_parameters(Section section) {
    static const Table none;
    switch (section) {
        case Section::problem:
            return model::problem_parameters();
        case Section::noise:
            return model::noise_parameters();
        case Section::network:
        case Section::method:
            break;
    }
    return none;
}

}  // namespace

std::vector<std::string> kinds_of(Section section) {
    return with_catalogue(section, [](const auto& catalogue) {
        std::vector<std::string> keys;
        keys.reserve(catalogue.size());
        for (const auto& entry : catalogue) {
            keys.emplace_back(entry.first);
        }
        return keys;
    });
}

std::optional<Table> parameter_table(Section section, std::string_view kind) {
    auto table =
        with_catalogue(section, [&](const auto& catalogue) -> std::optional<Table> {
            const auto entry = catalogue.find(kind);
            if (entry == catalogue.end()) {
                return std::nullopt;
            }
            return entry->second.parameters;
        });
    if (table) {
        const Table& common = common_parameters(section);
        // Clients come first, the law's own parameters before those of every law.
        const auto place = section == Section::problem ? table->begin() : table->end();
        table->insert(place, common.begin(), common.end());
    }
    return table;
}

const core::ParameterSpec* find_parameter(Section section,
                                          std::string_view kind,
                                          std::string_view name) {
    const auto find_in = [&](const Table& table) -> const core::ParameterSpec* {
        const auto spec =
            std::find_if(table.begin(), table.end(), [&](const core::ParameterSpec& s) {
                return s.name == name;
            });
        return spec == table.end() ? nullptr : &*spec;
    };
    const core::ParameterSpec* common = find_in(common_parameters(section));
    return common != nullptr ? common
                             : with_catalogue(section, [&](const auto& catalogue) {
                                   const auto entry = catalogue.find(kind);
                                   TAILRATE_EXPECTS(entry != catalogue.end());
                                   return find_in(entry->second.parameters);
                               });
}

bool is_default(Section section,
                std::string_view kind,
                std::string_view name,
                const core::Value& value) {
    const core::ParameterSpec* spec = find_parameter(section, kind, name);
    return spec != nullptr && spec->default_value && *spec->default_value == value;
}

int kernel_version(Section section, std::string_view kind) {
    return with_catalogue(section, [&](const auto& catalogue) {
        const auto entry = catalogue.find(kind);
        TAILRATE_EXPECTS(entry != catalogue.end());
        return entry->second.version;
    });
}

std::string allowed_text(const core::ParameterSpec& spec) {
    if (spec.type == core::ValueType::choice) {
        return joined(spec.choices);
    }
    if (spec.type == core::ValueType::path) {
        return "a path";
    }
    const bool is_real = spec.type == core::ValueType::real;
    const std::string range = spec.range.text();
    if (range == "any finite number") {
        return is_real ? range : "any integer";
    }
    const bool is_interval = range[0] == '(' || range[0] == '[';
    return std::string{is_real ? "a number " : "an integer "} +
           (is_interval ? "in " : "") + range;
}

}  // namespace tailrate::plan
