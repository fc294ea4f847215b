#include "plan/tuning.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "core/contracts.hpp"
#include "plan/completed.hpp"
#include "plan/kinds.hpp"
#include "plan/outline.hpp"

namespace tailrate::plan {
namespace {

constexpr std::size_t longest_name = 64;
constexpr std::string_view name_ending = "-tuned";
constexpr std::size_t fewest_for_edge = 3;

constexpr std::array setting_sections{
    Section::problem, Section::network, Section::noise};

/// The numbers of an axis; empty where its values are texts.
std::vector<double> numbers_of(const std::vector<core::Value>& values) {
    std::vector<double> numbers;
    for (const core::Value& value : values) {
        if (const auto* real = std::get_if<double>(&value)) {
            numbers.push_back(*real);
        } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
            numbers.push_back(static_cast<double>(*integer));
        }
    }
    return numbers;
}

bool is_at_edge(const std::string& kind,
                const GridAxis& axis,
                const core::Value& value) {
    const std::vector<double> numbers = numbers_of(axis.values);
    if (numbers.size() < fewest_for_edge) {
        return false;
    }
    const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
    const core::Range& range = find_parameter(Section::method, kind, axis.name)->range;
    const double number = numbers_of({value}).front();
    return (number == *least && (range.lowest_open || number > range.lowest)) ||
           (number == *most && (range.highest_open || number < range.highest));
}

std::filesystem::path moved(const std::filesystem::path& data,
                            const std::filesystem::path& from,
                            const std::filesystem::path& to) {
    const std::filesystem::path old = std::filesystem::absolute(from / ".");
    const std::filesystem::path now = std::filesystem::absolute(to / ".");
    if (data.is_absolute() || old.lexically_normal() == now.lexically_normal()) {
        return data;
    }
    return std::filesystem::relative(old / data, now);
}

/// A map that gives this choice alone.
std::shared_ptr<Family> family_of(const Choice& choice,
                                  Section section,
                                  const std::filesystem::path& from,
                                  const std::filesystem::path& to) {
    auto family = std::make_shared<Family>();
    family->section = section;
    family->kind = choice.kind;
    for (const auto& [name, value] : choice.parameters) {
        const core::ParameterSpec* spec = find_parameter(section, choice.kind, name);
        TAILRATE_EXPECTS(spec != nullptr);
        const bool is_path = spec->type == core::ValueType::path;
        family->leaves.push_back(
            {name,
             {is_path
                  ? core::Value{moved(std::get<std::string>(value), from, to).string()}
                  : value},
             {}});
    }
    return family;
}

/// Whether all cells have the same choice in a section.
bool is_common(const Experiment& experiment,
               Section section,
               const std::vector<std::vector<std::uint32_t>>& winners) {
    const Cell& first = experiment.cells[winners.front().front()];
    return std::all_of(winners.begin(), winners.end(), [&](const auto& cells) {
        return experiment.cells[cells.front()].at(section) == first.at(section);
    });
}

/// What stands in the file beside the sections.
Experiment with_tuning(const Experiment& experiment, const Tuning& tuning) {
    Experiment tuned;
    tuned.name = experiment.name.substr(0, longest_name - name_ending.size());
    tuned.name += name_ending;
    tuned.description = experiment.description;
    tuned.master_seed = experiment.master_seed;
    tuned.seeds = experiment.seeds;
    tuned.horizon = experiment.horizon;
    tuned.points_per_decade = experiment.points_per_decade;
    tuned.metrics = experiment.metrics;
    tuned.keep = experiment.keep;
    tuned.window_decades = experiment.window_decades;
    tuned.tuning = tuning;
    return tuned;
}

}  // namespace

std::vector<MethodGrid> method_grids(const Experiment& experiment) {
    std::vector<MethodGrid> grids;
    bool has_axis = false;
    for (const auto& family : experiment.method_maps) {
        MethodGrid grid{family->kind, position_of(family->place), {}};
        for (const std::size_t axis : family->axes) {
            const Leaf& leaf = family->leaves[axis];
            grid.axes.push_back({leaf.name, leaf.values});
            has_axis = true;
        }
        grids.push_back(std::move(grid));
    }
    if (!has_axis) {
        fail(grids.front().place,
             "method: no map has a list, so that there is nothing to tune; allowed: a "
             "list of values for a parameter of a method, as in clip_threshold: [1, 3, "
             "10]");
    }
    return grids;
}

std::vector<std::string> axes_at_edge(const MethodGrid& grid,
                                      const core::Parameters& parameters) {
    std::vector<std::string> names;
    for (const GridAxis& axis : grid.axes) {
        if (is_at_edge(grid.kind, axis, parameters.value(axis.name))) {
            names.push_back(axis.name);
        }
    }
    return names;
}

std::vector<Setting> settings_of(const Experiment& experiment) {
    std::vector<std::map<std::uint32_t, Candidates>> found;
    std::map<std::array<std::uint32_t, setting_sections.size()>, std::size_t> known;
    for (std::uint32_t cell = 0; cell < experiment.cells.size(); ++cell) {
        const Cell& place = experiment.cells[cell];
        const auto [entry, is_new] =
            known.emplace(std::array{place.at(Section::problem),
                                     place.at(Section::network),
                                     place.at(Section::noise)},
                          found.size());
        if (is_new) {
            found.emplace_back();
        }
        const std::uint32_t number = experiment.method_map_of[cell];
        Candidates& candidates = found[entry->second][number];
        candidates.method_map = number;
        candidates.cells.push_back(cell);
    }
    std::vector<Setting> settings;
    for (auto& maps : found) {
        Setting& setting = settings.emplace_back();
        for (auto& map : maps) {
            setting.candidates.push_back(std::move(map.second));
        }
    }
    return settings;
}

std::string tuned_text(const Experiment& experiment,
                       const Tuning& tuning,
                       const std::vector<std::vector<std::uint32_t>>& winners,
                       const std::filesystem::path& folder) {
    const auto family = [&](std::uint32_t cell, Section section) {
        const Choice& choice = experiment.at(experiment.cells[cell], section);
        return family_of(choice, section, experiment.folder, folder);
    };
    const auto given = [](Part& part, Section section) -> Families& {
        auto& families = part.given[static_cast<std::size_t>(section)];
        return families ? *families : families.emplace();
    };
    Outline outline;
    outline.parts.resize(winners.size());
    for (const Section section : setting_sections) {
        if (is_common(experiment, section, winners)) {
            given(outline.top, section)
                .push_back(family(winners.front().front(), section));
            continue;
        }
        for (std::size_t k = 0; k < winners.size(); ++k) {
            given(outline.parts[k], section)
                .push_back(family(winners[k].front(), section));
        }
    }
    for (std::size_t k = 0; k < winners.size(); ++k) {
        for (const std::uint32_t cell : winners[k]) {
            given(outline.parts[k], Section::method)
                .push_back(family(cell, Section::method));
        }
    }
    return completed_text(outline, with_tuning(experiment, tuning));
}

}  // namespace tailrate::plan
