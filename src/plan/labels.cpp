#include "plan/labels.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string_view>

#include "plan/kinds.hpp"
#include "plan/outline.hpp"

namespace tailrate::plan {
namespace {

/// A parameter's value among the choices looked at, until a second one is met.
struct Seen {
    std::size_t choices = 0;
    std::optional<core::Value> value;
    bool varies = false;
    bool is_axis = false;
};

void look_at(const Choice& choice, std::map<std::string, Seen>& seen) {
    for (const auto& [name, value] : choice.parameters) {
        Seen& entry = seen[name];
        entry.varies = entry.varies || (entry.value && *entry.value != value);
        entry.value = value;
        ++entry.choices;
    }
}

/// What varies among the choices of one kind; being absent counts as a value.
struct KindSummary {
    std::size_t choices = 0;
    std::map<std::string, Seen> seen;

    [[nodiscard]] bool varies(const std::string& name) const {
        const Seen& entry = seen.at(name);
        return entry.varies || entry.choices != choices;
    }
};

using Kinds = std::map<std::string, KindSummary>;

/// "name=value ..." of what varies, without `left_out`.
std::string varying_text(const Choice& choice,
                         const KindSummary& kind,
                         std::string_view left_out = {}) {
    std::string text;
    for (const auto& [name, value] : choice.parameters) {
        if (name != left_out && kind.varies(name)) {
            text += (text.empty() ? "" : " ") + name + "=" + core::to_text(value);
        }
    }
    return text;
}

/// Whether two choices differ in this parameter only: then its value is told
/// everywhere, else not where it is the default.
bool is_axis(const std::vector<Choice>& choices,
             const std::string& kind,
             const KindSummary& summary,
             const std::string& name) {
    std::set<std::string> others;
    return std::any_of(choices.begin(), choices.end(), [&](const Choice& choice) {
        return choice.kind == kind &&
               !others.insert(varying_text(choice, summary, name)).second;
    });
}

Kinds summaries(const std::vector<Choice>& choices) {
    Kinds kinds;
    for (const Choice& choice : choices) {
        KindSummary& kind = kinds[choice.kind];
        ++kind.choices;
        look_at(choice, kind.seen);
    }
    for (auto& [key, kind] : kinds) {
        for (auto& [name, seen] : kind.seen) {
            seen.is_axis = kind.varies(name) && is_axis(choices, key, kind, name);
        }
    }
    return kinds;
}

/// Per choice of a section its part of the label, empty where there is nothing to tell.
std::vector<std::string> choice_labels(const std::vector<Choice>& choices,
                                       Section section) {
    const Kinds kinds = summaries(choices);
    const bool has_kind = section == Section::method || kinds.size() > 1;
    std::vector<std::string> labels;
    for (const Choice& choice : choices) {
        std::string label = has_kind ? choice.kind : "";
        const KindSummary& kind = kinds.at(choice.kind);
        for (const auto& [name, value] : choice.parameters) {
            const bool is_plain = !kind.seen.at(name).is_axis &&
                                  is_default(section, choice.kind, name, value);
            if (kind.varies(name) && !is_plain) {
                label += (label.empty() ? "" : " ") + name + "=" + core::to_text(value);
            }
        }
        labels.push_back(std::move(label));
    }
    return labels;
}

constexpr std::array label_order{
    Section::method, Section::noise, Section::problem, Section::network};

/// Per cell the labels of its choices in the sections of `order`.
std::vector<std::string> labels_of(const Experiment& experiment,
                                   std::span<const Section> order) {
    std::array<std::vector<std::string>, sections> parts;
    for (std::size_t s = 0; s < sections; ++s) {
        parts[s] = choice_labels(experiment.choices[s], all_sections[s]);
    }
    std::vector<std::string> labels;
    labels.reserve(experiment.cells.size());
    for (const Cell& cell : experiment.cells) {
        std::string label;
        for (const Section section : order) {
            const std::string& part =
                parts[static_cast<std::size_t>(section)][cell.at(section)];
            label += (label.empty() || part.empty() ? "" : " ") + part;
        }
        labels.push_back(std::move(label));
    }
    return labels;
}

}  // namespace

std::vector<VaryingParameter> varying_parameters(const Experiment& experiment) {
    std::vector<VaryingParameter> varying;
    for (std::size_t s = 0; s < sections; ++s) {
        std::map<std::string, Seen> seen;
        std::vector<std::string> order;
        for (const Choice& choice : experiment.choices[s]) {
            for (const auto& entry : choice.parameters) {
                if (seen.find(entry.first) == seen.end()) {
                    order.push_back(entry.first);
                    seen[entry.first] = {};
                }
            }
            look_at(choice, seen);
        }
        for (const std::string& name : order) {
            if (seen.at(name).varies) {
                varying.push_back({all_sections[s], name});
            }
        }
    }
    return varying;
}

std::vector<std::string> labels(const Experiment& experiment) {
    return labels_of(experiment, label_order);
}

std::vector<std::string> setting_labels(const Experiment& experiment) {
    return labels_of(experiment, std::span{label_order}.subspan(1));
}

}  // namespace tailrate::plan
