#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/experiment.hpp"
#include "plan/family.hpp"
#include "plan/node.hpp"

namespace tailrate::plan {

using Families = std::vector<std::shared_ptr<Family>>;

/// Sections that stand together: those of the top level, or of one part.
struct Part {
    Place place;
    std::array<std::optional<Families>, sections> given;

    [[nodiscard]] const std::optional<Families>& at(Section section) const {
        return given[static_cast<std::size_t>(section)];
    }
};

/// An experiment file taken apart: its keys are known, its kinds exist, and no value
/// has been read yet.
struct Outline {
    Place begin;    ///< of the file
    Node settings;  ///< the top level without sections and parts
    Part top;       ///< with the default network where none is written
    std::vector<Part> parts;

    /// Every map of the section in file order.
    [[nodiscard]] Families families(Section section) const;
    /// The maps of a section that hold in a part: its own or those of the top level.
    [[nodiscard]] const Families& resolved(const Part& part, Section section) const;
};

inline constexpr std::array all_sections{
    Section::problem, Section::network, Section::noise, Section::method};

/// Every key of the top level.
[[nodiscard]] const std::vector<std::string>& top_keys();

[[nodiscard]] Outline read_outline(Node tree,
                                   const std::shared_ptr<const std::string>& source);

/// Fails where a section is neither in a part nor at the top level.
void check_sections(const Outline& outline);

}  // namespace tailrate::plan
