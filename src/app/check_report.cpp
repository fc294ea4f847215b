#include "app/check_report.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/table.hpp"
#include "math/order_statistics.hpp"

namespace tailrate::app {
namespace {

using rates::GateState;

/// Lines of at most 98 characters, broken at blanks.
std::string wrapped(const std::string& text) {
    constexpr std::size_t longest = 98;
    std::string lines;
    std::size_t first = 0;
    while (text.size() - first > longest) {
        const std::size_t blank = text.rfind(' ', first + longest);
        if (blank == std::string::npos || blank <= first) {
            break;
        }
        lines += text.substr(first, blank - first) + "\n";
        first = blank + 1;
    }
    return lines + text.substr(first) + "\n";
}

/// What a headline about missing cells must not hide.
std::string besides_missing(const CheckReport& report) {
    const std::size_t worse = count(report, GateState::fail);
    const std::size_t suspects = count(report, GateState::suspect);
    std::string text = worse == 0 ? "" : fmt::format(", and {} worse", worse);
    if (suspects > 0) {
        text += fmt::format(", and {} suspect{}", suspects, suspects == 1 ? "" : "s");
    }
    return text;
}

std::string headline(const CheckReport& report) {
    const std::size_t all = report.cells.size();
    const std::size_t suspects = count(report, GateState::suspect);
    switch (report.verdict) {
        case CheckVerdict::incomparable:
            return "**NOT COMPARABLE**";
        case CheckVerdict::missing:
            return fmt::format(
                "**MISSING: {} of {} cells of the baseline are not in the "
                "candidate{}**",
                report.comparison.missing_cells.size(),
                report.comparison.cells.size() + report.comparison.missing_cells.size(),
                besides_missing(report));
        case CheckVerdict::regression:
            return fmt::format(
                "**FAIL: {} of {} cells worse**", count(report, GateState::fail), all);
        case CheckVerdict::undecided:
            return fmt::format(
                "**UNDECIDED: {} suspect{} of {} cells, the others are "
                "not worse**",
                suspects,
                suspects == 1 ? "" : "s",
                all);
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

std::string draws_text(const CheckReport& report) {
    const std::size_t other = count_other_draws(report);
    return other == 0                     ? "paired"
           : other == report.cells.size() ? "draws differ"
                                          : fmt::format("draws differ in {}", other);
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

/// What the gate could have found, known of cells that changed; nothing where none did.
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
    const std::size_t unchanged =
        count(report, GateState::identical) + count(report, GateState::rounding);
    const std::string cells = counted(std::to_string(levels.size()), "cell");
    std::string text = fmt::format(
        "Could have found (80 %{}){}: ",
        count_other_draws(report) > 0 ? "; where draws differ, at the first look" : "",
        unchanged > 0 ? " in the " + cells + " that changed" : "");
    if (!drops.empty()) {
        text += fmt::format("median drop {:.3f}, ", math::median(drops));
    }
    text += fmt::format("level x{:.2f};", std::exp(math::median(levels)));
    return wrapped(text) + fmt::format("worst cell {}: x{:.2f}.\n",
                                       worst->match.label,
                                       std::exp(worst->gate.level.detectable));
}

std::string missing_text(const std::vector<MissingCell>& cells) {
    std::string text;
    for (const MissingCell& cell : cells) {
        text += fmt::format("* missing: {}\n", cell.label);
        text += cell.difference.empty() ? "" : "  " + cell.difference + "\n";
    }
    return text.empty() ? text : text + "\n";
}

std::string new_text(const std::vector<std::string>& labels) {
    std::string text;
    for (const std::string& label : labels) {
        text += fmt::format("* new, not tested: {}\n", label);
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

std::size_t count_other_draws(const CheckReport& report) {
    return static_cast<std::size_t>(std::count_if(
        report.cells.begin(), report.cells.end(), [](const CheckedCell& cell) {
            return !cell.gate.has_same_draws;
        }));
}

std::string check_markdown(const CheckReport& report) {
    std::string text = headline(report);
    if (!report.cells.empty()) {
        text += fmt::format("\n({}; {}, {} seeds, window {}-{})",
                            counts_text(report),
                            draws_text(report),
                            report.comparison.seeds.size(),
                            report.window_start,
                            report.horizon);
    }
    text += "\n\n";
    for (const Obstacle& obstacle : report.comparison.obstacles) {
        text += "* " + obstacle.text + "\n";
    }
    text += report.comparison.obstacles.empty() ? "" : "\n";
    text += check_table(report);
    text += missing_text(report.comparison.missing_cells);
    text += new_text(report.comparison.new_cells);
    text += file_line("Baseline", report.baseline);
    text += report.candidate.path.empty() ? "The candidate was not run.\n"
                                          : file_line("Candidate", report.candidate);
    if (report.comparison.ignored_seeds > 0) {
        text += fmt::format(
            "Left out: {} that only one of the files has.\n",
            counted(std::to_string(report.comparison.ignored_seeds), "seed"));
    }
    text += detectable_line(report);
    if (report.verdict != CheckVerdict::pass) {
        text += "Reproduce: " + report.command + "\n";
    }
    for (const std::string& line : advice(report)) {
        text += wrapped(line);
    }
    return text;
}

}  // namespace tailrate::app
