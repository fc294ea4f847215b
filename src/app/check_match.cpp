#include "app/check_match.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "app/difference.hpp"
#include "core/sha256.hpp"

namespace tailrate::app {
namespace {

using plan::Section;

constexpr std::size_t key_length = 8;
constexpr std::size_t most_pairs = 1'000'000;  // that are looked at for what changed

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

/// The same, a line each, to say how cells differ.
std::string lines_of(const plan::Experiment& experiment, std::size_t cell) {
    std::string lines;
    for (const Section section : all_sections) {
        const plan::Choice& choice = experiment.at(experiment.cells[cell], section);
        const std::string_view name = plan::section_name(section);
        lines += fmt::format("{} {}\n", name, choice.kind);
        for (const auto& [parameter, value] : choice.parameters) {
            lines += fmt::format("{}.{} {}\n", name, parameter, core::to_text(value));
        }
    }
    return lines;
}

/// What each missing cell has become in the nearest new one; empty where none is near.
std::vector<std::string> changes(const Design& baseline,
                                 const std::vector<std::size_t>& missing_cells,
                                 const Design& candidate,
                                 const std::vector<std::size_t>& new_cells) {
    std::vector<std::string> found(missing_cells.size());
    if (missing_cells.size() * new_cells.size() > most_pairs) {
        return found;
    }
    std::vector<std::string> texts(new_cells.size());
    std::transform(
        new_cells.begin(), new_cells.end(), texts.begin(), [&](std::size_t cell) {
            return lines_of(candidate.experiment, cell);
        });
    std::sort(texts.begin(), texts.end());
    const KnownIdentities known{std::move(texts)};
    std::transform(missing_cells.begin(),
                   missing_cells.end(),
                   found.begin(),
                   [&](std::size_t cell) {
                       return known.explain_change(lines_of(baseline.experiment, cell));
                   });
    return found;
}

/// Lists the cells that only one side has. Where no cell is in both, and all have
/// changed alike, that is the reason, said once.
void tell_unmatched(const Design& baseline,
                    const std::vector<std::size_t>& missing_cells,
                    const Design& candidate,
                    const std::vector<std::size_t>& new_cells,
                    Comparison& found) {
    std::vector<std::string> differences =
        changes(baseline, missing_cells, candidate, new_cells);
    if (found.cells.empty()) {
        std::string text = "the files have no cell in common";
        if (std::equal(
                differences.begin() + 1, differences.end(), differences.begin()) &&
            !differences.front().empty()) {
            text += "; " + differences.front();
            differences.assign(differences.size(), "");
        }
        found.obstacles.push_back(
            {text,
             with_new_baseline("Run the candidate with the baseline's cells, or ")});
    }
    for (std::size_t k = 0; k < missing_cells.size(); ++k) {
        found.missing_cells.push_back(
            {baseline.labels[missing_cells[k]], differences[k]});
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
