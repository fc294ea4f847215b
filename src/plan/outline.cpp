#include "plan/outline.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/contracts.hpp"
#include "core/errors.hpp"
#include "plan/kinds.hpp"

namespace tailrate::plan {
namespace {

std::optional<Section> section_of(std::string_view key) {
    const auto found =
        std::find_if(all_sections.begin(), all_sections.end(), [&](Section section) {
            return section_name(section) == key;
        });
    return found == all_sections.end() ? std::nullopt : std::optional{*found};
}

void check_key(const Member& member,
               const std::vector<std::string>& allowed,
               std::string_view where) {
    if (std::find(allowed.begin(), allowed.end(), member.key) == allowed.end()) {
        fail(member.place,
             fmt::format("unknown key {} {}; allowed: {}{}",
                         shown(member.key),
                         where,
                         joined(allowed),
                         core::suggestion(member.key, allowed)));
    }
}

void check_schema(const Node& tree) {
    const Node* schema = tree.find("schema");
    if (schema == nullptr) {
        return;
    }
    const std::string expected = std::to_string(schema_version);
    if (schema->kind != NodeKind::plain || schema->text != expected) {
        fail(schema->place,
             fmt::format(
                 "schema: {} is not known; allowed: {}", described(*schema), expected));
    }
}

std::string read_kind(const Node& map, Section section) {
    const std::vector<std::string> kinds = kinds_of(section);
    const Node* kind = map.find("kind");
    const std::string_view name = section_name(section);
    if (kind == nullptr) {
        fail(map.place,
             fmt::format("{}: kind is missing; allowed: {}", name, joined(kinds)));
    }
    if (kind->kind != NodeKind::plain && kind->kind != NodeKind::quoted) {
        fail(kind->place,
             fmt::format("{}: kind takes one name, not {}; allowed: {}",
                         name,
                         described(*kind),
                         joined(kinds)));
    }
    if (std::find(kinds.begin(), kinds.end(), kind->text) == kinds.end()) {
        fail(kind->place,
             fmt::format("unknown {} {}; allowed: {}{}",
                         name,
                         described(*kind),
                         joined(kinds),
                         core::suggestion(kind->text, kinds)));
    }
    return kind->text;
}

std::shared_ptr<Family> read_family(Node node, Section section) {
    if (node.kind != NodeKind::map) {
        fail(node.place,
             fmt::format("{}: {} where a map belongs; allowed: {{kind: ...}} or "
                         "a list of such maps",
                         section_name(section),
                         described(node)));
    }
    auto family = std::make_shared<Family>();
    family->section = section;
    family->kind = read_kind(node, section);
    family->place = node.place;
    family->map = std::move(node);
    return family;
}

Families read_section(Node node, Section section) {
    Families families;
    if (node.kind != NodeKind::list) {
        families.push_back(read_family(std::move(node), section));
        return families;
    }
    if (node.items.empty()) {
        fail(node.place,
             fmt::format("{}: an empty list; allowed: one map or more",
                         section_name(section)));
    }
    for (Node& item : node.items) {
        families.push_back(read_family(std::move(item), section));
    }
    return families;
}

Part read_part(Node node) {
    if (node.kind != NodeKind::map) {
        fail(node.place,
             fmt::format("parts: {} where a map belongs; allowed: maps with any "
                         "of problem, network, noise, method",
                         described(node)));
    }
    Part part;
    part.place = node.place;
    for (Member& member : node.members) {
        check_key(member, {"problem", "network", "noise", "method"}, "in a part");
        const Section section = *section_of(member.key);
        part.given[static_cast<std::size_t>(section)] =
            read_section(std::move(member.value), section);
    }
    return part;
}

std::vector<Part> read_parts(Node node) {
    if (node.kind != NodeKind::list || node.items.empty()) {
        fail(node.place,
             fmt::format(
                 "parts: {}; allowed: a list of one map or more",
                 node.kind == NodeKind::list ? "an empty list" : described(node)));
    }
    std::vector<Part> parts;
    for (Node& item : node.items) {
        parts.push_back(read_part(std::move(item)));
    }
    return parts;
}

void add_default_network(Outline& outline) {
    auto& given = outline.top.given[static_cast<std::size_t>(Section::network)];
    if (!given) {
        Node kind;
        kind.kind = NodeKind::plain;
        kind.place = outline.begin;
        kind.text = "server";
        Node map;
        map.kind = NodeKind::map;
        map.place = outline.begin;
        map.members.push_back({"kind", outline.begin, std::move(kind)});
        given = read_section(std::move(map), Section::network);
    }
}

}  // namespace

const std::vector<std::string>& top_keys() {
    static const std::vector<std::string> keys{"schema",
                                               "name",
                                               "description",
                                               "master_seed",
                                               "seeds",
                                               "horizon",
                                               "points_per_decade",
                                               "metrics",
                                               "keep",
                                               "problem",
                                               "network",
                                               "noise",
                                               "method",
                                               "parts",
                                               "rates",
                                               "tuning"};
    return keys;
}

Families Outline::families(Section section) const {
    Families all = top.at(section).value_or(Families{});
    for (const Part& part : parts) {
        if (part.at(section)) {
            all.insert(all.end(), part.at(section)->begin(), part.at(section)->end());
        }
    }
    return all;
}

const Families& Outline::resolved(const Part& part, Section section) const {
    const std::optional<Families>& own = part.at(section);
    const std::optional<Families>& families = own ? own : top.at(section);
    TAILRATE_EXPECTS(families.has_value());
    return *families;
}

Outline read_outline(Node tree, const std::shared_ptr<const std::string>& source) {
    if (tree.kind != NodeKind::map) {
        fail(tree.place,
             fmt::format("{} where a map belongs; allowed keys: {}",
                         described(tree),
                         joined(top_keys())));
    }
    check_schema(tree);
    Outline outline;
    outline.begin = {source, 1, 1};
    outline.top.place = outline.begin;
    outline.settings.kind = NodeKind::map;
    outline.settings.place = outline.begin;
    for (Member& member : tree.members) {
        check_key(member, top_keys(), "at the top level");
        if (const std::optional<Section> section = section_of(member.key)) {
            outline.top.given[static_cast<std::size_t>(*section)] =
                read_section(std::move(member.value), *section);
        } else if (member.key == "parts") {
            outline.parts = read_parts(std::move(member.value));
        } else {
            outline.settings.members.push_back(std::move(member));
        }
    }
    add_default_network(outline);
    return outline;
}

void check_sections(const Outline& outline) {
    for (const Section section : all_sections) {
        const auto lacks = [&](const Part& part) { return !part.at(section); };
        const auto& parts = outline.parts;
        const auto part = std::find_if(parts.begin(), parts.end(), lacks);
        if (lacks(outline.top) && (parts.empty() || part != parts.end())) {
            fail(parts.empty() ? outline.begin : part->place,
                 fmt::format(
                     "{0} is missing; allowed: {0} at the top level or in every part",
                     section_name(section)));
        }
    }
}

}  // namespace tailrate::plan
