#include "app/check_files.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/check_confirm.hpp"
#include "app/check_unexplained.hpp"
#include "app/exit_codes.hpp"

namespace tailrate::app {
namespace {

using rates::GateCell;
using rates::GateState;

/// A cell on these seed numbers alone.
runner::StoredCell load(const runner::ResultReader& file,
                        std::size_t cell,
                        const std::vector<std::int64_t>& seeds) {
    runner::StoredCell stored = file.cell(cell);
    stored.errors = select_seeds(stored.errors, file.seeds(), seeds);
    const std::vector<double> saturated = select_seeds(
        file.file().f64_slab("/final_saturated", cell), file.seeds(), seeds);
    stored.final_saturated = 0.0;
    for (const double value : saturated) {
        stored.final_saturated += value / static_cast<double>(saturated.size());
    }
    return stored;
}

LoadedCell load_cell(const Side& baseline,
                     const Side& candidate,
                     const MatchedCell& match,
                     const std::vector<std::int64_t>& seeds) {
    LoadedCell cell;
    cell.baseline = load(baseline.file, match.baseline, seeds);
    cell.candidate = load(candidate.file, match.candidate, seeds);
    cell.judged = baseline.file.cell(match.baseline).errors;
    if (!baseline.file.confirmation_seeds().empty()) {
        const std::vector<double> more =
            baseline.file.confirmation_errors(match.baseline);
        cell.judged.insert(cell.judged.end(), more.begin(), more.end());
    }
    cell.has_same_draws = has_same_draws(baseline, candidate, match);
    return cell;
}

CheckedFile describe(const Side& side) {
    const std::vector<std::int64_t>& seeds = side.file.seeds();
    return {side.file.file().path().string(),
            core::hex(side.file.file().digest()),
            side.versions,
            fmt::format("{}-{}", seeds.front(), seeds.back())};
}

std::string group_of(const Side& side, std::size_t cell) {
    const plan::Cell& place = side.experiment.cells[cell];
    return side.experiment.at(place, plan::Section::noise).kind + "." +
           side.experiment.at(place, plan::Section::problem).kind;
}

void check_cells(const Side& baseline,
                 const Side& candidate,
                 std::size_t threads,
                 CheckReport& report) {
    const Comparison& comparison = report.comparison;
    const std::vector<std::int64_t>& iterations = baseline.file.iterations();
    std::vector<LoadedCell> loaded;
    loaded.reserve(comparison.cells.size());
    for (const MatchedCell& match : comparison.cells) {
        loaded.push_back(load_cell(baseline, candidate, match, comparison.seeds));
    }
    std::vector<GateCell> views;
    views.reserve(loaded.size());
    for (const LoadedCell& cell : loaded) {
        views.push_back(cell.view(iterations));
    }
    std::vector<rates::CellGate> found = rates::gate(views, report.rule);
    report.undecided =
        confirm_suspects(baseline, candidate, comparison, threads, report.rule, found);
    for (std::size_t k = 0; k < found.size(); ++k) {
        const MatchedCell& match = comparison.cells[k];
        report.tests += found[k].exponent.is_tested() ? 1U : 0U;
        report.tests += found[k].level.is_tested() ? 1U : 0U;
        report.cells.push_back({match,
                                found[k],
                                group_of(baseline, match.baseline),
                                find_unexplained(baseline,
                                                 candidate,
                                                 match,
                                                 found[k],
                                                 views[k].candidate,
                                                 comparison.seeds),
                                comparison.seeds.size()});
    }
}

/// The worst that was found: files that cannot be compared come first, then missing
/// cells, then a regression, then what cannot be decided, then what only --strict
/// minds.
void judge(bool is_strict, CheckReport& report) {
    const bool is_unexplained = std::any_of(
        report.cells.begin(), report.cells.end(), [](const CheckedCell& cell) {
            return !cell.unexplained.empty();
        });
    if (!report.comparison.obstacles.empty()) {
        report.verdict = CheckVerdict::incomparable;
        report.exit_code = exit_code::incomparable;
    } else if (!report.comparison.missing_cells.empty()) {
        report.verdict = CheckVerdict::missing;
        report.exit_code = exit_code::incomplete;
    } else if (count(report, GateState::fail) > 0) {
        report.verdict = CheckVerdict::regression;
        report.exit_code = exit_code::regression_found;
    } else if (count(report, GateState::suspect) > 0) {
        report.verdict = CheckVerdict::undecided;
        report.exit_code = exit_code::incomparable;
    } else if (is_strict && is_unexplained) {
        report.verdict = CheckVerdict::unexplained;
        report.exit_code = exit_code::incomparable;
    }
}

/// All but what is found.
CheckReport start_report(const Side& baseline, const CheckSettings& settings) {
    CheckReport report;
    report.baseline = describe(baseline);
    report.baseline_confirmation_seeds = baseline.file.confirmation_seeds().size();
    report.rule.window_decades = baseline.file.window_decades();
    report.horizon = baseline.file.iterations().back();
    report.window_start =
        rates::window_start(report.horizon, report.rule.window_decades);
    report.command = settings.command;
    return report;
}

}  // namespace

CheckReport check_files(const Side& baseline,
                        const Side& candidate,
                        const CheckSettings& settings) {
    CheckReport report = start_report(baseline, settings);
    report.candidate = describe(candidate);
    report.comparison = compare_files(baseline, candidate, report.rule.window_decades);
    if (report.comparison.obstacles.empty()) {
        check_cells(baseline, candidate, settings.threads, report);
    }
    judge(settings.is_strict, report);
    return report;
}

CheckReport check_design(const Side& baseline,
                         const plan::Study& candidate,
                         const CheckSettings& settings) {
    CheckReport report = start_report(baseline, settings);
    report.comparison = compare_designs(
        design_of(baseline), design_of(candidate), report.rule.window_decades);
    judge(settings.is_strict, report);
    return report;
}

}  // namespace tailrate::app
