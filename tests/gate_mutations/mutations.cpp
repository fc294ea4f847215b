#include "gate_mutations/mutations.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/block.hpp"

namespace tailrate::mutate {
namespace {

using model::lanes;
using plan::Section;

/// Adds to or multiplies a number of every choice of a section that has it.
template <class Change>
void change(plan::Experiment& experiment,
            Section section,
            const std::string& name,
            const Change& function,
            const std::string& kind = "") {
    for (plan::Choice& choice : experiment.choices[static_cast<std::size_t>(section)]) {
        if (choice.parameters.has(name) && (kind.empty() || choice.kind == kind)) {
            choice.parameters.set(name, function(choice.parameters.real(name)));
        }
    }
}

auto plus(double amount) {
    return [amount](double value) { return value + amount; };
}

auto times(double factor) {
    return [factor](double value) { return factor * value; };
}

void share_draws(plan::Experiment& experiment) {
    for (plan::Choice& choice :
         experiment.choices[static_cast<std::size_t>(Section::noise)]) {
        choice.parameters.set("joint", std::string{"common"});
    }
}

/// Calls `function` with every recorded squared error after iteration 0.
template <class Function>
void change_errors(const plan::Study& study,
                   std::size_t cell,
                   Rows& rows,
                   const Function& function) {
    const metrics::RecordLayout layout = study.layout(cell);
    for (std::vector<double>& row : rows) {
        for (std::size_t k = 1; k < layout.checkpoints(); ++k) {
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                double& error = row[layout.at(0, k) + lane];
                error = function(error);
            }
        }
    }
}

void forget_square(const plan::Study& study, std::size_t cell, Rows& rows) {
    const metrics::RecordLayout layout = study.layout(cell);
    change_errors(study, cell, rows, [](double error) { return std::sqrt(error); });
    for (std::vector<double>& row : rows) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            double& error = row[layout.at(0, 0) + lane];
            error = std::sqrt(error);
        }
    }
}

/// What belongs to the next checkpoint is recorded, but for the value at 0, which no
/// result file lets differ between seeds.
void shift_checkpoints(const plan::Study& study, std::size_t cell, Rows& rows) {
    const metrics::RecordLayout layout = study.layout(cell);
    for (std::vector<double>& row : rows) {
        for (std::size_t k = 1; k + 1 < layout.checkpoints(); ++k) {
            std::copy_n(&row[layout.at(0, k + 1)], lanes, &row[layout.at(0, k)]);
        }
    }
}

double* error_of(const metrics::RecordLayout& layout,
                 Rows& rows,
                 std::size_t seed,
                 std::size_t checkpoint) {
    return &rows[seed / lanes][layout.at(0, checkpoint) + seed % lanes];
}

/// The second half of the seeds repeats the first.
void repeat_seeds(const plan::Study& study, std::size_t cell, Rows& rows) {
    const metrics::RecordLayout layout = study.layout(cell);
    const auto half = static_cast<std::size_t>(study.experiment().seeds) / 2;
    for (std::size_t seed = 0; seed < half; ++seed) {
        for (std::size_t k = 0; k < layout.checkpoints(); ++k) {
            *error_of(layout, rows, half + seed, k) = *error_of(layout, rows, seed, k);
        }
    }
}

/// Three seeds of cell 0 diverge.
void diverge_three(const plan::Study& study, std::size_t cell, Rows& rows) {
    const metrics::RecordLayout layout = study.layout(cell);
    for (std::size_t seed = 0; seed < 3 && cell == 0; ++seed) {
        for (std::size_t k = 5; k < layout.checkpoints(); ++k) {
            *error_of(layout, rows, seed, k) = std::numeric_limits<double>::infinity();
        }
    }
}

Mutation on_experiment(const std::string& meaning,
                       std::function<void(plan::Experiment&)> function) {
    return {meaning, {}, std::move(function), {}, false};
}

Mutation on_entries(const std::string& meaning, std::function<void()> function) {
    return {meaning, std::move(function), {}, {}, false};
}

std::map<std::string, Mutation> make_mutations() {
    using plan::Experiment;
    return {
        {"none", {"no change", {}, {}, {}, false}},
        {"01",
         on_experiment(
             "sclip_ef: step falls with power 0.16 instead of 0.2",
             [](Experiment& e) {
                 change(e, Section::method, "step.power", plus(-0.04), "sclip_ef");
             })},
        {"02",
         on_experiment("exponent down, constant down",
                       [](Experiment& e) {
                           change(e, Section::method, "step.power", plus(-0.1));
                           change(e, Section::noise, "scale", times(0.6));
                       })},
        {"03",
         on_experiment(
             "noise off",
             [](Experiment& e) { change(e, Section::noise, "scale", times(0.0)); })},
        {"04", on_entries("tails cut off at 10", truncate_tails)},
        {"05", on_experiment("one draw for all clients", share_draws)},
        {"06", on_entries("one client lost", drop_last_client)},
        {"07", on_entries("sum divided by n - 1", divide_by_one_less)},
        {"08",
         on_experiment(
             "noise 10 % larger",
             [](Experiment& e) { change(e, Section::noise, "scale", times(1.1)); })},
        {"09", on_entries("metric at the averaged iterate", measure_average)},
        {"10", {"metric without the square", {}, {}, forget_square, false}},
        {"11", {"checkpoints shifted by one", {}, {}, shift_checkpoints, false}},
        {"12",
         on_experiment("schedules at t + 2",
                       [](Experiment& e) {
                           change(e, Section::method, "step.shift", plus(1.0));
                       })},
        {"13", on_entries("gradient of the step before", use_stale_gradients)},
        {"14", on_entries("error feedback removed", remove_feedback)},
        {"15", on_entries("beta and 1 - beta swapped", swap_weights)},
        {"16", on_entries("threshold not squared", forget_to_square)},
        {"17", on_entries("component clip instead of smooth", clip_components_instead)},
        {"18", on_entries("clip at the server", clip_at_server)},
        {"19", on_entries("noise 2 % asymmetric", skew_noise)},
        {"20", on_entries("state in float32", keep_state_in_float)},
        {"21", {"rows of two cells swapped", {}, {}, {}, true}},
        {"22", {"seeds repeated", {}, {}, repeat_seeds, false}},
        {"23",
         on_experiment("tuning seeds instead of test seeds",
                       [](Experiment& e) {
                           e.first_seed = plan::first_seed(plan::SeedRange::tuning);
                       })},
        {"24", {"three seeds diverge", {}, {}, diverge_three, false}},
        {"27",
         {"another rounding",
          {},
          {},
          [](const plan::Study& study, std::size_t cell, Rows& rows) {
              change_errors(study, cell, rows, [](double error) {
                  return error * (1.0 + 2e-14);
              });
          },
          false}},
        {"28",
         {"noise 10 % smaller behind raised versions of the methods",
          raise_method_versions,
          [](Experiment& e) { change(e, Section::noise, "scale", times(0.9)); },
          {},
          false}},
    };
}

}  // namespace

const std::map<std::string, Mutation>& mutations() {
    static const std::map<std::string, Mutation> all = make_mutations();
    return all;
}

}  // namespace tailrate::mutate
