#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plan/place.hpp"

namespace tailrate::plan {

enum class NodeKind : std::uint8_t { null, plain, quoted, list, map };

struct Member;

/// A value of an experiment file as it was written: nothing is interpreted yet.
struct Node {
    NodeKind kind = NodeKind::null;
    Place place;
    std::string text;             ///< of a plain or quoted scalar
    std::vector<Node> items;      ///< of a list
    std::vector<Member> members;  ///< of a map, in file order, keys unique

    [[nodiscard]] const Node* find(std::string_view key) const;
    [[nodiscard]] Node* find(std::string_view key);
};

struct Member {
    std::string key;
    Place place;  ///< of the key
    Node value;
};

/// "nothing", "a list" or "a map", or the scalar in quotes.
[[nodiscard]] std::string described(const Node& node);

/// Whether a node's places have lines, or stand for one argument.
enum class Lines : std::uint8_t { counted, none };

/// Reads one document of plain YAML: no anchors, aliases, merge keys, tags or equal
/// keys, at most `deepest` levels. Throws core::InputError.
[[nodiscard]] Node read_tree(const std::string& text,
                             const std::shared_ptr<const std::string>& source,
                             Lines lines);

inline constexpr std::size_t deepest = 16;
inline constexpr std::size_t most_nodes = 2'000'000;

}  // namespace tailrate::plan
