#include "app/winners.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "math/elementary.hpp"

namespace tailrate::app {
namespace {

/// Logarithms of the final errors of a cell by seed, floored as in all fits.
std::vector<double> final_logs(const runner::ResultReader& file, std::size_t cell) {
    const runner::StoredCell stored = file.cell(cell);
    const rates::Curves curves{file.iterations(), stored.errors};
    const rates::LoggedWindow logged =
        rates::log_window(curves, rates::select_window(file.iterations(), 1.0));
    std::vector<double> logs;
    for (std::size_t seed = 1; seed <= logged.seeds; ++seed) {
        logs.push_back(logged.log_errors[seed * logged.size() - 1]);
    }
    return logs;
}

std::vector<Score> scores_of(const runner::ResultReader& file) {
    const std::vector<double> errors = file.file().f64("/final_geo");
    std::vector<Score> scores;
    for (std::size_t cell = 0; cell < errors.size(); ++cell) {
        const std::vector<double> ci = file.file().f64_slab("/final_geo_ci", cell);
        const runner::StoredCell stored = file.cell(cell);
        scores.push_back({{errors[cell], {ci[0], ci[1]}},
                          rates::count_diverged({file.iterations(), stored.errors})});
    }
    return scores;
}

/// The cell of the least finite error other than `taken`, the first of equal ones.
std::optional<std::uint32_t> least(const std::vector<std::uint32_t>& cells,
                                   const std::vector<Score>& scores,
                                   std::optional<std::uint32_t> taken) {
    std::optional<std::uint32_t> found;
    for (const std::uint32_t cell : cells) {
        const double error = scores[cell].error.value;
        const bool is_better = !found || error < scores[*found].error.value;
        if (cell != taken && std::isfinite(error) && is_better) {
            found = cell;
        }
    }
    return found;
}

/// Geometric mean over seeds of the errors of one cell over those of another; draws are
/// shared, so the interval is that of the differences by seed.
rates::Level paired_ratio(const runner::ResultReader& file,
                          std::size_t above,
                          std::size_t below) {
    const std::vector<double> first = final_logs(file, above);
    const std::vector<double> second = final_logs(file, below);
    rates::Estimate difference;
    difference.value = 0.0;
    for (std::size_t seed = 0; seed < first.size(); ++seed) {
        difference.influence.push_back(first[seed] - second[seed]);
        difference.value +=
            difference.influence.back() / static_cast<double>(first.size());
    }
    difference.standard_error = rates::standard_error(difference.influence);
    const rates::Interval ci =
        rates::interval(difference, rates::t_quantile(first.size()));
    return {math::exp(difference.value),
            std::isnan(ci.lower)
                ? rates::Interval{}
                : rates::Interval{math::exp(ci.lower), math::exp(ci.upper)}};
}

Contest hold(const plan::Experiment& experiment,
             const runner::ResultReader& file,
             const Tuned& tuned,
             plan::Candidates candidates) {
    Contest contest;
    contest.candidates = std::move(candidates);
    const std::vector<std::uint32_t>& cells = contest.candidates.cells;
    const plan::MethodGrid& grid = tuned.grids[contest.candidates.method_map];
    contest.best =
        grid.axes.empty() ? cells.front() : least(cells, tuned.scores, std::nullopt);
    if (!contest.best) {
        return contest;
    }
    contest.second = least(cells, tuned.scores, contest.best);
    if (contest.second) {
        contest.ratio = paired_ratio(file, *contest.second, *contest.best);
    }
    const plan::Choice& choice =
        experiment.at(experiment.cells[*contest.best], plan::Section::method);
    contest.edges = plan::axes_at_edge(grid, choice.parameters);
    return contest;
}

}  // namespace

Tuned judge(const plan::Experiment& experiment,
            std::vector<plan::MethodGrid> grids,
            const runner::ResultReader& file) {
    Tuned tuned{std::move(grids), scores_of(file), {}};
    for (plan::Setting& setting : plan::settings_of(experiment)) {
        std::vector<Contest>& contests = tuned.settings.emplace_back();
        for (plan::Candidates& candidates : setting.candidates) {
            contests.push_back(hold(experiment, file, tuned, std::move(candidates)));
        }
    }
    return tuned;
}

std::vector<std::vector<std::uint32_t>> winners(const Tuned& tuned) {
    std::vector<std::vector<std::uint32_t>> all;
    for (const std::vector<Contest>& contests : tuned.settings) {
        std::vector<std::uint32_t> cells;
        for (const Contest& contest : contests) {
            if (contest.best) {
                cells.push_back(*contest.best);
            }
        }
        if (!cells.empty()) {
            all.push_back(std::move(cells));
        }
    }
    return all;
}

bool has_choice(const Tuned& tuned) {
    return std::any_of(
        tuned.settings.begin(), tuned.settings.end(), [&](const auto& contests) {
            return std::any_of(
                contests.begin(), contests.end(), [&](const Contest& contest) {
                    const auto& grid = tuned.grids[contest.candidates.method_map];
                    return contest.best && !grid.axes.empty();
                });
        });
}

}  // namespace tailrate::app
