#include "plan/grid.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/contracts.hpp"
#include "plan/grid_size.hpp"

namespace tailrate::plan {
namespace {

using Indices = std::vector<std::uint32_t>;

/// The distinct choices of one section, by first appearance.
class Choices {
  public:
    explicit Choices(std::vector<Choice>& choices)
        : choices_{choices},
          order_{Less{&choices}} {}

    /// Indices of the family's choices, the last axis fastest.
    const Indices& of(const std::shared_ptr<const Family>& family);

  private:
    /// Orders indices of choices by content.
    struct Less {
        const std::vector<Choice>* choices;

        bool operator()(std::uint32_t a, std::uint32_t b) const {
            const Choice& first = (*choices)[a];
            const Choice& second = (*choices)[b];
            if (first.kind != second.kind) {
                return first.kind < second.kind;
            }
            return std::lexicographical_compare(first.parameters.begin(),
                                                first.parameters.end(),
                                                second.parameters.begin(),
                                                second.parameters.end());
        }
    };

    std::uint32_t add(Choice choice);

    std::vector<Choice>& choices_;
    std::set<std::uint32_t, Less> order_;
    std::map<const Family*, Indices> known_;
};

std::uint32_t Choices::add(Choice choice) {
    const auto index = static_cast<std::uint32_t>(choices_.size());
    choices_.push_back(std::move(choice));
    const auto [place, is_new] = order_.insert(index);
    if (!is_new) {
        choices_.pop_back();
    }
    return *place;
}

/// The next combination of values, the last axis fastest; false after the last one.
bool advance(const Family& family, std::vector<std::size_t>& digits) {
    for (std::size_t k = family.axes.size(); k > 0; --k) {
        std::size_t& digit = digits[k - 1];
        if (++digit < family.leaves[family.axes[k - 1]].values.size()) {
            return true;
        }
        digit = 0;
    }
    return false;
}

const Indices& Choices::of(const std::shared_ptr<const Family>& family) {
    const auto [entry, is_new] = known_.try_emplace(family.get());
    Indices& indices = entry->second;
    if (!is_new) {
        return indices;
    }
    Choice choice{family->kind, {}, family};
    for (const Leaf& leaf : family->leaves) {
        choice.parameters.set(leaf.name, leaf.values.front());
    }
    std::vector<std::size_t> digits(family->axes.size(), 0);
    do {
        for (std::size_t k = 0; k < digits.size(); ++k) {
            const Leaf& leaf = family->leaves[family->axes[k]];
            choice.parameters.set(leaf.name, leaf.values[digits[k]]);
        }
        indices.push_back(add(choice));
    } while (advance(*family, digits));
    return indices;
}

/// The section's choices in one part; two of its maps must not give the same one.
Indices choices_of(const Families& families, Choices& choices) {
    Indices all;
    for (const auto& family : families) {
        const Indices& own = choices.of(family);
        all.insert(all.end(), own.begin(), own.end());
    }
    return all;
}

void check_repeats(const Families& families,
                   const Indices& indices,
                   const std::vector<Choice>& choices) {
    Indices sorted = indices;
    std::sort(sorted.begin(), sorted.end());
    const auto repeat = std::adjacent_find(sorted.begin(), sorted.end());
    if (repeat == sorted.end()) {
        return;
    }
    std::vector<const Family*> holders;
    std::size_t first = 0;
    for (const auto& family : families) {
        const std::size_t last = first + family_size(*family);
        const auto begin = indices.begin();
        const auto found = std::find(begin + static_cast<std::ptrdiff_t>(first),
                                     begin + static_cast<std::ptrdiff_t>(last),
                                     *repeat);
        if (found != begin + static_cast<std::ptrdiff_t>(last)) {
            holders.push_back(family.get());
        }
        first = last;
    }
    TAILRATE_ENSURES(holders.size() >= 2);
    fail(holders[1]->place,
         fmt::format("duplicate cells: {} {} is already given by the map "
                     "at {}",
                     section_name(holders[1]->section),
                     choices[*repeat].text(),
                     to_text(holders[0]->place)));
}

using MapNumbers = std::map<const Family*, std::uint32_t>;

/// Numbers the maps of the methods in file order.
MapNumbers number_maps(const Families& families) {
    MapNumbers numbers;
    for (const auto& family : families) {
        numbers.emplace(family.get(), static_cast<std::uint32_t>(numbers.size()));
    }
    return numbers;
}

/// Per choice of the methods of a part the number of its map.
Indices maps_of(const Families& families, const MapNumbers& numbers) {
    Indices maps;
    for (const auto& family : families) {
        const auto choices = static_cast<std::size_t>(family_size(*family));
        maps.insert(maps.end(), choices, numbers.at(family.get()));
    }
    return maps;
}

void append_product(const std::array<Indices, sections>& axes,
                    const Indices& maps,
                    Experiment& experiment) {
    for (const std::uint32_t problem : axes[0]) {
        for (const std::uint32_t network : axes[1]) {
            for (const std::uint32_t noise : axes[2]) {
                for (const std::uint32_t method : axes[3]) {
                    experiment.cells.push_back({{problem, network, noise, method}});
                }
                experiment.method_map_of.insert(
                    experiment.method_map_of.end(), maps.begin(), maps.end());
            }
        }
    }
}

[[noreturn]] void refuse_repeat(const Experiment& experiment,
                                const std::vector<const Part*>& parts,
                                const std::vector<std::size_t>& ends,
                                const Cell& cell) {
    std::vector<Place> places;
    auto found = experiment.cells.begin();
    while (places.size() < 2) {
        found = std::find(found, experiment.cells.end(), cell);
        const auto index = static_cast<std::size_t>(found - experiment.cells.begin());
        const auto end = std::upper_bound(ends.begin(), ends.end(), index);
        places.push_back(parts[static_cast<std::size_t>(end - ends.begin())]->place);
        ++found;
    }
    fail(places[1],
         fmt::format(
             "duplicate cells: problem {}, noise {}, method {} is already in the "
             "part at {}",
             experiment.at(cell, Section::problem).text(),
             experiment.at(cell, Section::noise).text(),
             experiment.at(cell, Section::method).text(),
             to_text(places[0])));
}

void check_repeats(const Experiment& experiment,
                   const std::vector<const Part*>& parts,
                   const std::vector<std::size_t>& ends) {
    if (parts.size() < 2) {
        return;
    }
    std::vector<Cell> sorted = experiment.cells;
    std::sort(sorted.begin(), sorted.end(), [](const Cell& a, const Cell& b) {
        return a.choice < b.choice;
    });
    const auto repeat = std::adjacent_find(sorted.begin(), sorted.end());
    if (repeat != sorted.end()) {
        refuse_repeat(experiment, parts, ends, *repeat);
    }
}

}  // namespace

void expand(const Outline& outline, Experiment& experiment) {
    const std::vector<const Part*> parts = expanded_parts(outline);
    check_sizes(outline, experiment);
    std::vector<Choices> choices;
    for (std::vector<Choice>& section : experiment.choices) {
        choices.emplace_back(section);
    }
    const auto cells = static_cast<std::size_t>(count_cells(outline));
    experiment.cells.reserve(cells);
    experiment.method_map_of.reserve(cells);
    const Families maps = outline.families(Section::method);
    const MapNumbers numbers = number_maps(maps);
    experiment.method_maps.assign(maps.begin(), maps.end());
    std::vector<std::size_t> ends;
    for (const Part* part : parts) {
        std::array<Indices, sections> axes;
        for (std::size_t s = 0; s < sections; ++s) {
            const Families& families = outline.resolved(*part, all_sections[s]);
            axes[s] = choices_of(families, choices[s]);
            check_repeats(families, axes[s], experiment.choices[s]);
        }
        const Families& methods = outline.resolved(*part, Section::method);
        append_product(axes, maps_of(methods, numbers), experiment);
        ends.push_back(experiment.cells.size());
    }
    check_repeats(experiment, parts, ends);
}

}  // namespace tailrate::plan
