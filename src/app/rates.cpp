#include "rates/rates.hpp"

#include <cmath>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/table.hpp"
#include "runner/result_reader.hpp"

namespace tailrate::app {
namespace {

using nlohmann::ordered_json;

struct Fitted {
    std::string label;
    std::string algorithm;
    rates::MomentClass moment;
    rates::CellRates rates;
};

std::vector<Fitted> fit_file(const runner::ResultReader& file, double window_decades) {
    const std::vector<std::string> algorithms = file.file().text("/algorithm");
    std::vector<Fitted> cells;
    for (std::size_t cell = 0; cell < file.cells(); ++cell) {
        const runner::StoredCell stored = file.cell(cell);
        cells.push_back(
            {file.labels()[cell],
             algorithms[cell],
             stored.moment,
             rates::fit(
                 {file.iterations(), stored.errors}, stored.facts(), window_decades)});
    }
    return cells;
}

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

void print_table(const std::vector<Fitted>& cells, double window) {
    Table table{{"cell",
                 "MSE exponent",
                 "typical run",
                 "regime",
                 "rate",
                 "final MSE",
                 "final typical",
                 "largest seed",
                 "diverged"},
                {false, true, true, false, false, true, true, true, true}};
    for (const Fitted& cell : cells) {
        const rates::CellRates& r = cell.rates;
        table.add({cell.label,
                   mse_exponent_text(r),
                   typical_text(r),
                   rates::name(r.regime),
                   r.is_rate ? "yes" : "no",
                   cell.moment == rates::MomentClass::infinite
                       ? "(" + level_text(r.final_mean) + ")"
                       : level_text(r.final_mean),
                   level_text(r.final_geo),
                   std::isnan(r.largest_share)
                       ? "-"
                       : fmt::format("{:.0f} %", 100.0 * r.largest_share),
                   std::to_string(r.diverged_seeds)});
    }
    fmt::print("{}", table.markdown());
    const rates::CellRates& first = cells.front().rates;
    fmt::print(
        "\nExponents over the last {:.3g} decades, t >= {}, {} checkpoints; ± half a "
        "95 % "
        "interval.\nTypical run: mean slope of the seeds' curves. Rate: converging, "
        "and the "
        "95 % interval of the curvature\nlies within 0.1 of zero. In brackets: the "
        "sample "
        "mean of an infinite MSE, which is no estimate.\n",
        window,
        first.window_start,
        first.window_points);
}

/// null for NaN, "inf" for infinity.
ordered_json number(double value) {
    if (std::isnan(value)) {
        return nullptr;
    }
    if (std::isinf(value)) {
        return value > 0.0 ? "inf" : "-inf";
    }
    return value;
}

ordered_json interval(const rates::Interval& ci) {
    return ordered_json::array({number(ci.lower), number(ci.upper)});
}

ordered_json to_json(const Fitted& cell) {
    const rates::CellRates& r = cell.rates;
    return {{"label", cell.label},
            {"algorithm", cell.algorithm},
            {"mse_moment", rates::name(cell.moment)},
            {"exponent", number(r.exponent)},
            {"exponent_ci", interval(r.exponent_ci)},
            {"exponent_reason", rates::name(r.reason)},
            {"exponent_geo", number(r.exponent_geo)},
            {"exponent_geo_ci", interval(r.exponent_geo_ci)},
            {"regime", rates::name(r.regime)},
            {"regime_reason", r.regime_reason},
            {"is_rate", r.is_rate},
            {"early_exponent", number(r.early_exponent)},
            {"late_exponent", number(r.late_exponent)},
            {"curvature", number(r.curvature)},
            {"curvature_ci", interval(r.curvature_ci)},
            {"final_mean", number(r.final_mean)},
            {"final_mean_ci", interval(r.final_mean_ci)},
            {"final_geo", number(r.final_geo)},
            {"final_geo_ci", interval(r.final_geo_ci)},
            {"hill", number(r.hill)},
            {"largest_share", number(r.largest_share)},
            {"diverged_seeds", r.diverged_seeds}};
}

std::string csv_text(const ordered_json& value) {
    if (value.is_null()) {
        return "";
    }
    if (!value.is_string()) {
        return value.dump();
    }
    std::string quoted = "\"";
    for (const char c : value.get<std::string>()) {
        quoted += c == '"' ? std::string{"\"\""} : std::string{c};
    }
    return quoted + "\"";
}

void print_csv(const std::vector<Fitted>& cells) {
    for (std::size_t k = 0; k < cells.size(); ++k) {
        std::string head;
        std::string row;
        const ordered_json object = to_json(cells[k]);
        for (const auto& [name, value] : object.items()) {
            const bool is_interval = value.is_array();
            const char* comma = head.empty() ? "" : ",";
            head += comma;
            row += comma;
            head += is_interval ? fmt::format("{0}_lower,{0}_upper", name) : name;
            row += is_interval ? csv_text(value[0]) + "," + csv_text(value[1])
                               : csv_text(value);
        }
        fmt::print("{}{}\n", k == 0 ? head + "\n" : "", row);
    }
}

}  // namespace

int rates_command(const RatesOptions& options) {
    const runner::ResultReader file{options.file};
    const double window =
        options.window_decades > 0.0 ? options.window_decades : file.window_decades();
    const std::vector<Fitted> cells = fit_file(file, window);
    if (options.is_json) {
        ordered_json json{{"schema", "tailrate.rates/1"},
                          {"file", options.file},
                          {"content_sha256", core::hex(file.file().digest())},
                          {"window_decades", window},
                          {"window_start", cells.front().rates.window_start},
                          {"cells", ordered_json::array()}};
        for (const Fitted& cell : cells) {
            json["cells"].push_back(to_json(cell));
        }
        fmt::print("{}\n", json.dump(2));
    } else if (options.is_csv) {
        print_csv(cells);
    } else {
        print_table(cells, window);
    }
    return 0;
}

}  // namespace tailrate::app
