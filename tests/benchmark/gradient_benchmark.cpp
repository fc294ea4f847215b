#include <memory>

#include "benchmark/shared.hpp"
#include "core/registry.hpp"
#include "math/elementary.hpp"
#include "model/client_rows.hpp"
#include "model/problem.hpp"

namespace tailrate::measure {
namespace {

const std::filesystem::path data_folder = TAILRATE_SOURCE_DIR "/experiments/data";

core::Parameters parameters_of(const core::Entry<model::Problem>& entry) {
    core::Parameters parameters = typical(entry.parameters);
    parameters.set("clients", static_cast<std::int64_t>(clients));
    parameters.set("instance_seed", std::int64_t{1});
    return parameters;
}

/// Gradients of all clients at one point with draws that are given.
void run_gradients(benchmark::State& state, const model::Problem& problem) {
    const std::size_t size = problem.facts().dimension * model::lanes;
    const std::vector<double> factors(clients, 0.75);
    model::Array x(size, 0.5);
    model::Array draws(clients * size);
    model::Array gradients(clients * size);
    model::Array scratch(problem.scratch_size());
    fill_signed(0.1, 10.0, draws.size(), draws.data());
    for (auto _ : state) {
        problem.prepare({.values = x.data()}, scratch.data());
        problem.gradients({},
                          {0, clients},
                          {.values = x.data()},
                          {.draws = draws.data(), .factors = factors.data()},
                          gradients.data(),
                          scratch.data());
        benchmark::ClobberMemory();
    }
    count_items(state, clients * size);
}

void quadratic(benchmark::State& state) {
    const auto& entry = core::catalogue<model::Problem>().at("quadratic");
    core::Parameters parameters = parameters_of(entry);
    parameters.set("dimension", state.range(0));
    parameters.set("curvature_spread", 0.5);
    run_gradients(state, *entry.make(parameters, {}));
}

/// One product with a row of the Hessian for each element.
void quadratic_floor(benchmark::State& state) {
    const auto d = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        multiply_add_rows(clients * d * d);
    }
    count_items(state, clients * d * model::lanes);
}

core::Parameters logistic_parameters() {
    core::Parameters parameters =
        parameters_of(core::catalogue<model::Problem>().at("logistic"));
    parameters.set("data", std::string{"breast_cancer.libsvm"});
    parameters.set("condition_number", 100.0);
    return parameters;
}

void logistic(benchmark::State& state) {
    const auto& entry = core::catalogue<model::Problem>().at("logistic");
    run_gradients(state, *entry.make(logistic_parameters(), data_folder));
}

/// Two multiply-adds for each entry of the data, an exponential and a division for each
/// row, of every lane.
void logistic_floor(benchmark::State& state) {
    const model::ClientRows data =
        model::read_clients(logistic_parameters(), data_folder);
    model::Array margins(data.rows.size() * model::lanes, 0.5);
    for (auto _ : state) {
        for (double& margin : margins) {
            margin = 1.0 / (1.0 + math::exp(-margin));
        }
        benchmark::ClobberMemory();
        multiply_add_rows(2 * data.rows.values.size());
    }
    count_items(state, clients * data.rows.dimension * model::lanes);
}

}  // namespace

void register_gradients() {
    for (const std::int64_t d : {2, 10, 30, 100}) {
        benchmark::RegisterBenchmark("gradient/quadratic", quadratic)->Arg(d);
        benchmark::RegisterBenchmark("floor/gradient", quadratic_floor)->Arg(d);
    }
    benchmark::RegisterBenchmark("gradient/logistic", logistic);
    benchmark::RegisterBenchmark("floor/gradient/logistic", logistic_floor);
}

}  // namespace tailrate::measure
