#include "app/check_match.hpp"

#include <fmt/format.h>

#include "app/check_missing.hpp"
#include "core/sha256.hpp"

namespace tailrate::app {
namespace {

using plan::Section;

constexpr std::size_t key_length = 8;

/// Every parameter of a cell with its defaults: what cells are matched by.
std::string text_of(const plan::Experiment& experiment, const plan::Cell& cell) {
    std::string text;
    for (const Section section : all_sections) {
        text += experiment.at(cell, section).text() + "\n";
    }
    return text;
}

std::map<std::string, std::size_t> cells_by_text(const plan::Experiment& experiment) {
    std::map<std::string, std::size_t> cells;
    for (std::size_t cell = 0; cell < experiment.cells.size(); ++cell) {
        cells.emplace(text_of(experiment, experiment.cells[cell]), cell);
    }
    return cells;
}

/// Lists the cells that only one side has. Where no cell is in both, what all of them
/// differ by is the reason, said once.
void tell_unmatched(const Design& baseline,
                    const std::vector<std::size_t>& missing_cells,
                    const Design& candidate,
                    const std::vector<std::size_t>& new_cells,
                    Comparison& found) {
    const std::vector<CellDifference> differences = differences_to_nearest(
        baseline.experiment, missing_cells, candidate.experiment, new_cells);
    const std::string common =
        found.cells.empty() ? common_difference(differences) : std::string{};
    if (found.cells.empty()) {
        found.obstacles.push_back(
            {fmt::format("the files have no cell in common{}{}",
                         common.empty() ? "" : "; ",
                         common),
             with_new_baseline("Run the candidate with the baseline's cells, or ")});
    }
    for (std::size_t k = 0; k < missing_cells.size(); ++k) {
        found.missing_cells.push_back({baseline.labels[missing_cells[k]],
                                       common.empty() ? differences[k].text : ""});
    }
    for (const std::size_t cell : new_cells) {
        found.new_cells.push_back(candidate.labels[cell]);
    }
}

}  // namespace

void match_cells(const Design& baseline, const Design& candidate, Comparison& found) {
    const auto candidates = cells_by_text(candidate.experiment);
    std::vector<bool> is_matched(candidate.labels.size(), false);
    std::vector<std::size_t> missing_cells;
    for (std::size_t cell = 0; cell < baseline.labels.size(); ++cell) {
        const std::string text =
            text_of(baseline.experiment, baseline.experiment.cells[cell]);
        const auto match = candidates.find(text);
        if (match == candidates.end()) {
            missing_cells.push_back(cell);
            continue;
        }
        is_matched[match->second] = true;
        found.cells.push_back({core::hex(core::sha256(text)).substr(0, key_length),
                               baseline.labels[cell],
                               cell,
                               match->second});
    }
    std::vector<std::size_t> new_cells;
    for (std::size_t cell = 0; cell < candidate.labels.size(); ++cell) {
        if (!is_matched[cell]) {
            new_cells.push_back(cell);
        }
    }
    tell_unmatched(baseline, missing_cells, candidate, new_cells, found);
}

}  // namespace tailrate::app
