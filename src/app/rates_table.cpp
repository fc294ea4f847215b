#include "app/rates_table.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/short_names.hpp"
#include "app/table.hpp"

namespace tailrate::app {
namespace {

constexpr std::size_t longest_name = 46;  // so that a table fits 120 columns

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

/// An exponent of the typical run needs less than that of the mean.
std::string typical_text(const rates::CellRates& cell) {
    if (!std::isnan(cell.exponent_geo)) {
        return with_margin(
            cell.exponent_geo, cell.exponent_geo_ci.lower, cell.exponent_geo_ci.upper);
    }
    return cell.diverged_seeds > 0  ? "none (diverged)"
           : cell.window_points < 2 ? "none (short window)"
                                    : "none (one seed)";
}

/// "0.76", "at least 0.4", "some in (0, 0.4)", "at most 0".
std::string exponent_of(const core::Bound& bound) {
    std::string value = fmt::format("{:.3g}", bound.exponent);
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

/// The level at the horizon with its interval; in brackets where it estimates nothing.
std::string final_mean_text(const FittedCell& cell) {
    const rates::CellRates& r = cell.rates;
    const std::string level = level_text(r.final_mean);
    return cell.moment == rates::MomentClass::infinite
               ? "(" + level + ")"
               : with_factor(level, r.final_mean_ci.lower, r.final_mean_ci.upper);
}

std::string glance(const std::vector<FittedCell>& cells,
                   const std::vector<std::string>& names) {
    Table table{{"cell", "MSE exponent", "typical run", "regime", "final MSE"},
                {false, true, true, false, true}};
    for (std::size_t k = 0; k < cells.size(); ++k) {
        const rates::CellRates& r = cells[k].rates;
        table.add({names[k],
                   mse_exponent_text(r),
                   typical_text(r),
                   rates::name(r.regime) + std::string{r.is_rate ? " *" : ""},
                   final_mean_text(cells[k])});
    }
    return table.markdown();
}

std::string errors(const std::vector<FittedCell>& cells,
                   const std::vector<std::string>& names) {
    Table table{{"cell", "final typical", "largest seed", "Hill", "diverged", "knee"},
                {false, true, true, true, true, true}};
    for (std::size_t k = 0; k < cells.size(); ++k) {
        const rates::CellRates& r = cells[k].rates;
        table.add(
            {names[k],
             with_factor(
                 level_text(r.final_geo), r.final_geo_ci.lower, r.final_geo_ci.upper),
             std::isnan(r.largest_share)
                 ? "-"
                 : fmt::format("{:.0f} %", 100.0 * r.largest_share),
             std::isnan(r.hill) ? "-" : level_text(r.hill),
             std::to_string(r.diverged_seeds),
             std::isnan(cells[k].knee) ? "-" : level_text(cells[k].knee)});
    }
    return table.markdown();
}

std::string reasons(const std::vector<FittedCell>& cells,
                    const std::vector<std::string>& names) {
    Table table{{"cell", "judged by", "early", "late", "curvature", "because"},
                {false, false, true, true, true, false}};
    for (std::size_t k = 0; k < cells.size(); ++k) {
        const rates::CellRates& r = cells[k].rates;
        table.add({names[k],
                   r.judged_by == rates::Statistic::mean ? "mean" : "typical run",
                   exponent_text(r.early_exponent),
                   exponent_text(r.late_exponent),
                   interval_text(r.curvature_ci.lower, r.curvature_ci.upper),
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

std::string theory(const std::vector<FittedCell>& cells,
                   const std::vector<std::string>& names) {
    Table table{{"cell", "of", "theory", "verdict", "because", "note"},
                {false, false, false, false, false, true}};
    std::vector<std::string> notes;
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        for (const JudgedBound& judged : cells[cell].theory) {
            const core::Bound& bound = judged.bound;
            table.add({names[cell],
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
    std::vector<std::string> labels;
    labels.reserve(cells.size());
    for (const FittedCell& cell : cells) {
        labels.push_back(cell.label);
    }
    const ShortNames names = short_names(labels, longest_name);
    const rates::CellRates& first = cells.front().rates;
    std::string text = glance(cells, names.of_row);
    text += names.notes.empty() ? "" : "\n";
    for (const std::string& note : names.notes) {
        text += note + "\n";
    }
    text += fmt::format(
        "\nExponents over the last {}, t >= {}, {}; ± half a "
        "95 % "
        "interval,\n×÷ its factor to either side. Typical run: mean slope of the "
        "seeds' "
        "curves. In brackets: the\nsample mean of an infinite MSE, which is no "
        "estimate. "
        "* may be called a rate: converging, and the\n95 % interval of the curvature "
        "lies "
        "within 0.1 of zero.\n\n",
        counted(fmt::format("{:.3g}", window_decades), "decade"),
        first.window_start,
        counted(std::to_string(first.window_points), "checkpoint"));
    text += errors(cells, names.of_row) +
            "\nFinal typical: geometric mean. Largest seed: its share of the sum of "
            "errors. "
            "Hill: tail index of\nthe seeds' errors, doubtful below 2. Knee: iteration "
            "from "
            "which on a growing threshold exceeds\nthe residual gradients.\n\n" +
            reasons(cells, names.of_row) +
            "\nEarly, late: exponents of the halves of the window; curvature: 95 % "
            "interval "
            "of late minus early.\n";
    return text + theory(cells, names.of_row);
}

}  // namespace tailrate::app
