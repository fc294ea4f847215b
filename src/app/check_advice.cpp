#include <algorithm>

#include <fmt/format.h>

#include "app/check_report.hpp"

namespace tailrate::app {
namespace {

using rates::GateState;

constexpr const char* to_worse =
    "If the change is meant: raise the version of what changed (kernel, engine or "
    "stream) and make a new baseline.";
constexpr const char* to_unexplained =
    "Find out what moved the bits. If it is meant: raise the version of what changed "
    "and make a new baseline.";

/// How suspects become decidable.
std::string advice_to_suspects(const CheckReport& report) {
    if (report.undecided == Undecided::other_program) {
        return fmt::format(
            "Suspects are decided on confirmation seeds, which the candidate has not, "
            "and only the program that made it can compute them: there, run the "
            "candidate with --confirmation {}.",
            report.baseline_confirmation_seeds);
    }
    return fmt::format(
        "Suspects are decided on confirmation seeds, of which the baseline has {} "
        "(needed: {}): make it again with `tailrate run EXP.yaml --confirmation 200` "
        "by the program that made it.",
        report.baseline_confirmation_seeds == 0
            ? std::string{"none"}
            : std::to_string(report.baseline_confirmation_seeds),
        fewest_common_seeds);
}

}  // namespace

bool stops(const CheckReport& report, const CheckedCell& cell) {
    return cell.gate.state == GateState::fail ||
           cell.gate.state == GateState::suspect ||
           (report.verdict == CheckVerdict::unexplained && !cell.unexplained.empty());
}

std::string advice(const CheckReport& report, const CheckedCell& cell) {
    switch (cell.gate.state) {
        case GateState::fail:
            return to_worse;
        case GateState::suspect:
            return advice_to_suspects(report);
        default:
            return stops(report, cell) ? to_unexplained : "";
    }
}

std::vector<std::string> advice(const CheckReport& report) {
    std::vector<std::string> lines;
    const auto add = [&](const std::string& line) {
        if (!line.empty() &&
            std::find(lines.begin(), lines.end(), line) == lines.end()) {
            lines.push_back(line);
        }
    };
    for (const Obstacle& obstacle : report.comparison.obstacles) {
        add(obstacle.advice);
    }
    if (lines.empty() && !report.comparison.missing_cells.empty()) {
        add(advice_to_missing);
    }
    for (const CheckedCell& cell : report.cells) {
        add(advice(report, cell));
    }
    return lines;
}

}  // namespace tailrate::app
