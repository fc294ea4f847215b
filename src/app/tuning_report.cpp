#include "app/tuning_report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "app/csv.hpp"
#include "app/json.hpp"
#include "app/table.hpp"
#include "plan/labels.hpp"

namespace tailrate::app {
namespace {

using nlohmann::ordered_json;

constexpr std::int64_t enough_seeds = 20;  // as for an exponent and for a check

/// The kind of a map's method, with the line where another map has the same.
std::string method_name(const Tuned& tuned, std::uint32_t map) {
    const plan::MethodGrid& grid = tuned.grids[map];
    const auto equal =
        std::count_if(tuned.grids.begin(), tuned.grids.end(), [&](const auto& other) {
            return other.kind == grid.kind;
        });
    return equal == 1 ? grid.kind
                      : fmt::format("{} (line {})", grid.kind, grid.place.line);
}

/// The values that a cell has on the axes of its map.
std::vector<std::pair<std::string, core::Value>> constants(const plan::Study& study,
                                                           const plan::MethodGrid& grid,
                                                           std::uint32_t cell) {
    const plan::Experiment& experiment = study.experiment();
    const plan::Choice& choice =
        experiment.at(experiment.cells[cell], plan::Section::method);
    std::vector<std::pair<std::string, core::Value>> values;
    for (const plan::GridAxis& axis : grid.axes) {
        values.emplace_back(axis.name, choice.parameters.value(axis.name));
    }
    return values;
}

std::string constants_text(const plan::Study& study,
                           const plan::MethodGrid& grid,
                           std::uint32_t cell) {
    std::string text;
    for (const auto& [name, value] : constants(study, grid, cell)) {
        text += (text.empty() ? "" : ", ") + name + " " + core::to_text(value);
    }
    return text.empty() ? "as in the file" : text;
}

std::string interval_text(const rates::Level& level) {
    return std::isnan(level.ci.lower) ? level_text(level.value)
                                      : fmt::format("{} [{}, {}]",
                                                    level_text(level.value),
                                                    level_text(level.ci.lower),
                                                    level_text(level.ci.upper));
}

std::string joined(const std::vector<std::string>& texts) {
    return fmt::format("{}", fmt::join(texts, ", "));
}

std::vector<std::string> row_of(const plan::Study& study,
                                const Tuned& tuned,
                                const Contest& contest) {
    const std::uint32_t map = contest.candidates.method_map;
    const plan::MethodGrid& grid = tuned.grids[map];
    const std::string tried = std::to_string(contest.candidates.cells.size());
    if (!contest.best) {
        return {method_name(tuned, map),
                tried,
                "none: all have diverged seeds",
                "inf",
                "",
                "",
                ""};
    }
    return {method_name(tuned, map),
            tried,
            constants_text(study, grid, *contest.best),
            interval_text(tuned.scores[*contest.best].error),
            contest.second ? constants_text(study, grid, *contest.second) : "",
            contest.second ? interval_text(contest.ratio) : "",
            joined(contest.edges)};
}

/// Diverged seeds of the cell that has fewest.
std::size_t least_diverged(const Tuned& tuned, const Contest& contest) {
    std::size_t least = std::numeric_limits<std::size_t>::max();
    for (const std::uint32_t cell : contest.candidates.cells) {
        least = std::min(least, tuned.scores[cell].diverged_seeds);
    }
    return least;
}

/// A cell of the setting stands for it.
std::uint32_t first_cell(const std::vector<Contest>& contests) {
    return contests.front().candidates.cells.front();
}

ordered_json level_json(const rates::Level& level) {
    return {{"value", number(level.value)}, {"ci", interval(level.ci)}};
}

ordered_json cell_json(const plan::Study& study,
                       const plan::MethodGrid& grid,
                       std::uint32_t cell) {
    ordered_json json{{"cell", cell}, {"constants", ordered_json::object()}};
    for (const auto& [name, value] : constants(study, grid, cell)) {
        std::visit([&, &key = name](const auto& v) { json["constants"][key] = v; },
                   value);
    }
    return json;
}

ordered_json contest_json(const plan::Study& study,
                          const Tuned& tuned,
                          const Contest& contest) {
    const plan::MethodGrid& grid = tuned.grids[contest.candidates.method_map];
    ordered_json json{{"method", grid.kind},
                      {"line", grid.place.line},
                      {"tried", contest.candidates.cells.size()},
                      {"winner", nullptr},
                      {"runner_up", nullptr},
                      {"at_edge", contest.edges}};
    if (contest.best) {
        const Score& score = tuned.scores[*contest.best];
        json["winner"] = cell_json(study, grid, *contest.best);
        json["winner"]["final_geo"] = level_json(score.error);
        json["winner"]["diverged_seeds"] = score.diverged_seeds;
    }
    if (contest.second) {
        json["runner_up"] = cell_json(study, grid, *contest.second);
        json["runner_up"]["ratio"] = level_json(contest.ratio);
    }
    return json;
}

std::string csv_number(double value) {
    return std::isnan(value) ? std::string{} : core::to_text(value);
}

}  // namespace

std::string choices_text(const plan::Study& study, const Tuned& tuned) {
    const std::vector<std::string> labels = plan::setting_labels(study.experiment());
    std::string text;
    for (const std::vector<Contest>& contests : tuned.settings) {
        const std::string& label = labels[first_cell(contests)];
        Table table{{"method",
                     "tried",
                     "best",
                     "typical final error",
                     "runner-up",
                     "times the best",
                     "at the edge"},
                    {false, true, false, true, false, true, false}};
        for (const Contest& contest : contests) {
            table.add(row_of(study, tuned, contest));
        }
        text += (label.empty() ? "" : label + "\n\n") + table.markdown() + "\n";
    }
    return text;
}

ordered_json choices_json(const plan::Study& study, const Tuned& tuned) {
    const plan::Experiment& experiment = study.experiment();
    const std::vector<std::string> labels = plan::setting_labels(experiment);
    ordered_json settings = ordered_json::array();
    for (const std::vector<Contest>& contests : tuned.settings) {
        const plan::Cell& place = experiment.cells[first_cell(contests)];
        ordered_json json{{"label", labels[first_cell(contests)]}};
        for (const plan::Section section :
             {plan::Section::problem, plan::Section::network, plan::Section::noise}) {
            json[std::string{plan::section_name(section)}] =
                experiment.at(place, section).text();
        }
        json["methods"] = ordered_json::array();
        for (const Contest& contest : contests) {
            json["methods"].push_back(contest_json(study, tuned, contest));
        }
        settings.push_back(std::move(json));
    }
    return settings;
}

std::string every_cell_csv(const plan::Study& study, const Tuned& tuned) {
    const std::vector<std::string> labels = plan::labels(study.experiment());
    std::string text = std::string{tuning_csv_head} + "\n";
    for (std::size_t setting = 0; setting < tuned.settings.size(); ++setting) {
        for (const Contest& contest : tuned.settings[setting]) {
            const plan::MethodGrid& grid = tuned.grids[contest.candidates.method_map];
            for (const std::uint32_t cell : contest.candidates.cells) {
                const Score& score = tuned.scores[cell];
                text += fmt::format("{},{},{},{},{},{},{},{},{},{}\n",
                                    setting,
                                    grid.kind,
                                    grid.place.line,
                                    cell,
                                    csv_quoted(labels[cell]),
                                    csv_number(score.error.value),
                                    csv_number(score.error.ci.lower),
                                    csv_number(score.error.ci.upper),
                                    score.diverged_seeds,
                                    contest.best == cell ? 1 : 0);
            }
        }
    }
    return text;
}

std::vector<std::string> doubts(const plan::Study& study,
                                const Tuned& tuned,
                                const std::string& experiment_file) {
    const std::vector<std::string> labels = plan::setting_labels(study.experiment());
    std::vector<std::string> lines;
    if (study.experiment().seeds < enough_seeds) {
        lines.push_back(fmt::format(
            "tuned on {} seeds: with fewer than {} chance has a large say in "
            "the choice; see the intervals",
            study.experiment().seeds,
            enough_seeds));
    }
    for (const std::vector<Contest>& contests : tuned.settings) {
        const std::string& label = labels[first_cell(contests)];
        for (const Contest& contest : contests) {
            const std::uint32_t map = contest.candidates.method_map;
            const std::string where =
                method_name(tuned, map) + (label.empty() ? "" : ", " + label);
            if (!contest.best) {
                lines.push_back(fmt::format(
                    "{}: every choice has diverged seeds, at least {} of {}: {} has no "
                    "such method{}",
                    where,
                    least_diverged(tuned, contest),
                    study.experiment().seeds,
                    experiment_file,
                    label.empty() ? "" : " there"));
            } else if (!contest.edges.empty()) {
                lines.push_back(fmt::format(
                    "{}: the best, {}, is at the edge of {}: the grid may be too small",
                    where,
                    constants_text(study, tuned.grids[map], *contest.best),
                    joined(contest.edges)));
            }
        }
    }
    return lines;
}

Draws count_draws(const plan::Study& study) {
    const auto rows = static_cast<double>(study.blocks() * model::lanes);
    const auto horizon = static_cast<double>(study.experiment().horizon);
    Draws draws;
    for (const plan::NoiseGroup& group : study.groups()) {
        const double once =
            static_cast<double>(group.clients * group.dimension * group.oracle_calls) *
            horizon * rows;
        draws.shared += once;
        draws.apart += once * static_cast<double>(group.cells.size());
    }
    return draws;
}

}  // namespace tailrate::app
