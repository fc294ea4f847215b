#include "app/rates_table.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/table.hpp"

namespace tailrate::app {
namespace {

/// The MSE column: never the typical run's number under this name.
std::string mse_exponent_text(const rates::CellRates& cell) {
    switch (cell.reason) {
        case rates::Reason::infinite_mse:
            return "none (infinite)";
        case rates::Reason::diverged:
            return "none (diverged)";
        case rates::Reason::few_seeds:
            return "none (few seeds)";
        case rates::Reason::short_window:
            return "none (short window)";
        case rates::Reason::caution:
        case rates::Reason::ok:
            break;
    }
    const std::string text =
        with_margin(cell.exponent, cell.exponent_ci.lower, cell.exponent_ci.upper);
    return cell.reason == rates::Reason::caution ? text + " (caution)" : text;
}

std::string typical_text(const rates::CellRates& cell) {
    return std::isnan(cell.exponent_geo) ? "none"
                                         : with_margin(cell.exponent_geo,
                                                       cell.exponent_geo_ci.lower,
                                                       cell.exponent_geo_ci.upper);
}

/// "0.76", "at least 0.4", "some in (0, 0.4)", "at most 0".
std::string exponent_of(const core::Bound& bound) {
    const std::string value = fmt::format("{:.3g}", bound.exponent);
    switch (bound.kind) {
        case core::BoundKind::at_least:
            return std::isnan(bound.exponent_up_to)
                       ? "at least " + value
                       : fmt::format(
                             "some in ({}, {:.3g})", value, bound.exponent_up_to);
        case core::BoundKind::at_most:
            return "at most " + value;
        case core::BoundKind::exact:
            break;
    }
    return value;
}

std::string claim(const core::Bound& bound) {
    return exponent_of(bound) + (bound.is_ours ? " (ours)" : " (cited)");
}

/// The statement that tells most; a method states it first.
std::string headline(const FittedCell& cell) {
    if (cell.theory.empty()) {
        return "-";
    }
    const JudgedBound& first = cell.theory.front();
    return claim(first.bound) + ": " + rates::name(first.judgement.verdict);
}

std::string exponents(const std::vector<FittedCell>& cells) {
    Table table{{"cell",
                 "MSE exponent",
                 "typical run",
                 "regime",
                 "rate",
                 "theory",
                 "final MSE",
                 "final typical",
                 "largest seed",
                 "diverged"},
                {false, true, true, false, false, false, true, true, true, true}};
    for (const FittedCell& cell : cells) {
        const rates::CellRates& r = cell.rates;
        table.add({cell.label,
                   mse_exponent_text(r),
                   typical_text(r),
                   rates::name(r.regime),
                   r.is_rate ? "yes" : "no",
                   headline(cell),
                   cell.moment == rates::MomentClass::infinite
                       ? "(" + level_text(r.final_mean) + ")"
                       : level_text(r.final_mean),
                   level_text(r.final_geo),
                   std::isnan(r.largest_share)
                       ? "-"
                       : fmt::format("{:.0f} %", 100.0 * r.largest_share),
                   std::to_string(r.diverged_seeds)});
    }
    return table.markdown();
}

std::string details(const std::vector<FittedCell>& cells) {
    Table table{
        {"cell", "judged by", "early", "late", "curvature", "Hill", "knee", "because"},
        {false, false, true, true, true, true, true, false}};
    for (const FittedCell& cell : cells) {
        const rates::CellRates& r = cell.rates;
        table.add({cell.label,
                   r.judged_by == rates::Statistic::mean ? "mean" : "typical run",
                   exponent_text(r.early_exponent),
                   exponent_text(r.late_exponent),
                   interval_text(r.curvature_ci.lower, r.curvature_ci.upper),
                   std::isnan(r.hill) ? "-" : level_text(r.hill),
                   std::isnan(cell.knee) ? "-" : level_text(cell.knee),
                   fmt::format("{}: {}", rates::name(r.regime), r.regime_reason)});
    }
    return table.markdown();
}

/// Number of `text` in `notes`, from 1, added where it is new.
std::size_t note(std::vector<std::string>& notes, const std::string& text) {
    auto found = std::find(notes.begin(), notes.end(), text);
    if (found == notes.end()) {
        found = notes.insert(notes.end(), text);
    }
    return static_cast<std::size_t>(found - notes.begin()) + 1;
}

/// "MSE", "typical run", "gap", "averaged iterate".
std::string subject(core::Quantity about) {
    std::string text = about == core::Quantity::mse ? "MSE" : core::name(about);
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

std::string theory(const std::vector<FittedCell>& cells) {
    Table table{{"cell", "of", "theory", "verdict", "because", "note"},
                {false, false, false, false, false, true}};
    std::vector<std::string> notes;
    for (const FittedCell& cell : cells) {
        for (const JudgedBound& judged : cell.theory) {
            const core::Bound& bound = judged.bound;
            table.add({cell.label,
                       subject(bound.about),
                       claim(bound),
                       rates::name(judged.judgement.verdict),
                       judged.judgement.reason,
                       std::to_string(
                           note(notes, bound.source + ". For: " + bound.assumptions))});
        }
    }
    if (notes.empty()) {
        return {};
    }
    std::string text =
        "\nTheory beside measurement: the interval, widened by 0.05, "
        "against the exponent.\n\n" +
        table.markdown() + "\n";
    for (std::size_t k = 0; k < notes.size(); ++k) {
        text += fmt::format("{}. {}.\n", k + 1, notes[k]);
    }
    return text;
}

}  // namespace

std::string rates_report(const std::vector<FittedCell>& cells, double window_decades) {
    const rates::CellRates& first = cells.front().rates;
    const std::string legend = fmt::format(
        "\nExponents over the last {:.3g} decades, t >= {}, {} checkpoints; ± half a "
        "95 % interval.\nTypical run: mean slope of the seeds' curves. Rate: "
        "converging, and the 95 % interval of the curvature\nlies within 0.1 of zero. "
        "In brackets: the sample mean of an infinite MSE, which is no estimate.\n",
        window_decades,
        first.window_start,
        first.window_points);
    const std::string legend_of_details =
        "\nEarly, late: exponents of the halves of the window; curvature: 95 % "
        "interval "
        "of late minus early. Hill: tail\nindex of the seeds' errors, doubtful below "
        "2. "
        "Knee: iteration from which on a growing threshold exceeds\nthe residual "
        "gradients.\n\n";
    return exponents(cells) + legend + legend_of_details + details(cells) +
           theory(cells);
}

}  // namespace tailrate::app
