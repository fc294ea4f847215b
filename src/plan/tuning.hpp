#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/parameters.hpp"
#include "plan/experiment.hpp"

/// An experiment as a search for constants: the lists inside a map of a method are the
/// grid that its constants are chosen from, one choice for every setting.
namespace tailrate::plan {

/// A list of a map.
struct GridAxis {
    std::string name;  ///< dotted
    std::vector<core::Value> values;
};

/// What a map of a method leaves open.
struct MethodGrid {
    std::string kind;
    core::Position place;  ///< of the map
    std::vector<GridAxis> axes;
};

/// Of every map, numbered as in Experiment::method_maps. Throws core::InputError where
/// no map has a list.
[[nodiscard]] std::vector<MethodGrid> method_grids(const Experiment& experiment);

/// The axes of at least three numbers on which a choice of the map has the smallest or
/// the largest and could have a smaller or larger one.
[[nodiscard]] std::vector<std::string> axes_at_edge(const MethodGrid& grid,
                                                    const core::Parameters& parameters);

/// The cells that one map has in one setting.
struct Candidates {
    std::uint32_t method_map = 0;
    std::vector<std::uint32_t> cells;  ///< in file order
};

/// A problem, a network and a noise with what competes there.
struct Setting {
    std::vector<Candidates> candidates;  ///< by number of the map
};

/// By first appearance.
[[nodiscard]] std::vector<Setting> settings_of(const Experiment& experiment);

/// An experiment file of the cells `winners` alone, one list for each part: cells of
/// one setting. Its name ends in -tuned, `tuning` is noted, everything else is as in
/// `experiment`; data are found from `folder`. Every value is written.
[[nodiscard]] std::string tuned_text(
    const Experiment& experiment,
    const Tuning& tuning,
    const std::vector<std::vector<std::uint32_t>>& winners,
    const std::filesystem::path& folder);

}  // namespace tailrate::plan
