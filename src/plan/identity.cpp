#include "plan/identity.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "core/contracts.hpp"
#include "model/block.hpp"
#include "plan/kinds.hpp"
#include "plan/outline.hpp"
#include "random/address.hpp"

namespace tailrate::plan {
namespace {

bool is_path(const Choice& choice,
             Section section,
             std::string_view parameter,
             const core::Value& value) {
    if (!std::holds_alternative<std::string>(value)) {
        return false;
    }
    const core::ParameterSpec* spec = find_parameter(section, choice.kind, parameter);
    TAILRATE_EXPECTS(spec != nullptr);
    return spec->type == core::ValueType::path;
}

/// One "name value" a line for a section of a cell.
void append_section(const Choice& choice,
                    Section section,
                    const std::string& data_digest,
                    std::string& text) {
    const std::string_view name = section_name(section);
    fmt::format_to(std::back_inserter(text),
                   "{0}.kind {1}\n{0}.version {2}\n",
                   name,
                   choice.kind,
                   kernel_version(section, choice.kind));
    for (const auto& [parameter, value] : choice.parameters) {
        text += name;
        text += '.';
        text += parameter;
        text += ' ';
        text += is_path(choice, section, parameter, value) ? data_digest
                                                           : core::to_text(value);
        text += '\n';
    }
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
        append_section(experiment.at(cell, section), section, data_digest, text);
    }
    return text;
}

std::string without_versions(std::string_view identity) {
    std::string kept;
    while (!identity.empty()) {
        const std::size_t end = std::min(identity.find('\n'), identity.size() - 1);
        const std::string_view line = identity.substr(0, end + 1);
        const std::string_view name = line.substr(0, line.find(' '));
        if (name != "engine" && name != "stream" && !name.ends_with(".version")) {
            kept += line;
        }
        identity.remove_prefix(end + 1);
    }
    return kept;
}

core::Digest row_key(std::string_view identity, std::size_t block) {
    core::Sha256 hash;
    hash.update(identity);
    hash.update(fmt::format("first_seed {}\n", block * model::lanes));
    return hash.finish();
}

}  // namespace tailrate::plan
