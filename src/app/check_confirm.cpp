#include "app/check_confirm.hpp"

#include <algorithm>
#include <bit>

#include "core/errors.hpp"
#include "runner/memory_rows.hpp"

namespace tailrate::app {
namespace {

/// Throws unless this program computes the first block of the cell as it is in the
/// file.
void expect_own_cell(const Side& candidate,
                     const plan::Study& study,
                     std::size_t cell) {
    const runner::MemoryRows rows{study, {&cell, 1}, 1};
    const std::vector<double> computed =
        runner::collect(study, cell, rows.source()).metrics.front();
    const std::vector<double> stored = candidate.file.cell(cell).errors;
    const auto is_same_bits = [](double x, double y) {
        return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
    };
    if (!std::equal(computed.begin(), computed.end(), stored.begin(), is_same_bits)) {
        throw core::StorageError{
            candidate.file.file().path().string() +
            ": another program made it, which alone can run the confirmation seeds of "
            "its suspects; make it with --confirmation, or let that program check the "
            "experiment file"};
    }
}

/// The candidate's errors of these cells on the confirmation seeds of the baseline: its
/// own, or computed here.
std::vector<std::vector<double>> confirmation_errors(
    const Side& candidate,
    const std::vector<std::size_t>& cells,
    const std::vector<std::int64_t>& seeds,
    std::size_t threads) {
    std::vector<std::vector<double>> errors;
    if (candidate.file.confirmation_seeds() == seeds) {
        for (const std::size_t cell : cells) {
            errors.push_back(candidate.file.confirmation_errors(cell));
        }
        return errors;
    }
    plan::Experiment experiment = candidate.experiment;
    experiment.seeds = model::lanes;
    expect_own_cell(candidate, plan::Study{experiment}, cells.front());
    experiment.first_seed = seeds.front();
    experiment.seeds = static_cast<std::int64_t>(seeds.size());
    const plan::Study study{std::move(experiment)};
    const runner::MemoryRows rows{study, cells, threads};
    for (const std::size_t cell : cells) {
        errors.push_back(runner::collect(study, cell, rows.source()).metrics.front());
    }
    return errors;
}

}  // namespace

void confirm_suspects(const Side& baseline,
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
    const std::vector<std::int64_t> seeds = baseline.file.confirmation_seeds();
    if (suspects.empty() || seeds.empty()) {
        return;
    }
    const std::vector<std::vector<double>> errors =
        confirmation_errors(candidate, cells, seeds, threads);
    std::vector<LoadedCell> loaded;
    for (std::size_t k = 0; k < suspects.size(); ++k) {
        LoadedCell& cell = loaded.emplace_back();
        cell.baseline = baseline.file.cell(suspects[k].baseline);
        cell.baseline.errors = baseline.file.confirmation_errors(suspects[k].baseline);
        cell.candidate = errors[k];
    }
    std::vector<rates::GateCell> views;
    views.reserve(loaded.size());
    for (const LoadedCell& cell : loaded) {
        views.push_back(cell.view(baseline.file.iterations()));
    }
    rates::confirm(views, rule, found);
}

}  // namespace tailrate::app
