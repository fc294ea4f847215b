#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/parameters.hpp"
#include "plan/experiment.hpp"
#include "plan/node.hpp"

namespace tailrate::plan {

/// A parameter with the values it takes, one of them or a grid axis.
struct Leaf {
    std::string name;  ///< dotted
    std::vector<core::Value> values;
    std::vector<Place> places;  ///< of the values; empty for a default
};

/// One map of a section: the choices of one kind that its lists span.
struct Family {
    Section section = Section::problem;
    std::string kind;
    Place place;
    Node map;                       ///< as written, with the changes of --set
    std::vector<Leaf> leaves;       ///< in the order of the parameter table
    std::vector<std::size_t> axes;  ///< leaves of several values, in file order

    [[nodiscard]] const Leaf* find(std::string_view name) const;
};

/// Fills the leaves of a family from its map: every value has the type and range of the
/// entry's table, defaults are filled in. Throws core::InputError.
void read_leaves(Family& family);

/// A scalar of the type and range of `spec`; `name` stands for it in messages.
[[nodiscard]] core::Value read_value(const Node& node,
                                     const core::ParameterSpec& spec,
                                     std::string_view name);

/// First parts of the dotted names below `prefix`, without repeats: scale and power
/// below "step.".
[[nodiscard]] std::vector<std::string> keys_below(
    const std::vector<core::ParameterSpec>& table, std::string_view prefix);

}  // namespace tailrate::plan
