#include "plan/identity.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/contracts.hpp"
#include "plan/kinds.hpp"
#include "plan/outline.hpp"
#include "random/address.hpp"

namespace tailrate::plan {
namespace {

std::string section_identity(const Choice& choice,
                             Section section,
                             const std::string& data_digest) {
    const std::string_view name = section_name(section);
    const auto table = parameter_table(section, choice.kind);
    TAILRATE_EXPECTS(table.has_value());
    std::string text = fmt::format("{0}.kind {1}\n{0}.version {2}\n",
                                   name,
                                   choice.kind,
                                   kernel_version(section, choice.kind));
    for (const auto& entry : choice.parameters) {
        const auto spec = std::find_if(
            table->begin(), table->end(), [&](const core::ParameterSpec& s) {
                return s.name == entry.first;
            });
        TAILRATE_EXPECTS(spec != table->end());
        const bool is_path = spec->type == core::ValueType::path;
        text += fmt::format("{}.{} {}\n",
                            name,
                            entry.first,
                            is_path ? data_digest : core::to_text(entry.second));
    }
    return text;
}

}  // namespace

std::string law_identity(const Choice& noise) {
    std::string text = noise.kind;
    for (const auto& [name, value] : noise.parameters) {
        if (name != "scale" && name != "unit" && name != "client_spread") {
            text += fmt::format("\n{} {}", name, core::to_text(value));
        }
    }
    return text;
}

std::string identity_of(const Experiment& experiment,
                        const Cell& cell,
                        int engine,
                        const std::string& data_digest) {
    std::string text = fmt::format(
        "engine {}\nstream {}\nmaster_seed {}\nhorizon {}\n"
        "points_per_decade {}\nmetrics {}\n",
        engine,
        random::stream_version,
        experiment.master_seed,
        experiment.horizon,
        experiment.points_per_decade,
        fmt::join(experiment.metrics, " "));
    for (const Section section : all_sections) {
        text += section_identity(experiment.at(cell, section), section, data_digest);
    }
    return text;
}

}  // namespace tailrate::plan
