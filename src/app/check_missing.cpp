#include "app/check_missing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/check_input.hpp"

namespace tailrate::app {
namespace {

using plan::Choice;
using plan::Section;

// Another kind is further away than another number or two.
constexpr std::size_t key_distance = 1;
constexpr std::size_t kind_distance = 3;
constexpr std::size_t most_distance = 3;
constexpr std::size_t most_pairs = 1'000'000;

std::string value_text(const Choice& choice, const std::string& name) {
    return choice.parameters.has(name) ? core::to_text(choice.parameters.value(name))
                                       : "none";
}

/// A cell of each experiment; the same walk counts and tells.
class Pair {
  public:
    Pair(const plan::Experiment& baseline,
         std::size_t old_cell,
         const plan::Experiment& candidate,
         std::size_t new_cell)
        : baseline_{&baseline},
          candidate_{&candidate},
          old_cell_{&baseline.cells[old_cell]},
          new_cell_{&candidate.cells[new_cell]} {}

    /// Not looked at any further where it is `enough`.
    [[nodiscard]] std::size_t distance(std::size_t enough) const {
        std::size_t sum = 0;
        visit([&](std::size_t distance, const auto&...) {
            sum += distance;
            return sum < enough;
        });
        return sum;
    }

    [[nodiscard]] CellDifference tell() const {
        CellDifference found;
        visit([&](std::size_t /*distance*/,
                  const std::string& key,
                  const std::string& old_value,
                  const std::string& new_value) {
            found.keys.push_back(key);
            found.text += fmt::format("{}{}: {} in the baseline, {} in the candidate",
                                      found.text.empty() ? "" : "; ",
                                      key,
                                      old_value,
                                      new_value);
            return true;
        });
        return found;
    }

  private:
    /// Calls `function` with every key that differs and both values while it says so.
    template <class Function>
    void visit(const Function& function) const {
        for (const Section section : all_sections) {
            const Choice& before = baseline_->at(*old_cell_, section);
            const Choice& after = candidate_->at(*new_cell_, section);
            if (before.kind != after.kind) {
                const std::string key{plan::section_name(section)};
                if (!function(kind_distance, key, before.kind, after.kind)) {
                    return;
                }
                continue;
            }
            if (!visit_parameters(before, after, function)) {
                return;
            }
        }
    }

    template <class Function>
    static bool visit_parameters(const Choice& before,
                                 const Choice& after,
                                 const Function& function) {
        if (before.parameters == after.parameters) {
            return true;
        }
        for (const auto& [name, value] : before.parameters) {
            const bool is_equal =
                after.parameters.has(name) && after.parameters.value(name) == value;
            if (!is_equal && !function(key_distance,
                                       name,
                                       core::to_text(value),
                                       value_text(after, name))) {
                return false;
            }
        }
        for (const auto& [name, value] : after.parameters) {
            if (!before.parameters.has(name) &&
                !function(
                    key_distance, name, std::string{"none"}, core::to_text(value))) {
                return false;
            }
        }
        return true;
    }

    const plan::Experiment* baseline_;
    const plan::Experiment* candidate_;
    const plan::Cell* old_cell_;
    const plan::Cell* new_cell_;
};

}  // namespace

std::vector<CellDifference> differences_to_nearest(
    const plan::Experiment& baseline,
    std::span<const std::size_t> missing_cells,
    const plan::Experiment& candidate,
    std::span<const std::size_t> new_cells) {
    std::vector<CellDifference> found(missing_cells.size());
    if (new_cells.empty() || missing_cells.size() > most_pairs / new_cells.size()) {
        return found;
    }
    for (std::size_t k = 0; k < missing_cells.size(); ++k) {
        std::size_t least = most_distance + 1;
        for (const std::size_t new_cell : new_cells) {
            const Pair pair{baseline, missing_cells[k], candidate, new_cell};
            const std::size_t distance = pair.distance(least);
            if (distance < least) {
                least = distance;
                found[k] = pair.tell();
            }
        }
    }
    return found;
}

std::string common_difference(std::span<const CellDifference> differences) {
    if (differences.empty() || differences.front().keys.empty()) {
        return "";
    }
    const CellDifference& first = differences.front();
    const auto all = [&](auto CellDifference::*part) {
        return std::all_of(differences.begin(), differences.end(), [&](const auto& d) {
            return d.*part == first.*part;
        });
    };
    if (all(&CellDifference::text)) {
        return first.text;
    }
    return all(&CellDifference::keys)
               ? fmt::format("every one differs in {}", fmt::join(first.keys, ", "))
               : "";
}

}  // namespace tailrate::app
