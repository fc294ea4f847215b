#include "app/check_report.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/table.hpp"

namespace tailrate::app {
namespace {

using rates::GateState;
using rates::GateTest;

std::string signed_text(double value) {
    return fmt::format("{:+.3f}", value);
}

/// "0.809 -> 0.771 (drop 0.038 ± 0.008)"; the change alone where nothing is wrong.
std::string exponent_text(const CheckedCell& cell) {
    const GateTest& test = cell.gate.exponent;
    if (std::isnan(test.worse)) {
        return "";
    }
    if (!cell.gate.exponent_fails) {
        return signed_text(-test.worse);
    }
    return fmt::format("{:.3f} -> {:.3f} (drop {:.3f} ± {:.3f})",
                       test.baseline,
                       test.candidate,
                       test.worse,
                       2.0 * test.standard_error);
}

/// "x1.31 (1.29-1.33)".
std::string level_change(const GateTest& test) {
    if (std::isnan(test.worse)) {
        return "";
    }
    const double margin = 2.0 * test.standard_error;
    return fmt::format("x{:.3g} ({:.3g}-{:.3g})",
                       std::exp(test.worse),
                       std::exp(test.worse - margin),
                       std::exp(test.worse + margin));
}

bool is_worth_a_line(const CheckedCell& cell) {
    const GateState state = cell.gate.state;
    const bool is_quiet = state == GateState::identical ||
                          state == GateState::rounding || state == GateState::pass;
    return !is_quiet || !cell.unexplained.empty() ||
           cell.gate.candidate_bad_seeds > cell.gate.baseline_bad_seeds;
}

const char* mark(const CheckedCell& cell) {
    if (cell.gate.state == GateState::fail) {
        return "x";
    }
    return cell.unexplained.empty() ? "~" : "!";
}

std::string headline(const CheckReport& report) {
    const std::size_t all = report.cells.size();
    switch (report.verdict) {
        case CheckVerdict::incomparable:
            return "**NOT COMPARABLE**";
        case CheckVerdict::missing:
            return fmt::format(
                "**MISSING: {} of {} cells of the baseline are not in the "
                "candidate**",
                report.comparison.missing_cells.size(),
                all + report.comparison.missing_cells.size());
        case CheckVerdict::regression:
            return fmt::format(
                "**FAIL: {} of {} cells worse**", count(report, GateState::fail), all);
        case CheckVerdict::unexplained:
            return "**UNEXPLAINED: nothing is worse, but something changed that no "
                   "version announces**";
        case CheckVerdict::pass:
            break;
    }
    return fmt::format("**PASS: none of {} cells worse**", all);
}

std::string counts_text(const CheckReport& report) {
    std::string text;
    for (std::size_t k = 0; k < rates::gate_state_names.size(); ++k) {
        const auto state = static_cast<GateState>(k);
        const std::size_t number = count(report, state);
        if (number > 0) {
            text += fmt::format(
                "{}{} {}", text.empty() ? "" : ", ", number, rates::name(state));
        }
    }
    return text;
}

std::string file_line(const char* name, const CheckedFile& file) {
    return fmt::format("{}: {} (release {}, engine {}, stream {}, seeds {})\n",
                       name,
                       file.path,
                       file.versions.release,
                       file.versions.engine,
                       file.versions.stream,
                       file.seeds);
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// What the gate could have found; nothing where no cell was tested.
std::string detectable_line(const CheckReport& report) {
    std::vector<double> drops;
    std::vector<double> levels;
    const CheckedCell* worst = nullptr;
    for (const CheckedCell& cell : report.cells) {
        if (cell.gate.exponent.is_tested()) {
            drops.push_back(cell.gate.exponent.detectable);
        }
        if (cell.gate.level.is_tested()) {
            levels.push_back(cell.gate.level.detectable);
            if (worst == nullptr ||
                cell.gate.level.detectable > worst->gate.level.detectable) {
                worst = &cell;
            }
        }
    }
    if (worst == nullptr) {
        return "";
    }
    std::string text = "Could have found (80 %): ";
    if (!drops.empty()) {
        text += fmt::format("median drop {:.2g}, ", median(drops));
    }
    return text + fmt::format("level x{:.3g}; worst cell {}: x{:.3g}.\n",
                              std::exp(median(levels)),
                              worst->match.label,
                              std::exp(worst->gate.level.detectable));
}

std::string cell_table(const CheckReport& report) {
    Table table{{"", "cell", "MSE exponent", "typical run", "level", "what"},
                {false, false, true, true, true, false}};
    bool is_empty = true;
    for (const CheckedCell& cell : report.cells) {
        if (!is_worth_a_line(cell)) {
            continue;
        }
        is_empty = false;
        const bool is_mean = cell.gate.statistic == rates::Statistic::mean;
        table.add({mark(cell),
                   cell.match.label,
                   is_mean ? exponent_text(cell) : "none (infinite)",
                   is_mean ? "" : exponent_text(cell),
                   level_change(cell.gate.level),
                   finding(cell)});
    }
    return is_empty ? "" : table.markdown() + "\n";
}

std::string list_cells(const char* what, const std::vector<std::string>& labels) {
    std::string text;
    for (const std::string& label : labels) {
        text += fmt::format("* {}: {}\n", what, label);
    }
    return text.empty() ? text : text + "\n";
}

}  // namespace

std::size_t count(const CheckReport& report, rates::GateState state) {
    return static_cast<std::size_t>(std::count_if(
        report.cells.begin(), report.cells.end(), [state](const CheckedCell& cell) {
            return cell.gate.state == state;
        }));
}

std::string finding(const CheckedCell& cell) {
    const rates::CellGate& gate = cell.gate;
    std::vector<std::string> parts;
    if (gate.divergence_fails || gate.candidate_bad_seeds > gate.baseline_bad_seeds) {
        parts.push_back(fmt::format("diverged seeds {} -> {}",
                                    gate.baseline_bad_seeds,
                                    gate.candidate_bad_seeds));
    }
    if (gate.exponent_fails) {
        parts.emplace_back("exponent");
    }
    if (gate.level_fails) {
        parts.emplace_back("level");
    }
    if (gate.state == GateState::changed) {
        parts.emplace_back("changed, not material");
    } else if (gate.state != GateState::fail) {
        parts.emplace_back(rates::name(gate.state));
    }
    if (gate.baseline_regime != gate.candidate_regime) {
        parts.push_back(fmt::format("{} -> {}",
                                    rates::name(gate.baseline_regime),
                                    rates::name(gate.candidate_regime)));
    }
    parts.insert(parts.end(), cell.unexplained.begin(), cell.unexplained.end());
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<std::string> advice(const CheckReport& report) {
    std::vector<std::string> lines;
    switch (report.verdict) {
        case CheckVerdict::pass:
            break;
        case CheckVerdict::incomparable:
            lines.emplace_back(
                "Run the candidate with the baseline's experiment and seeds, or make a "
                "new baseline with `tailrate run EXP.yaml --confirmation 200`.");
            break;
        case CheckVerdict::missing:
            lines.emplace_back(
                "Put the cells back into the experiment, or make a new "
                "baseline without them.");
            break;
        case CheckVerdict::regression:
            lines.push_back("Reproduce: " + report.command);
            lines.emplace_back(
                "If the change is meant: raise the version of what changed (kernel, "
                "engine or stream) and make a new baseline.");
            break;
        case CheckVerdict::unexplained:
            lines.emplace_back(
                "Find out what moved the bits. If it is meant: raise the version of "
                "what changed and make a new baseline.");
            break;
    }
    return lines;
}

std::string check_markdown(const CheckReport& report) {
    std::string text = headline(report);
    if (!report.cells.empty()) {
        text += fmt::format(" ({}; {}, {} seeds, window {}-{})",
                            counts_text(report),
                            report.is_paired ? "paired" : "draws differ",
                            report.comparison.seeds.size(),
                            report.window_start,
                            report.horizon);
    }
    text += "\n\n";
    for (const std::string& obstacle : report.comparison.obstacles) {
        text += "* " + obstacle + "\n";
    }
    text += report.comparison.obstacles.empty() ? "" : "\n";
    text += cell_table(report);
    text += list_cells("missing", report.comparison.missing_cells);
    text += list_cells("new, not tested", report.comparison.new_cells);
    text += file_line("Baseline", report.baseline);
    text += file_line("Candidate", report.candidate);
    if (report.comparison.ignored_seeds > 0) {
        text += fmt::format("{} seeds that only one of the files has are left out.\n",
                            report.comparison.ignored_seeds);
    }
    text += detectable_line(report);
    for (const std::string& line : advice(report)) {
        text += line + "\n";
    }
    return text;
}

}  // namespace tailrate::app
