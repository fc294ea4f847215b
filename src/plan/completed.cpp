#include "plan/completed.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "plan/kinds.hpp"

namespace tailrate::plan {
namespace {

std::string in_quotes(std::string_view text) {
    std::string result = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') {
            result += '\\';
        }
        result += letter;
    }
    return result + '"';
}

/// A map in the making: nested maps appear where their first leaf was added.
struct Branch {
    std::string key;
    std::string value;             ///< of a leaf
    std::vector<Branch> branches;  ///< of a map
};

void add_leaf(std::vector<Branch>& branches,
              std::string_view name,
              const std::string& value) {
    const std::size_t dot = name.find('.');
    const std::string_view key = name.substr(0, dot);
    if (dot == std::string_view::npos) {
        branches.push_back({std::string{key}, value, {}});
        return;
    }
    auto branch = std::find_if(branches.begin(), branches.end(), [&](const Branch& b) {
        return b.key == key;
    });
    if (branch == branches.end()) {
        branches.push_back({std::string{key}, {}, {}});
        branch = std::prev(branches.end());
    }
    add_leaf(branch->branches, name.substr(dot + 1), value);
}

std::string flow_map(const std::vector<Branch>& branches) {
    std::vector<std::string> entries;
    for (const Branch& branch : branches) {
        const bool is_leaf = branch.branches.empty();
        entries.push_back(fmt::format(
            "{}: {}", branch.key, is_leaf ? branch.value : flow_map(branch.branches)));
    }
    return "{" + joined(entries) + "}";
}

std::string value_text(const core::Value& value, core::ValueType type) {
    const std::string text = core::to_text(value);
    return type == core::ValueType::path ? in_quotes(text) : text;
}

std::string leaf_text(const Leaf& leaf, const std::vector<core::ParameterSpec>& table) {
    const auto spec = std::find_if(
        table.begin(), table.end(), [&](const auto& s) { return s.name == leaf.name; });
    std::vector<std::string> values;
    for (const core::Value& value : leaf.values) {
        values.push_back(value_text(value, spec->type));
    }
    return values.size() == 1 ? values.front() : "[" + joined(values) + "]";
}

/// Axes first, in their order, which is that of the cells.
std::string family_text(const Family& family) {
    const auto table = parameter_table(family.section, family.kind);
    std::vector<Branch> branches{{"kind", family.kind, {}}};
    for (const std::size_t axis : family.axes) {
        add_leaf(
            branches, family.leaves[axis].name, leaf_text(family.leaves[axis], *table));
    }
    for (const Leaf& leaf : family.leaves) {
        if (leaf.values.size() == 1) {
            add_leaf(branches, leaf.name, leaf_text(leaf, *table));
        }
    }
    return flow_map(branches);
}

std::string part_text(const Part& part, const std::string& indent) {
    std::string text;
    for (const Section section : all_sections) {
        if (!part.at(section)) {
            continue;
        }
        text += fmt::format("{}{}:\n", indent, section_name(section));
        for (const auto& family : *part.at(section)) {
            text += fmt::format("{}  - {}\n", indent, family_text(*family));
        }
    }
    return text;
}

std::string parts_text(const std::vector<Part>& parts) {
    if (parts.empty()) {
        return {};
    }
    std::string text = "parts:\n";
    for (const Part& part : parts) {
        const std::string own = part_text(part, "    ");
        text += own.empty() ? "  - {}\n" : "  - " + own.substr(4);
    }
    return text;
}

/// Nothing for the default: files of before this key read the same.
std::string keep_text(Keep keep) {
    return keep == Keep::summary ? "keep: summary\n" : "";
}

std::string tuning_text(const std::optional<Tuning>& tuning) {
    return tuning ? fmt::format("tuning: {{first_seed: {}, seeds: {}}}\n",
                                tuning->first_seed,
                                tuning->seeds)
                  : std::string{};
}

}  // namespace

std::string completed_text(const Outline& outline, const Experiment& experiment) {
    return fmt::format(
               "schema: {}\nname: {}\ndescription: {}\nmaster_seed: {}\nseeds: {}\n"
               "horizon: {}\npoints_per_decade: {}\nmetrics: [{}]\n",
               schema_version,
               in_quotes(experiment.name),
               in_quotes(experiment.description),
               experiment.master_seed,
               experiment.seeds,
               experiment.horizon,
               experiment.points_per_decade,
               joined(experiment.metrics)) +
           keep_text(experiment.keep) + part_text(outline.top, "") +
           parts_text(outline.parts) +
           fmt::format("rates: {{window_decades: {}}}\n",
                       core::to_text(experiment.window_decades)) +
           tuning_text(experiment.tuning);
}

}  // namespace tailrate::plan
