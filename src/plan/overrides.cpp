#include "plan/overrides.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/errors.hpp"
#include "plan/kinds.hpp"

namespace tailrate::plan {
namespace {

/// One --set: dotted key and value.
struct Change {
    std::string key;
    Node value;
};

/// What --set may change at the top level.
const std::vector<std::string>& settable_keys() {
    static const std::vector<std::string> keys{"name",
                                               "description",
                                               "master_seed",
                                               "seeds",
                                               "horizon",
                                               "points_per_decade",
                                               "metrics",
                                               "keep",
                                               "rates.window_decades"};
    return keys;
}

Change read_change(const std::string& argument) {
    const auto source = std::make_shared<const std::string>("--set " + argument);
    const std::size_t sign = argument.find('=');
    if (sign == std::string::npos || sign == 0) {
        fail(Place{source, 0, 0},
             "not of the form key=value, as in problem.clients=20");
    }
    Change change{argument.substr(0, sign),
                  read_tree(argument.substr(sign + 1), source, Lines::none)};
    if (change.value.kind == NodeKind::map) {
        fail(change.value.place,
             fmt::format("{} as a value; allowed: a value or a list",
                         described(change.value)));
    }
    return change;
}

/// Sets the leaf at a dotted name, making the maps on its way.
void set_leaf(Node& map, std::string_view name, const Node& value) {
    const std::size_t dot = name.find('.');
    const std::string key{name.substr(0, dot)};
    Node* found = map.find(key);
    if (found == nullptr) {
        Node made;
        made.kind = NodeKind::map;
        made.place = value.place;
        map.members.push_back({key, value.place, std::move(made)});
        found = &map.members.back().value;
    }
    if (dot == std::string_view::npos) {
        *found = value;
        return;
    }
    if (found->kind != NodeKind::map) {
        fail(found->place,
             fmt::format("{}: {} where a map belongs", key, described(*found)));
    }
    set_leaf(*found, name.substr(dot + 1), value);
}

bool has_parameter(const Family& family, std::string_view name) {
    const auto table = parameter_table(family.section, family.kind);
    return std::any_of(
        table->begin(), table->end(), [&](const core::ParameterSpec& spec) {
            return spec.name == name;
        });
}

/// "section.name" and "section.kind.name" of everything that the file's maps have.
std::vector<std::string> settable_names(const Outline& outline) {
    std::vector<std::string> names = settable_keys();
    for (const Section section : all_sections) {
        for (const auto& family : outline.families(section)) {
            const auto table = parameter_table(section, family->kind);
            for (const core::ParameterSpec& spec : *table) {
                names.push_back(fmt::format("{}.{}", section_name(section), spec.name));
                names.push_back(fmt::format(
                    "{}.{}.{}", section_name(section), family->kind, spec.name));
            }
        }
    }
    return names;
}

[[noreturn]] void refuse(const Change& change, const Outline& outline) {
    fail(change.value.place,
         fmt::format(
             "nothing in the file has the key {}; allowed: {}, SECTION.KEY and "
             "SECTION.KIND.KEY with a key of a map of problem, network, noise or "
             "method, but not kind{}",
             shown(change.key),
             joined(settable_keys()),
             core::suggestion(change.key, settable_names(outline))));
}

/// Changes the maps of `section` that have the parameter, all or those of one kind.
bool change_section(const Change& change, Section section, Outline& outline) {
    const std::string_view name =
        std::string_view{change.key}.substr(section_name(section).size() + 1);
    const std::string_view kind = name.substr(0, name.find('.'));
    bool is_used = false;
    for (const auto& family : outline.families(section)) {
        const bool names_kind = kind == family->kind && kind.size() < name.size();
        const std::string_view path = names_kind ? name.substr(kind.size() + 1) : name;
        if (has_parameter(*family, path)) {
            set_leaf(family->map, path, change.value);
            is_used = true;
        }
    }
    return is_used;
}

void apply_change(const Change& change, Outline& outline) {
    const auto& keys = settable_keys();
    if (std::find(keys.begin(), keys.end(), change.key) != keys.end()) {
        set_leaf(outline.settings, change.key, change.value);
        return;
    }
    const auto section =
        std::find_if(all_sections.begin(), all_sections.end(), [&](Section candidate) {
            const std::string prefix{section_name(candidate)};
            return change.key.substr(0, prefix.size() + 1) == prefix + ".";
        });
    if (section == all_sections.end() || !change_section(change, *section, outline)) {
        refuse(change, outline);
    }
}

}  // namespace

void apply(const Overrides& overrides, Outline& outline) {
    for (const std::string& argument : overrides.set) {
        apply_change(read_change(argument), outline);
    }
    if (overrides.seeds != 0) {
        const std::string number = std::to_string(overrides.seeds);
        Node value;
        value.kind = NodeKind::plain;
        value.place = {std::make_shared<const std::string>("--seeds " + number), 0, 0};
        value.text = number;
        set_leaf(outline.settings, "seeds", value);
    }
}

}  // namespace tailrate::plan
