#include "app/check_confirm.hpp"

#include <algorithm>
#include <bit>
#include <optional>

#include "app/study_input.hpp"
#include "runner/memory_rows.hpp"

namespace tailrate::app {
namespace {

/// Errors of some cells, each (seed x iteration).
using Errors = std::vector<std::vector<double>>;

/// The errors of these cells by this program.
Errors compute(const plan::Experiment& experiment,
               const std::vector<std::size_t>& cells,
               std::int64_t first_seed,
               std::size_t seeds,
               std::size_t threads) {
    plan::Experiment changed = experiment;
    changed.first_seed = first_seed;
    changed.seeds = static_cast<std::int64_t>(seeds);
    const plan::Study study = make_study(std::move(changed));
    const runner::MemoryRows rows{study, cells, threads};
    Errors errors;
    for (const std::size_t cell : cells) {
        errors.push_back(runner::collect(study, cell, rows.source()).metrics.front());
    }
    return errors;
}

/// Whether this program computes the first block of the cells as it is in the file.
bool is_own(const Side& candidate,
            const std::vector<std::size_t>& cells,
            std::size_t threads) {
    const std::size_t seeds =
        std::min(candidate.file.seeds().size(), std::size_t{model::lanes});
    const Errors computed = compute(
        candidate.experiment, cells, candidate.file.seeds().front(), seeds, threads);
    const auto is_same_bits = [](double x, double y) {
        return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
    };
    for (std::size_t k = 0; k < cells.size(); ++k) {
        const std::vector<double> stored = candidate.file.cell(cells[k]).errors;
        if (!std::equal(
                computed[k].begin(), computed[k].end(), stored.begin(), is_same_bits)) {
            return false;
        }
    }
    return true;
}

/// The candidate's errors of these cells on the confirmation seeds of the baseline: its
/// own, or computed here; none where another program made it.
std::optional<Errors> confirmation_errors(const Side& candidate,
                                          const std::vector<std::size_t>& cells,
                                          const std::vector<std::int64_t>& seeds,
                                          std::size_t threads) {
    const std::vector<std::int64_t> own = candidate.file.confirmation_seeds();
    if (std::includes(own.begin(), own.end(), seeds.begin(), seeds.end())) {
        Errors errors;
        for (const std::size_t cell : cells) {
            errors.push_back(
                select_seeds(candidate.file.confirmation_errors(cell), own, seeds));
        }
        return errors;
    }
    if (!is_own(candidate, cells, threads)) {
        return std::nullopt;
    }
    return compute(candidate.experiment, cells, seeds.front(), seeds.size(), threads);
}

}  // namespace

Undecided confirm_suspects(const Side& baseline,
                           const Side& candidate,
                           const Comparison& comparison,
                           std::size_t threads,
                           const rates::GateRule& rule,
                           std::vector<rates::CellGate>& found) {
    std::vector<MatchedCell> suspects;
    std::vector<std::size_t> cells;
    for (std::size_t k = 0; k < found.size(); ++k) {
        if (found[k].state == rates::GateState::suspect) {
            suspects.push_back(comparison.cells[k]);
            cells.push_back(comparison.cells[k].candidate);
        }
    }
    if (suspects.empty()) {
        return Undecided::none;
    }
    const std::vector<std::int64_t> seeds = baseline.file.confirmation_seeds();
    if (seeds.size() < fewest_common_seeds) {
        return Undecided::no_confirmation_seeds;
    }
    const std::optional<Errors> errors =
        confirmation_errors(candidate, cells, seeds, threads);
    if (!errors) {
        return Undecided::other_program;
    }
    std::vector<LoadedCell> loaded;
    for (std::size_t k = 0; k < suspects.size(); ++k) {
        LoadedCell& cell = loaded.emplace_back();
        cell.baseline = baseline.file.cell(suspects[k].baseline);
        cell.baseline.errors = baseline.file.confirmation_errors(suspects[k].baseline);
        cell.candidate.errors = (*errors)[k];
        cell.has_same_draws = false;
    }
    std::vector<rates::GateCell> views;
    views.reserve(loaded.size());
    for (const LoadedCell& cell : loaded) {
        views.push_back(cell.view(baseline.file.iterations()));
    }
    rates::confirm(views, rule, found);
    return Undecided::none;
}

}  // namespace tailrate::app
