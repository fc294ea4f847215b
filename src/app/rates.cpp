#include "rates/rates.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/fitted_cell.hpp"
#include "app/rates_data.hpp"
#include "app/rates_table.hpp"
#include "runner/result_reader.hpp"

namespace tailrate::app {
namespace {

using nlohmann::ordered_json;

std::vector<JudgedBound> judge_all(std::vector<core::Bound> bounds,
                                   const rates::CellRates& rates) {
    std::vector<JudgedBound> judged;
    for (core::Bound& bound : bounds) {
        rates::Judgement judgement = rates::judge(bound, rates);
        judged.push_back({std::move(bound), std::move(judgement)});
    }
    return judged;
}

/// Fitted again, or as stored in a file without curves.
std::vector<rates::CellRates> rates_of(const runner::ResultReader& file,
                                       double window_decades) {
    if (!file.has_seeds()) {
        return file.rates();
    }
    std::vector<rates::CellRates> cells;
    for (std::size_t cell = 0; cell < file.cells(); ++cell) {
        const runner::StoredCell stored = file.cell(cell);
        cells.push_back(rates::fit(
            {file.iterations(), stored.errors}, stored.facts(), window_decades));
    }
    return cells;
}

std::vector<FittedCell> fit_file(const runner::ResultReader& file,
                                 double window_decades) {
    const std::vector<std::string> algorithms = file.file().text("/algorithm");
    std::vector<runner::CellTheory> theory = file.theory();
    const std::vector<rates::CellRates> rates = rates_of(file, window_decades);
    std::vector<FittedCell> cells;
    for (std::size_t cell = 0; cell < file.cells(); ++cell) {
        cells.push_back({file.labels()[cell],
                         algorithms[cell],
                         file.moment(cell),
                         rates[cell],
                         theory[cell].knee,
                         judge_all(std::move(theory[cell].bounds), rates[cell])});
    }
    return cells;
}

ordered_json document(const std::string& path,
                      const runner::ResultReader& file,
                      double window_decades,
                      const std::vector<FittedCell>& cells) {
    ordered_json json{{"schema", "tailrate.rates/1"},
                      {"file", path},
                      {"content_sha256", core::hex(file.file().digest())},
                      {"window_decades", window_decades},
                      {"window_start", cells.front().rates.window_start},
                      {"cells", ordered_json::array()}};
    for (const FittedCell& cell : cells) {
        json["cells"].push_back(to_json(cell));
    }
    return json;
}

}  // namespace

int rates_command(const RatesOptions& options) {
    const runner::ResultReader file{options.file};
    const double window =
        options.window_decades > 0.0 ? options.window_decades : file.window_decades();
    if (window != file.window_decades()) {
        file.require_seeds("--window");
    }
    const std::vector<FittedCell> cells = fit_file(file, window);
    if (options.is_json) {
        fmt::print("{}\n", document(options.file, file, window, cells).dump(2));
    } else if (options.is_csv) {
        fmt::print("{}", to_csv(cells));
    } else {
        fmt::print("{}", rates_report(cells, window));
    }
    return 0;
}

}  // namespace tailrate::app
