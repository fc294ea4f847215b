#include "coverage/intervals.hpp"

#include <array>
#include <cmath>

#include <fmt/core.h>

#include "app/table.hpp"

namespace tailrate::coverage {
namespace {

constexpr double lowest_coverage = 0.93;
constexpr double highest_coverage = 0.97;
constexpr std::size_t enough = 1000;  // repetitions: a standard error of 0.7 points

/// A reported number with its interval.
struct Quantity {
    const char* name;
    double rates::CellRates::*value;
    rates::Interval rates::CellRates::*interval;
};

constexpr std::array<Quantity, 5> quantities{{
    {"exponent", &rates::CellRates::exponent, &rates::CellRates::exponent_ci},
    {"exponent_geo",
     &rates::CellRates::exponent_geo,
     &rates::CellRates::exponent_geo_ci},
    {"final_mean", &rates::CellRates::final_mean, &rates::CellRates::final_mean_ci},
    {"final_geo", &rates::CellRates::final_geo, &rates::CellRates::final_geo_ci},
    {"curvature", &rates::CellRates::curvature, &rates::CellRates::curvature_ci},
}};

struct Covered {
    std::size_t repetitions = 0;  ///< that report an interval
    std::size_t too_high = 0;     ///< intervals that lie above the truth
    std::size_t too_low = 0;
    double mean = 0.0;        ///< of the reported numbers
    double deviation = 0.0;   ///< of the reported numbers
    double half_width = 0.0;  ///< of the intervals, mean

    [[nodiscard]] std::size_t hits() const { return repetitions - too_high - too_low; }

    [[nodiscard]] bool is_outside() const {
        const double share =
            static_cast<double>(hits()) / static_cast<double>(repetitions);
        return repetitions >= enough &&
               (share < lowest_coverage || share > highest_coverage);
    }
};

Covered cover(const CellFits& cell, const Quantity& quantity) {
    const double truth = cell.truth.*quantity.value;
    Covered covered;
    double square = 0.0;
    for (const rates::CellRates& fit : cell.fits) {
        const rates::Interval interval = fit.*quantity.interval;
        if (std::isnan(interval.lower)) {
            continue;
        }
        ++covered.repetitions;
        covered.too_high += interval.lower > truth ? 1U : 0U;
        covered.too_low += interval.upper < truth ? 1U : 0U;
        covered.mean += fit.*quantity.value;
        const double distance = fit.*quantity.value - truth;
        square += distance * distance;
        covered.half_width += 0.5 * (interval.upper - interval.lower);
    }
    const auto n = static_cast<double>(covered.repetitions);
    covered.mean /= n;
    covered.half_width /= n;
    const double bias = covered.mean - truth;
    covered.deviation = std::sqrt(square / n - bias * bias);
    return covered;
}

std::string coverage_text(const Covered& covered) {
    if (covered.repetitions == 0) {
        return "none";
    }
    const std::string text = percent_text(covered.hits(), covered.repetitions);
    return covered.is_outside() ? "**" + text + "**" : text;
}

/// The intervals outside the goal, among how many.
struct Outside {
    std::size_t count = 0;
    std::size_t intervals = 0;
    app::Table table{{"cell",
                      "interval of",
                      "coverage",
                      "too low",
                      "too high",
                      "bias / s.d.",
                      "half width / s.d."},
                     {false, false, true, true, true, true, true}};
};

void add_outside(const CellFits& cell,
                 const Quantity& quantity,
                 const Covered& covered,
                 app::Table& table) {
    const double bias = covered.mean - cell.truth.*quantity.value;
    table.add({cell.name,
               quantity.name,
               percent_text(covered.hits(), covered.repetitions),
               percent_text(covered.too_low, covered.repetitions),
               percent_text(covered.too_high, covered.repetitions),
               fmt::format("{:.3f}", bias / covered.deviation),
               fmt::format("{:.2f}", covered.half_width / covered.deviation)});
}

std::vector<std::string> coverage_row(const CellFits& cell, Outside& outside) {
    std::vector<std::string> row{cell.name,
                                 fmt::format("{:.3f}", cell.truth.exponent),
                                 fmt::format("{:.3f}", cell.truth.exponent_geo)};
    for (const Quantity& quantity : quantities) {
        const Covered covered = cover(cell, quantity);
        row.push_back(coverage_text(covered));
        outside.intervals += covered.repetitions > 0 ? 1U : 0U;
        if (covered.is_outside()) {
            ++outside.count;
            add_outside(cell, quantity, covered, outside.table);
        }
    }
    return row;
}

void report_exact(const std::vector<CellFits>& cells, Report& report) {
    for (const CellFits& cell : cells) {
        if (cell.is_exact) {
            report.add(
                fmt::format("{}: exact exponent {:.4f}, curvature {:.4f}; the pool's "
                            "mean is within "
                            "{:.2f} standard errors of the exact curve.\n",
                            cell.name,
                            cell.truth.exponent,
                            cell.truth.curvature,
                            cell.largest_z));
        }
    }
}

}  // namespace

void report_coverage(const std::vector<CellFits>& cells, Report& report) {
    app::Table table{{"cell",
                      "true exponent",
                      "true exponent_geo",
                      "exponent",
                      "exponent_geo",
                      "final_mean",
                      "final_geo",
                      "curvature"},
                     {false, true, true, true, true, true, true, true}};
    Outside outside;
    for (const CellFits& cell : cells) {
        table.add(coverage_row(cell, outside));
    }
    report.add(fmt::format(
        "## Coverage of 95 % intervals\n\n{} repetitions of {} seeds, all different; "
        "in percent with standard errors; bold outside 93 to 97, from 1,000 "
        "repetitions on. The truth of Gaussian SGD is exact but for the typical run, "
        "elsewhere it is the same fit to all seeds. nan and none: infinite mean "
        "squared error.\n",
        cells.front().fits.size(),
        seeds_per_repetition));
    report.add(table.markdown());
    report_exact(cells, report);
    if (cells.front().fits.size() >= enough) {
        report.add(fmt::format(
            "{} of {} outside 93 to 97 %.\n", outside.count, outside.intervals));
    }
    if (outside.count > 0) {
        report.add("An interval without fault has half a width of 1.98 s.d.:\n");
        report.add(outside.table.markdown());
    }
}

}  // namespace tailrate::coverage
