#include "runner/cell_columns.hpp"

#include <algorithm>
#include <limits>

#include "core/registry.hpp"
#include "plan/labels.hpp"
#include "runner/result_file.hpp"
#include "runner/theory_columns.hpp"

namespace tailrate::runner {
namespace {

using plan::Section;
using storage::Layout;
using storage::Type;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct Column {
    std::string name;
    std::string meaning;
    storage::Array values;
};

/// One value per cell of something computed from a cell's parts.
template <class Value, class Function>
Column column(const plan::Study& study,
              const std::string& name,
              const std::string& meaning,
              Function value_of) {
    std::vector<Value> values;
    values.reserve(study.experiment().cells.size());
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        values.push_back(value_of(cell));
    }
    return {name, meaning, std::move(values)};
}

Column kinds(const plan::Study& study, const std::string& name, Section section) {
    const plan::Experiment& experiment = study.experiment();
    return column<std::string>(
        study,
        name,
        "key of the " + std::string{plan::section_name(section)},
        [&](std::size_t cell) {
            return experiment.at(experiment.cells[cell], section).kind;
        });
}

double threshold(const plan::Experiment& experiment, std::size_t cell) {
    const core::Parameters& parameters =
        experiment.at(experiment.cells[cell], Section::method).parameters;
    return parameters.has("clip_threshold") ? parameters.real("clip_threshold")
                                            : not_a_number;
}

/// param_<name> for a method, param_<section>_<name> for the others.
std::string column_name(const plan::VaryingParameter& varying) {
    std::string name = "param_";
    if (varying.section != Section::method) {
        name += std::string{plan::section_name(varying.section)} + "_";
    }
    name += varying.name;
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
}

bool is_text(const plan::Experiment& experiment,
             const plan::VaryingParameter& varying) {
    for (const plan::Choice& choice :
         experiment.choices[static_cast<std::size_t>(varying.section)]) {
        if (choice.parameters.has(varying.name)) {
            return std::holds_alternative<std::string>(
                choice.parameters.value(varying.name));
        }
    }
    return false;
}

/// A parameter that varies in the grid; NaN or "" where a cell's kind lacks it.
Column parameter_column(const plan::Study& study,
                        const plan::VaryingParameter& varying) {
    const plan::Experiment& experiment = study.experiment();
    const auto value_of = [&](std::size_t cell) -> const core::Value* {
        const core::Parameters& parameters =
            experiment.at(experiment.cells[cell], varying.section).parameters;
        return parameters.has(varying.name) ? &parameters.value(varying.name) : nullptr;
    };
    const std::string meaning =
        std::string{plan::section_name(varying.section)} + "." + varying.name;
    if (is_text(experiment, varying)) {
        return column<std::string>(
            study, column_name(varying), meaning, [&](std::size_t cell) {
                const core::Value* value = value_of(cell);
                return value == nullptr ? std::string{} : core::to_text(*value);
            });
    }
    return column<double>(study, column_name(varying), meaning, [&](std::size_t cell) {
        const core::Value* value = value_of(cell);
        if (value == nullptr) {
            return not_a_number;
        }
        const auto* integer = std::get_if<std::int64_t>(value);
        return integer != nullptr ? static_cast<double>(*integer)
                                  : std::get<double>(*value);
    });
}

std::vector<Column> model_columns(const plan::Study& study) {
    const plan::Experiment& experiment = study.experiment();
    const auto scale_of = [&](std::size_t cell) {
        return experiment.at(experiment.cells[cell], Section::noise)
            .parameters.real("scale");
    };
    return {
        kinds(study, "problem", Section::problem),
        kinds(study, "network", Section::network),
        kinds(study, "noise", Section::noise),
        kinds(study, "algorithm", Section::method),
        column<double>(study,
                       "tail_index",
                       "sup{p : E|z|^p finite}",
                       [&](std::size_t cell) { return study.law(cell).tail_index(); }),
        column<double>(study, "noise_scale", "the key noise.scale", scale_of),
        column<double>(study,
                       "noise_mean_absolute",
                       "E|s z|, averaged over clients",
                       [&](std::size_t cell) {
                           return mean_absolute_noise(study.noise_factors(cell),
                                                      study.law(cell));
                       }),
        column<double>(study,
                       "condition_number",
                       "L / mu of f",
                       [&](std::size_t cell) {
                           return study.problem(cell).facts().condition_number;
                       }),
        column<double>(study,
                       "clip_threshold",
                       "NaN where it does not apply",
                       [&](std::size_t cell) { return threshold(experiment, cell); }),
        column<double>(study,
                       "oracle_calls",
                       "gradients per client over the horizon",
                       [&](std::size_t cell) {
                           return static_cast<double>(study.oracle_calls(cell)) *
                                  static_cast<double>(experiment.horizon);
                       }),
    };
}

std::vector<Column> cell_columns(const plan::Study& study) {
    std::vector<Column> columns = model_columns(study);
    columns.push_back(
        {"instance_index", "k of the group /instance/k", instances(study).of_cell});
    columns.push_back(
        {"label", "short name, unique", plan::labels(study.experiment())});
    for (const plan::VaryingParameter& varying :
         plan::varying_parameters(study.experiment())) {
        columns.push_back(parameter_column(study, varying));
    }
    return columns;
}

struct Flag {
    std::vector<std::int8_t> values;
    std::string meanings;
};

template <std::size_t Count>
Flag flag(const std::array<const char*, Count>& names) {
    Flag result;
    for (std::size_t k = 0; k < Count; ++k) {
        result.values.push_back(static_cast<std::int8_t>(k));
        result.meanings += (k == 0 ? "" : " ") + std::string{names[k]};
    }
    return result;
}

void declare_flags(storage::LabelledWriter& file,
                   const std::string& coordinates,
                   const std::string& path,
                   const Flag& flags) {
    file.variable(path,
                  Type::i8,
                  {"cell"},
                  Layout::chunked,
                  {{"flag_values", flags.values},
                   {"flag_meanings", flags.meanings},
                   {"coordinates", coordinates}});
}

}  // namespace

