#include <algorithm>

#include <fmt/core.h>

#include "app/build.hpp"
#include "app/check_confirm.hpp"
#include "app/check_report.hpp"
#include "app/commands.hpp"
#include "app/study_input.hpp"
#include "rates/level.hpp"
#include "storage/files.hpp"

namespace tailrate::app {
namespace {

using rates::GateCell;
using rates::GateState;

constexpr int regression_found = 1;
constexpr int cells_missing = 3;
constexpr int not_comparable = 4;

LoadedCell load_cell(const Side& baseline,
                     const Side& candidate,
                     const MatchedCell& match,
                     const std::vector<std::int64_t>& seeds) {
    LoadedCell cell;
    cell.baseline = baseline.file.cell(match.baseline);
    cell.judged = cell.baseline.errors;
    if (!baseline.file.confirmation_seeds().empty()) {
        const std::vector<double> more =
            baseline.file.confirmation_errors(match.baseline);
        cell.judged.insert(cell.judged.end(), more.begin(), more.end());
    }
    cell.baseline.errors =
        select_seeds(cell.baseline.errors, baseline.file.seeds(), seeds);
    cell.candidate = select_seeds(
        candidate.file.cell(match.candidate).errors, candidate.file.seeds(), seeds);
    return cell;
}

CheckedFile describe(const Side& side) {
    const std::vector<std::int64_t>& seeds = side.file.seeds();
    return {side.file.file().path().string(),
            core::hex(side.file.file().digest()),
            side.versions,
            fmt::format("{}-{}", seeds.front(), seeds.back())};
}

/// Two seed numbers whose curves are the same bits although others differ; {-1, -1}
/// where there are none.
std::pair<std::int64_t, std::int64_t> equal_seeds(
    const rates::Curves& curves, const std::vector<std::int64_t>& seeds) {
    const std::size_t n = curves.checkpoints();
    const auto curve = [&](std::size_t r) { return curves.errors.subspan(r * n, n); };
    const auto is_less = [&](std::size_t a, std::size_t b) {
        return std::lexicographical_compare(
            curve(a).begin(), curve(a).end(), curve(b).begin(), curve(b).end());
    };
    std::vector<std::size_t> order;
    for (std::size_t r = 0; r < seeds.size(); ++r) {
        if (!rates::is_bad(curves, r)) {
            order.push_back(r);
        }
    }
    std::stable_sort(order.begin(), order.end(), is_less);
    if (order.size() < 2 || !is_less(order.front(), order.back())) {
        return {-1, -1};
    }
    for (std::size_t k = 1; k < order.size(); ++k) {
        if (!is_less(order[k - 1], order[k])) {
            return {seeds[order[k - 1]], seeds[order[k]]};
        }
    }
    return {-1, -1};
}

/// Everything about a cell that no version announces.
std::vector<std::string> find_unexplained(const Side& baseline,
                                          const Side& candidate,
                                          const MatchedCell& match,
                                          const LoadedCell& loaded,
                                          const rates::CellGate& gate,
                                          const std::vector<std::int64_t>& seeds) {
    std::vector<std::string> found;
    const bool has_equal_versions =
        baseline.versions.of_cell(baseline.experiment,
                                  baseline.experiment.cells[match.baseline]) ==
        candidate.versions.of_cell(candidate.experiment,
                                   candidate.experiment.cells[match.candidate]);
    const bool has_equal_noise = baseline.noise_digests[match.baseline] ==
                                 candidate.noise_digests[match.candidate];
    const bool has_equal_seed =
        baseline.experiment.master_seed == candidate.experiment.master_seed;
    if (has_equal_seed && has_equal_versions && !has_equal_noise) {
        found.emplace_back("the noise changed, its version did not");
    } else if (has_equal_seed && has_equal_versions &&
               gate.state != GateState::identical &&
               gate.state != GateState::rounding) {
        found.emplace_back("bits changed, no version was raised");
    }
    if (gate.is_unexplained) {
        found.emplace_back("improved beyond x2 or 0.2");
    }
    const auto equal =
        equal_seeds(loaded.view(candidate.file.iterations()).candidate, seeds);
    if (equal.first >= 0) {
        found.push_back(
            fmt::format("seeds {} and {} are equal", equal.first, equal.second));
    }
    if (gate.state == GateState::suspect) {
        found.emplace_back("the baseline has no confirmation seeds");
    }
    return found;
}

bool has_same_draws(const Side& baseline,
                    const Side& candidate,
                    const Comparison& comparison) {
    return std::all_of(
        comparison.cells.begin(), comparison.cells.end(), [&](const MatchedCell& cell) {
            return baseline.noise_digests[cell.baseline] ==
                   candidate.noise_digests[cell.candidate];
        });
}

std::string group_of(const Side& side, std::size_t cell) {
    const plan::Cell& place = side.experiment.cells[cell];
    return side.experiment.at(place, plan::Section::noise).kind + "." +
           side.experiment.at(place, plan::Section::problem).kind;
}

void check_cells(const Side& baseline,
                 const Side& candidate,
                 const CheckOptions& options,
                 CheckReport& report) {
    const Comparison& comparison = report.comparison;
    std::vector<LoadedCell> loaded;
    loaded.reserve(comparison.cells.size());
    for (const MatchedCell& match : comparison.cells) {
        loaded.push_back(load_cell(baseline, candidate, match, comparison.seeds));
    }
    std::vector<GateCell> views;
    views.reserve(loaded.size());
    for (const LoadedCell& cell : loaded) {
        views.push_back(cell.view(baseline.file.iterations()));
    }
    report.is_paired = has_same_draws(baseline, candidate, comparison);
    std::vector<rates::CellGate> found =
        rates::gate(views, report.rule, report.is_paired);
    const std::size_t threads =
        options.threads == 0 ? available_processors() : options.threads;
    confirm_suspects(baseline, candidate, comparison, threads, report.rule, found);
    for (std::size_t k = 0; k < found.size(); ++k) {
        const MatchedCell& match = comparison.cells[k];
        report.tests += found[k].exponent.is_tested() ? 1U : 0U;
        report.tests += found[k].level.is_tested() ? 1U : 0U;
        report.cells.push_back(
            {match,
             found[k],
             group_of(baseline, match.baseline),
             find_unexplained(
                 baseline, candidate, match, loaded[k], found[k], comparison.seeds)});
    }
}

/// The worst that was found: files that cannot be compared come first, then missing
/// cells, then a regression, then what only --strict minds.
void judge(bool is_strict, CheckReport& report) {
    const bool is_unexplained = std::any_of(
        report.cells.begin(), report.cells.end(), [](const CheckedCell& cell) {
            return !cell.unexplained.empty();
        });
    if (!report.comparison.obstacles.empty()) {
        report.verdict = CheckVerdict::incomparable;
        report.exit_code = not_comparable;
    } else if (!report.comparison.missing_cells.empty()) {
        report.verdict = CheckVerdict::missing;
        report.exit_code = cells_missing;
    } else if (count(report, GateState::fail) > 0) {
        report.verdict = CheckVerdict::regression;
        report.exit_code = regression_found;
    } else if (is_strict && is_unexplained) {
        report.verdict = CheckVerdict::unexplained;
        report.exit_code = not_comparable;
    }
}

CheckReport make_report(const Side& baseline,
                        const Side& candidate,
                        const CheckOptions& options) {
    CheckReport report;
    report.baseline = describe(baseline);
    report.candidate = describe(candidate);
    report.rule.window_decades = baseline.file.window_decades();
    report.horizon = baseline.file.iterations().back();
    report.window_start =
        rates::window_start(report.horizon, report.rule.window_decades);
    report.command = fmt::format("tailrate check --baseline {} {}{}",
                                 options.baseline,
                                 options.candidate,
                                 options.is_strict ? " --strict" : "");
    report.comparison = compare_files(baseline, candidate, report.rule.window_decades);
    if (report.comparison.obstacles.empty()) {
        check_cells(baseline, candidate, options, report);
    }
    judge(options.is_strict, report);
    return report;
}

void print(const CheckReport& report, const CheckOptions& options) {
    if (!options.junit.empty()) {
        storage::atomic_write_text(options.junit, check_junit(report));
    }
    if (options.is_github) {
        fmt::print("{}", check_annotations(report));
    }
    fmt::print("{}", options.is_json ? check_json(report) : check_markdown(report));
}

bool is_experiment(const std::filesystem::path& path) {
    return path.extension() == ".yaml" || path.extension() == ".yml";
}

}  // namespace

int check(const CheckOptions& options) {
    // Data files of an experiment lie beside it; those of a result file are looked for
    // from where the program runs.
    std::filesystem::path candidate = options.candidate;
    std::filesystem::path folder = std::filesystem::current_path();
    if (is_experiment(candidate)) {
        RunOptions run_options;
        run_options.experiment.file = options.candidate;
        run_options.threads = options.threads;
        // Rows of earlier runs are of another program as likely as not.
        run_options.is_fresh = true;
        run_options.is_quiet = true;
        folder = candidate.parent_path();
        candidate = result_path("", load_study(run_options.experiment));
        run_options.output = candidate.string();
        if (const int code = run(run_options); code != 0) {
            return code;
        }
    }
    const Side before{options.baseline, folder};
    const Side after{candidate.string(), folder};
    const CheckReport report = make_report(before, after, options);
    print(report, options);
    return report.exit_code;
}

}  // namespace tailrate::app
