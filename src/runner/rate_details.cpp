#include "runner/rate_details.hpp"

#include <algorithm>
#include <cstdint>

#include "core/errors.hpp"

namespace tailrate::runner {
namespace {

using rates::CellRates;
using rates::Interval;
using storage::Attribute;

struct Column {
    std::string name;
    storage::Array values;
    std::vector<Attribute> attributes;
};

template <class Value, class Function>
Column column(const std::vector<CellRates>& cells,
              const std::string& name,
              const std::string& meaning,
              Function value_of) {
    std::vector<Value> values;
    values.reserve(cells.size());
    for (const CellRates& cell : cells) {
        values.push_back(static_cast<Value>(value_of(cell)));
    }
    return {name, std::move(values), {{"long_name", meaning}}};
}

Column number(const std::vector<CellRates>& cells,
              const std::string& name,
              const std::string& meaning,
              double CellRates::*member) {
    return column<double>(
        cells, name, meaning, [&](const CellRates& cell) { return cell.*member; });
}

/// (cell, bound)
Column curvature_ends(const std::vector<CellRates>& cells) {
    std::vector<double> ends;
    ends.reserve(2 * cells.size());
    for (const CellRates& cell : cells) {
        ends.push_back(cell.curvature_ci.lower);
        ends.push_back(cell.curvature_ci.upper);
    }
    return {"curvature_ci",
            std::move(ends),
            {{"long_name", std::string{"late minus early exponent, 95 % interval"}}}};
}

Column judged_by(const std::vector<CellRates>& cells) {
    Column judged =
        column<std::int8_t>(cells,
                            "judged_by",
                            "exponent that the regime is told by",
                            [](const auto& cell) { return cell.judged_by; });
    judged.attributes.emplace_back("flag_values", std::vector<std::int8_t>{0, 1});
    judged.attributes.emplace_back("flag_meanings", std::string{"mean geo"});
    return judged;
}

std::vector<Column> columns(const std::vector<CellRates>& cells) {
    return {
        judged_by(cells),
        column<std::string>(cells,
                            "regime_reason",
                            "why it is this regime",
                            [](const auto& cell) { return cell.regime_reason; }),
        number(cells,
               "early_exponent",
               "exponent over the early half of the window",
               &CellRates::early_exponent),
        number(cells,
               "late_exponent",
               "exponent over the late half of the window",
               &CellRates::late_exponent),
        number(cells, "curvature", "late minus early exponent", &CellRates::curvature),
        curvature_ends(cells),
        column<std::int8_t>(cells,
                            "is_rate",
                            "1 where the exponent may be called a rate",
                            [](const auto& cell) { return cell.is_rate ? 1 : 0; }),
        number(
            cells, "hill", "tail index of the seeds' final errors", &CellRates::hill),
        number(cells,
               "largest_share",
               "share of one seed in the sum of the final errors",
               &CellRates::largest_share),
        column<std::int32_t>(cells,
                             "diverged_seeds",
                             "seeds that are not finite at the horizon",
                             [](const auto& cell) { return cell.diverged_seeds; })};
}

/// An enumeration whose values are 0 to count - 1.
std::vector<std::int8_t> flags(const storage::LabelledReader& file,
                               const std::string& path,
                               std::size_t count) {
    std::vector<std::int8_t> values = file.i8(path);
    if (!std::all_of(values.begin(), values.end(), [count](std::int8_t value) {
            return value >= 0 && static_cast<std::size_t>(value) < count;
        })) {
        throw core::StorageError{file.path().string() + ": " + path +
                                 " has a value without a meaning"};
    }
    return values;
}

template <class Value, class Member>
void fill(std::vector<CellRates>& cells,
          Member CellRates::*member,
          const std::vector<Value>& values) {
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        cells[cell].*member = static_cast<Member>(values.at(cell));
    }
}

void fill_interval(std::vector<CellRates>& cells,
                   Interval CellRates::*member,
                   const std::vector<double>& ends) {
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        cells[cell].*member = {ends.at(2 * cell), ends.at(2 * cell + 1)};
    }
}

void fill_numbers(std::vector<CellRates>& cells, const storage::LabelledReader& file) {
    fill(cells, &CellRates::exponent, file.f64("/exponent"));
    fill_interval(cells, &CellRates::exponent_ci, file.f64("/exponent_ci"));
    fill(cells, &CellRates::exponent_geo, file.f64("/exponent_geo"));
    fill_interval(cells, &CellRates::exponent_geo_ci, file.f64("/exponent_geo_ci"));
    fill(cells, &CellRates::early_exponent, file.f64("/early_exponent"));
    fill(cells, &CellRates::late_exponent, file.f64("/late_exponent"));
    fill(cells, &CellRates::curvature, file.f64("/curvature"));
    fill_interval(cells, &CellRates::curvature_ci, file.f64("/curvature_ci"));
    fill(cells, &CellRates::final_mean, file.f64("/final_mean"));
    fill_interval(cells, &CellRates::final_mean_ci, file.f64("/final_mean_ci"));
    fill(cells, &CellRates::final_geo, file.f64("/final_geo"));
    fill_interval(cells, &CellRates::final_geo_ci, file.f64("/final_geo_ci"));
    fill(cells, &CellRates::hill, file.f64("/hill"));
    fill(cells, &CellRates::largest_share, file.f64("/largest_share"));
    fill(cells, &CellRates::diverged_seeds, file.i32("/diverged_seeds"));
}

}  // namespace

void RateDetails::visit(const TakeValues& take) const {
    for (const Column& column : columns(cells_)) {
        take(column.name, storage::view(column.values));
    }
}

void RateDetails::write(storage::LabelledWriter& file,
                        const std::string& coordinates) const {
    for (Column& column : columns(cells_)) {
        const std::string path = "/" + column.name;
        const storage::Values values = storage::view(column.values);
        const storage::Type type = storage::type_of(values);
        std::vector<std::string> dimensions{"cell"};
        if (storage::count(values) > cells_.size()) {
            dimensions.emplace_back("bound");
        }
        column.attributes.emplace_back("coordinates", coordinates);
        file.variable(path,
                      type,
                      dimensions,
                      type == storage::Type::text ? storage::Layout::contiguous
                                                  : storage::Layout::chunked,
                      column.attributes);
        file.write(path, values);
    }
}

std::vector<CellRates> read_rates(const storage::LabelledReader& file,
                                  double window_decades,
                                  const std::vector<std::string>& reasons) {
    std::vector<CellRates> cells(reasons.size());
    const std::vector<std::int64_t> iterations = file.i64("/iteration");
    const rates::Window window = rates::select_window(iterations, window_decades);
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        cells[cell].window_start = iterations[window.offset];
        cells[cell].window_points = window.whole.size();
        cells[cell].regime_reason = reasons[cell];
    }
    fill_numbers(cells, file);
    fill(cells,
         &CellRates::reason,
         flags(file, "/exponent_reason", rates::reason_names.size()));
    fill(cells, &CellRates::regime, flags(file, "/regime", rates::regime_names.size()));
    fill(cells, &CellRates::judged_by, flags(file, "/judged_by", 2));
    fill(cells, &CellRates::is_rate, flags(file, "/is_rate", 2));
    return cells;
}

}  // namespace tailrate::runner
