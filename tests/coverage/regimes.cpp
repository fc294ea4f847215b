#include <algorithm>
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
        {"cell", "true exponent", "true curvature", "called a rate", "regimes", "goal"},
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
        const auto last = cell.fits.begin() + static_cast<std::ptrdiff_t>(repetitions);
        const auto rates_called =
            std::count_if(cell.fits.begin(), last, [](const rates::CellRates& fit) {
                return fit.is_rate;
            });
        table.add({cell.name,
                   fmt::format("{:.3f}", judged_exponent(cell.truth)),
                   fmt::format("{:.3f}", cell.truth.curvature),
                   fmt::format("{}", rates_called),
                   counts_text(counts),
                   goal_text(goal, is_goal_met)});
    }
    report.add(fmt::format(
        "## Regimes\n\n{} repetitions of {} seeds. Never converging: clipped cells "
        "that "
        "still travel and cells with a true exponent below 0.05. Converging in 97 %: a "
        "true exponent above 0.3 and a true curvature within 0.05 of zero. Exponents "
        "are "
        "of the statistic that the regime is judged by; a rate converges and has its "
        "curvature interval within 0.1 of zero.\n",
        repetitions,
        seeds_per_repetition));
    report.add(table.markdown());
    report.add(fmt::format("{} goals missed.\n", missed));
}

}  // namespace tailrate::coverage
