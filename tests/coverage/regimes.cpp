#include <array>
#include <cmath>

#include <fmt/core.h>

#include "app/table.hpp"
#include "core/contracts.hpp"
#include "coverage/intervals.hpp"

namespace tailrate::coverage {
namespace {

constexpr double flat = 0.05;         // true exponent below: no rate
constexpr double steep = 0.3;         // true exponent above: a rate
constexpr double straight = 0.05;     // true curvature
constexpr double least_share = 0.97;  // of a rate's repetitions called one

enum class Goal { none, never_converging, converging };

double judged_exponent(const rates::CellRates& fit) {
    return fit.judged_by == rates::Statistic::mean ? fit.exponent : fit.exponent_geo;
}

Goal goal_of(const CellFits& cell) {
    const double exponent = judged_exponent(cell.truth);
    if (cell.is_travelling || exponent < flat) {
        return Goal::never_converging;
    }
    return exponent > steep && std::abs(cell.truth.curvature) < straight
               ? Goal::converging
               : Goal::none;
}

using Counts = std::array<std::size_t, rates::regime_names.size()>;

Counts count_regimes(const CellFits& cell, std::size_t repetitions) {
    Counts counts{};
    for (std::size_t r = 0; r < repetitions; ++r) {
        ++counts[static_cast<std::size_t>(cell.fits[r].regime)];
    }
    return counts;
}

std::string counts_text(const Counts& counts) {
    std::string text;
    for (std::size_t k = 0; k < counts.size(); ++k) {
        if (counts[k] > 0) {
            text += fmt::format(
                "{}{} {}", text.empty() ? "" : ", ", rates::regime_names[k], counts[k]);
        }
    }
    return text;
}

/// Mean over the repetitions of half the curvature's interval.
double curvature_half_width(const CellFits& cell, std::size_t repetitions) {
    double sum = 0.0;
    for (std::size_t r = 0; r < repetitions; ++r) {
        const rates::Interval interval = cell.fits[r].curvature_ci;
        sum += 0.5 * (interval.upper - interval.lower);
    }
    return sum / static_cast<double>(repetitions);
}

/// Cells whose exponent should be called a rate.
void report_rates(const std::vector<CellFits>& cells, Report& report) {
    std::vector<std::string> head{"cell"};
    for (const RateShare& share : cells.front().rate_shares) {
        head.push_back(fmt::format("{} seeds", share.seeds));
    }
    std::vector<bool> is_right_aligned(head.size(), true);
    is_right_aligned.front() = false;
    app::Table table{head, is_right_aligned};
    for (const CellFits& cell : cells) {
        if (goal_of(cell) != Goal::converging) {
            continue;
        }
        std::vector<std::string> row{cell.name};
        for (const RateShare& share : cell.rate_shares) {
            row.push_back(percent_text(share.called, share.fits));
        }
        table.add(row);
    }
    report.add(
        "How often the exponents that should converge are called a rate, in percent, "
        "by number of seeds; the gate tests the exponent of such a baseline only:\n");
    report.add(table.markdown());
}

bool is_met(Goal goal, std::size_t converging, std::size_t repetitions) {
    if (goal == Goal::never_converging) {
        return converging == 0;
    }
    return goal == Goal::none || static_cast<double>(converging) >=
                                     least_share * static_cast<double>(repetitions);
}

std::string goal_text(Goal goal, bool is_goal_met) {
    if (goal == Goal::none) {
        return "";
    }
    const std::string text =
        goal == Goal::converging ? "converging 97 %" : "never converging";
    return is_goal_met ? text : "**" + text + " missed**";
}

}  // namespace

void report_regimes(const std::vector<CellFits>& cells,
                    std::size_t repetitions,
                    Report& report) {
    app::Table table{
        {"cell", "true exponent", "true curvature", "half width", "regimes", "goal"},
        {false, true, true, true, false, false}};
    std::size_t missed = 0;
    for (const CellFits& cell : cells) {
        TAILRATE_EXPECTS(cell.fits.size() >= repetitions);
        const Counts counts = count_regimes(cell, repetitions);
        const Goal goal = goal_of(cell);
        const bool is_goal_met =
            is_met(goal,
                   counts[static_cast<std::size_t>(rates::Regime::converging)],
                   repetitions);
        missed += is_goal_met ? 0U : 1U;
        table.add({cell.name,
                   fmt::format("{:.3f}", judged_exponent(cell.truth)),
                   fmt::format("{:.3f}", cell.truth.curvature),
                   fmt::format("{:.3f}", curvature_half_width(cell, repetitions)),
                   counts_text(counts),
                   goal_text(goal, is_goal_met)});
    }
    report.add(fmt::format(
        "## Regimes\n\n{} repetitions of {} seeds. Never converging: clipped cells "
        "that still travel and cells with a true exponent below 0.05. Converging in "
        "97 %: a true exponent above 0.3 and a true curvature within 0.05 of zero. "
        "Exponents are of the statistic that the regime is judged by; the half width "
        "is that of the curvature's interval, which lies within 0.1 of zero where an "
        "exponent is called a rate.\n",
        repetitions,
        seeds_per_repetition));
    report.add(table.markdown());
    report.add(fmt::format("{} goals missed.\n", missed));
    report_rates(cells, report);
}

}  // namespace tailrate::coverage
