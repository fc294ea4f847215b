#include "plan/experiment.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/contracts.hpp"
#include "plan/completed.hpp"
#include "plan/family.hpp"
#include "plan/grid.hpp"
#include "plan/node.hpp"
#include "plan/outline.hpp"
#include "plan/overrides.hpp"
#include "plan/settings.hpp"

namespace tailrate::plan {

std::string_view section_name(Section section) {
    switch (section) {
        case Section::problem:
            return "problem";
        case Section::network:
            return "network";
        case Section::noise:
            return "noise";
        case Section::method:
            break;
    }
    return "method";
}

SeedRange range_of(std::int64_t seed) {
    TAILRATE_EXPECTS(seed >= 0);
    constexpr auto last = static_cast<std::int64_t>(SeedRange::study);
    return static_cast<SeedRange>(std::min(seed / seeds_per_range, last));
}

std::string_view range_name(SeedRange range) {
    switch (range) {
        case SeedRange::test:
            return "test";
        case SeedRange::tuning:
            return "tuning";
        case SeedRange::confirmation:
            return "confirmation";
        case SeedRange::study:
            break;
    }
    return "study";
}

core::Position Choice::place(std::string_view name) const {
    TAILRATE_EXPECTS(family != nullptr);
    const Leaf* leaf = family->find(name);
    if (leaf == nullptr || leaf->places.empty()) {
        return position_of(family->place);
    }
    const auto& values = leaf->values;
    const auto value = std::find(values.begin(), values.end(), parameters.value(name));
    TAILRATE_ENSURES(value != values.end());
    return position_of(leaf->places[static_cast<std::size_t>(value - values.begin())]);
}

std::string Choice::text() const {
    std::vector<std::string> values;
    for (const auto& [name, value] : parameters) {
        values.push_back(fmt::format("{}: {}", name, core::to_text(value)));
    }
    return fmt::format("{}{{{}}}", kind, joined(values));
}

Experiment parse(const std::string& text,
                 const std::string& name,
                 const std::filesystem::path& folder,
                 const Overrides& overrides) {
    const auto source = std::make_shared<const std::string>(name);
    Outline outline = read_outline(read_tree(text, source, Lines::counted), source);
    apply(overrides, outline);
    Experiment experiment;
    experiment.folder = folder;
    experiment.source = text;
    experiment.first_seed = overrides.first_seed;
    read_settings(outline, experiment);
    check_sections(outline);
    for (const Section section : all_sections) {
        for (const auto& family : outline.families(section)) {
            read_leaves(*family);
        }
    }
    expand(outline, experiment);
    experiment.completed = completed_text(outline, experiment);
    return experiment;
}

}  // namespace tailrate::plan
