#include "plan/family.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/contracts.hpp"
#include "core/errors.hpp"
#include "plan/kinds.hpp"

namespace tailrate::plan {
namespace {

using core::ParameterSpec;
using Table = std::vector<ParameterSpec>;

/// The leaves of a map with their dotted names, in file order.
using Written = std::vector<std::pair<std::string, const Node*>>;

const ParameterSpec* find_spec(const Table& table, std::string_view name) {
    const auto spec =
        std::find_if(table.begin(), table.end(), [&](const ParameterSpec& s) {
            return s.name == name;
        });
    return spec == table.end() ? nullptr : &*spec;
}

[[noreturn]] void refuse_key(const Member& member,
                             const Family& family,
                             const Table& table,
                             const std::string& prefix) {
    std::vector<std::string> keys = keys_below(table, prefix);
    if (prefix.empty()) {
        keys.insert(keys.begin(), "kind");
    }
    std::string hint = core::suggestion(member.key, keys);
    const std::size_t dot = member.key.find('.');
    if (find_spec(table, prefix + member.key) != nullptr && dot != std::string::npos) {
        hint = fmt::format("; did you mean '{}: {{{}: ...}}'?",
                           member.key.substr(0, dot),
                           member.key.substr(dot + 1));
    }
    fail(member.place,
         fmt::format(
             "unknown key {} in {}; allowed: {}{}",
             shown(member.key),
             fmt::format("{} {}{}{}",
                         section_name(family.section),
                         family.kind,
                         prefix.empty() ? "" : ", ",
                         prefix.substr(0, prefix.empty() ? 0 : prefix.size() - 1)),
             joined(keys),
             hint));
}

void collect(const Node& map,
             const std::string& prefix,
             const Family& family,
             const Table& table,
             Written& written) {
    for (const Member& member : map.members) {
        const std::string name = prefix + member.key;
        const bool is_kind = prefix.empty() && member.key == "kind";
        const bool is_dotted = member.key.find('.') != std::string::npos;
        if (is_kind) {
            continue;
        }
        if (!is_dotted && find_spec(table, name) != nullptr) {
            written.emplace_back(name, &member.value);
        } else if (!is_dotted && !keys_below(table, name + ".").empty()) {
            if (member.value.kind != NodeKind::map) {
                fail(member.value.place,
                     fmt::format("{}: {} where a map belongs; allowed keys: {}",
                                 name,
                                 described(member.value),
                                 joined(keys_below(table, name + "."))));
            }
            collect(member.value, name + ".", family, table, written);
        } else {
            refuse_key(member, family, table, prefix);
        }
    }
}

Leaf read_list(const Node& list, const ParameterSpec& spec) {
    Leaf leaf{.name = std::string{spec.name}, .values = {}, .places = {}};
    if (list.items.empty()) {
        fail(list.place,
             fmt::format("{}: an empty list; allowed: {}, or a list of such",
                         spec.name,
                         allowed_text(spec)));
    }
    std::map<core::Value, Place> seen;
    for (const Node& item : list.items) {
        core::Value value = read_value(item, spec, spec.name);
        const auto [first, is_new] = seen.emplace(value, item.place);
        if (!is_new) {
            fail(item.place,
                 fmt::format("{}: {} is twice in the list; it is already at {}",
                             spec.name,
                             core::to_text(value),
                             to_text(first->second)));
        }
        leaf.values.push_back(std::move(value));
        leaf.places.push_back(item.place);
    }
    return leaf;
}

Leaf read_leaf(const Node& node, const ParameterSpec& spec) {
    if (node.kind == NodeKind::list) {
        return read_list(node, spec);
    }
    return {std::string{spec.name}, {read_value(node, spec, spec.name)}, {node.place}};
}

[[noreturn]] void refuse_absence(const Family& family, const ParameterSpec& spec) {
    fail(family.place,
         fmt::format("{} {}: {} is missing; allowed: {}",
                     section_name(family.section),
                     family.kind,
                     spec.name,
                     allowed_text(spec)));
}

}  // namespace

const Leaf* Family::find(std::string_view name) const {
    const auto leaf = std::find_if(
        leaves.begin(), leaves.end(), [&](const Leaf& l) { return l.name == name; });
    return leaf == leaves.end() ? nullptr : &*leaf;
}

std::vector<std::string> keys_below(const Table& table, std::string_view prefix) {
    std::vector<std::string> keys;
    for (const ParameterSpec& spec : table) {
        if (spec.name.substr(0, prefix.size()) != prefix) {
            continue;
        }
        const std::string_view rest = spec.name.substr(prefix.size());
        const std::string_view key = rest.substr(0, rest.find('.'));
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
            keys.emplace_back(key);
        }
    }
    return keys;
}

void read_leaves(Family& family) {
    const std::optional<Table> table = parameter_table(family.section, family.kind);
    TAILRATE_EXPECTS(table.has_value());
    Written written;
    collect(family.map, "", family, *table, written);
    for (const ParameterSpec& spec : *table) {
        const auto found =
            std::find_if(written.begin(), written.end(), [&](const auto& w) {
                return w.first == spec.name;
            });
        if (found != written.end()) {
            family.leaves.push_back(read_leaf(*found->second, spec));
        } else if (spec.default_value) {
            family.leaves.push_back(
                {std::string{spec.name}, {*spec.default_value}, {}});
        } else if (!spec.optional) {
            refuse_absence(family, spec);
        }
    }
    for (const auto& entry : written) {
        const Leaf* leaf = family.find(entry.first);
        if (leaf->values.size() > 1) {
            family.axes.push_back(
                static_cast<std::size_t>(leaf - family.leaves.data()));
        }
    }
}

}  // namespace tailrate::plan