std::string cell_coordinates(const plan::Study& study) {
    static const std::string fixed =
        "problem network noise algorithm tail_index noise_scale noise_mean_absolute "
        "condition_number clip_threshold oracle_calls instance_index label";
    std::string names = fixed;
    for (const plan::VaryingParameter& varying :
         plan::varying_parameters(study.experiment())) {
        names += " " + column_name(varying);
    }
    return names;
}

void write_cell_coordinates(storage::LabelledWriter& file, const plan::Study& study) {
    for (const Column& column : cell_columns(study)) {
        const storage::Values values = storage::view(column.values);
        file.variable("/" + column.name,
                      storage::type_of(values),
                      {"cell"},
                      Layout::contiguous,
                      {{"long_name", column.meaning}});
        file.write("/" + column.name, values);
    }
}

void visit_cell_coordinates(const plan::Study& study, const TakeValues& take) {
    for (const Column& column : cell_columns(study)) {
        take(column.name, storage::view(column.values));
    }
}

void RateColumns::add(rates::MomentClass moment, const rates::CellRates& rates) {
    const auto append = [](Numbers& numbers, double value, rates::Interval interval) {
        numbers.values.push_back(value);
        numbers.ends.push_back(interval.lower);
        numbers.ends.push_back(interval.upper);
    };
    append(numbers_[0], rates.exponent, rates.exponent_ci);
    append(numbers_[1], rates.exponent_geo, rates.exponent_geo_ci);
    append(numbers_[2], rates.final_mean, rates.final_mean_ci);
    append(numbers_[3], rates.final_geo, rates.final_geo_ci);
    reason_.push_back(static_cast<std::int8_t>(rates.reason));
    regime_.push_back(static_cast<std::int8_t>(rates.regime));
    moment_.push_back(static_cast<std::int8_t>(moment));
}

void RateColumns::visit(const TakeValues& take) const {
    for (const Numbers& numbers : numbers_) {
        take(numbers.name, numbers.values);
        take(numbers.name + "_ci", numbers.ends);
    }
    take("exponent_reason", reason_);
    take("regime", regime_);
    take("mse_moment", moment_);
}

void RateColumns::write(storage::LabelledWriter& file, const plan::Study& study) const {
    const std::string coordinates = cell_coordinates(study);
    const auto declare = [&](const std::string& name,
                             const std::vector<std::string>& dimensions,
                             const std::string& meaning) {
        file.variable("/" + name,
                      Type::f64,
                      dimensions,
                      Layout::chunked,
                      {{"long_name", meaning}, {"coordinates", coordinates}});
    };
    for (const Numbers& numbers : numbers_) {
        declare(numbers.name, {"cell"}, numbers.meaning);
        declare(numbers.name + "_ci",
                {"cell", "bound"},
                numbers.meaning + ", 95 % interval");
    }
    declare_flags(file, coordinates, "/exponent_reason", flag(rates::reason_names));
    declare_flags(file, coordinates, "/regime", flag(rates::regime_names));
    declare_flags(file, coordinates, "/mse_moment", flag(rates::moment_class_names));
    visit([&](const std::string& name, const storage::Values& values) {
        file.write("/" + name, values);
    });
}

}  // namespace tailrate::runner
