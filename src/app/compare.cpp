#include "app/compare.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include <fmt/core.h>

#include "app/commands.hpp"
#include "app/table.hpp"
#include "plan/kinds.hpp"
#include "runner/result_reader.hpp"

namespace tailrate::app {
namespace {

using plan::Section;

/// What a file says of its cells, beside the curves.
struct Cells {
    std::vector<std::string> algorithms;
    std::vector<double> condition_numbers;
    std::vector<double> oracle_calls;  ///< over the horizon
    double horizon = 0.0;

    explicit Cells(const runner::ResultReader& file)
        : algorithms{file.file().text("/algorithm")},
          condition_numbers{file.file().f64("/condition_number")},
          oracle_calls{file.file().f64("/oracle_calls")},
          horizon{static_cast<double>(file.iterations().back())} {}

    [[nodiscard]] double calls_per_iteration(std::size_t cell) const {
        return oracle_calls[cell] / horizon;
    }
};

[[noreturn]] void refuse(const std::string& path, const std::string& cause) {
    throw core::StorageError{path + ": " + cause};
}

void check_seeds(const std::string& path, const runner::ResultReader& file) {
    file.require_seeds("compare");
    if (file.seed_range() == plan::SeedRange::tuning) {
        refuse(path,
               "these are tuning seeds: the methods were chosen on them; compare "
               "needs a run on test seeds");
    }
    if (file.seed_range() == plan::SeedRange::confirmation) {
        refuse(path,
               "these are confirmation seeds, kept for the suspects of a gate; "
               "compare needs a run on test seeds");
    }
    if (file.seeds().size() < 2) {
        refuse(path, "has a single seed; allowed: 2 or more, intervals come from them");
    }
}

/// The budget asked for, or all that every cell has computed.
double choose_budget(const CompareOptions& options,
                     const runner::ResultReader& file,
                     const Cells& cells) {
    double lowest = 0.0;
    double highest = cells.oracle_calls.front();
    for (std::size_t cell = 0; cell < file.cells(); ++cell) {
        lowest = std::max(lowest,
                          cells.calls_per_iteration(cell) *
                              static_cast<double>(file.iterations()[1]));
        highest = std::min(highest, cells.oracle_calls[cell]);
    }
    const double budget = options.budget > 0.0 ? options.budget : highest;
    if (budget < lowest || budget > highest) {
        throw core::InputError{fmt::format(
            "--budget {:.10g}: {} {}; allowed: {} to {} oracle calls per client",
            budget,
            budget < lowest ? "below the first checkpoint of a cell of"
                            : "above what every cell has computed in",
            options.file,
            grouped(lowest),
            grouped(highest))};
    }
    return budget;
}

/// Per group its cells, both in file order.
std::vector<std::vector<std::size_t>> find_groups(const plan::Experiment& experiment) {
    std::map<std::array<std::uint32_t, 3>, std::size_t> known;
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t k = 0; k < experiment.cells.size(); ++k) {
        const plan::Cell& cell = experiment.cells[k];
        const std::array key{cell.at(Section::problem),
                             cell.at(Section::network),
                             cell.at(Section::noise)};
        const auto [at, is_new] = known.emplace(key, groups.size());
        if (is_new) {
            groups.emplace_back();
        }
        groups[at->second].push_back(k);
    }
    return groups;
}

/// "name=value ..." of what is not the default, only of `names` where they are given.
std::string parameter_text(Section section,
                           const plan::Choice& choice,
                           const std::set<std::string>* names) {
    std::string text;
    for (const auto& [name, value] : choice.parameters) {
        const bool is_wanted = names == nullptr || names->count(name) != 0;
        if (is_wanted && !plan::is_default(section, choice.kind, name, value)) {
            text += (text.empty() ? "" : " ") + name + "=" + core::to_text(value);
        }
    }
    return text;
}

std::string choice_text(const plan::Experiment& experiment,
                        std::size_t cell,
                        Section section) {
    const plan::Choice& choice = experiment.at(experiment.cells[cell], section);
    const std::string parameters = parameter_text(section, choice, nullptr);
    return choice.kind + (parameters.empty() ? "" : " ") + parameters;
}

/// Per method of the group the parameters that differ, or that not all choices have.
std::map<std::string, std::set<std::string>> varying_names(
    const plan::Experiment& experiment, const std::vector<std::size_t>& cells) {
    std::map<std::string, std::map<std::string, std::map<std::string, int>>> seen;
    std::map<std::string, int> counts;
    for (const std::size_t cell : cells) {
        const plan::Choice& choice =
            experiment.at(experiment.cells[cell], Section::method);
        ++counts[choice.kind];
        for (const auto& [name, value] : choice.parameters) {
            ++seen[choice.kind][name][core::to_text(value)];
        }
    }
    std::map<std::string, std::set<std::string>> varying;
    for (const auto& [kind, parameters] : seen) {
        for (const auto& [name, values] : parameters) {
            if (values.size() > 1 || values.begin()->second < counts[kind]) {
                varying[kind].insert(name);
            }
        }
    }
    return varying;
}

/// 10 times the lowest geometric error, to the two digits that the table shows; none
/// where every run starts below that.
double default_accuracy(const rates::Snapshot& leader, double value_at_zero) {
    if (leader.diverged > 0) {
        return rates::not_a_number;
    }
    const std::string text = fmt::format("{:.1e}", 10.0 * leader.geometric.value);
    double accuracy = 0.0;
    std::from_chars(text.data(), text.data() + text.size(), accuracy);
    return accuracy < value_at_zero ? accuracy : rates::not_a_number;
}

Compared look_at(const runner::ResultReader& file,
                 const Cells& cells,
                 std::size_t cell,
                 double budget,
                 const std::vector<double>& errors,
                 rates::MomentClass moment) {
    const double calls = cells.calls_per_iteration(cell);
    const std::size_t checkpoint =
        *rates::checkpoint_within(file.iterations(), calls, budget);
    Compared result;
    result.cell = cell;
    result.label = file.labels()[cell];
    result.algorithm = cells.algorithms[cell];
    result.moment = moment;
    result.iteration = file.iterations()[checkpoint];
    result.calls = calls * static_cast<double>(result.iteration);
    result.horizon_calls = cells.oracle_calls[cell];
    result.errors = rates::snapshot({file.iterations(), errors}, checkpoint);
    return result;
}

ComparedGroup compare_cells(const CompareOptions& options,
                            const runner::ResultReader& file,
                            const plan::Experiment& experiment,
                            const Cells& cells,
                            const std::vector<std::size_t>& members,
                            double budget) {
    ComparedGroup group;
    group.noise = choice_text(experiment, members.front(), Section::noise);
    group.problem = choice_text(experiment, members.front(), Section::problem);
    group.network = choice_text(experiment, members.front(), Section::network);
    group.condition_number = cells.condition_numbers[members.front()];
    const auto varying = varying_names(experiment, members);
    std::vector<std::vector<double>> errors;
    std::vector<rates::Snapshot> snapshots;
    for (const std::size_t cell : members) {
        runner::StoredCell stored = file.cell(cell);
        Compared compared =
            look_at(file, cells, cell, budget, stored.errors, stored.moment);
        const auto names = varying.find(compared.algorithm);
        if (names != varying.end()) {
            compared.parameters =
                parameter_text(Section::method,
                               experiment.at(experiment.cells[cell], Section::method),
                               &names->second);
        }
        snapshots.push_back(compared.errors);
        group.cells.push_back(std::move(compared));
        errors.push_back(std::move(stored.errors));
    }
    group.result = rates::compare_group(snapshots, compare_error);
    group.accuracy = options.accuracy > 0.0
                         ? options.accuracy
                         : default_accuracy(snapshots[group.result.leader()],
                                            errors.front().front());
    for (std::size_t k = 0; k < members.size(); ++k) {
        if (std::isnan(group.accuracy)) {
            break;
        }
        const auto reached =
            rates::first_within({file.iterations(), errors[k]}, group.accuracy);
        if (reached) {
            group.cells[k].calls_to_accuracy =
                cells.calls_per_iteration(members[k]) *
                static_cast<double>(file.iterations()[*reached]);
        }
    }
    return group;
}

}  // namespace

int compare(const CompareOptions& options) {
    const runner::ResultReader file{options.file};
    check_seeds(options.file, file);
    // Data files are not opened: only the choices and cells are looked at.
    const plan::Experiment experiment = file.experiment({});
    const auto groups = find_groups(experiment);
    if (std::all_of(groups.begin(), groups.end(), [](const auto& group) {
            return group.size() < 2;
        })) {
        refuse(options.file,
               "no two cells have the same problem, network and noise: there are no "
               "methods to compare");
    }
    const Cells cells{file};
    ComparedFile compared{options.file,
                          core::hex(file.file().digest()),
                          file.seeds(),
                          choose_budget(options, file, cells),
                          options.accuracy > 0.0,
                          {},
                          {}};
    for (const std::vector<std::size_t>& group : groups) {
        if (group.size() < 2) {
            compared.alone.push_back(file.labels()[group.front()]);
            continue;
        }
        compared.groups.push_back(
            compare_cells(options, file, experiment, cells, group, compared.budget));
    }
    fmt::print("{}",
               options.is_json ? compare_json(compared) : compare_markdown(compared));
    return 0;
}

}  // namespace tailrate::app
