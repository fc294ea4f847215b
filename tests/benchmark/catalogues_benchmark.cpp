#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "core/registry.hpp"
#include "model/noise_field.hpp"
#include "random/address.hpp"
#include "support/bowl.hpp"
#include "support/stepper_run.hpp"

// Nanoseconds per item: a word of the generator, a draw of a law, an element (client x
// coordinate x seed) of a method's step or of a gradient. Entries are found in their
// catalogues, so a new one is measured unasked.

namespace {

using namespace tailrate;

constexpr std::size_t clients = 10;
constexpr std::size_t dimension = 10;
constexpr std::size_t iterations = 16;
constexpr std::size_t elements = clients * dimension * model::lanes;

core::Parameters typical(const std::vector<core::ParameterSpec>& table) {
    core::Parameters parameters;
    for (const core::ParameterSpec& spec : table) {
        if (spec.default_value) {
            parameters.set(spec.name, *spec.default_value);
        } else if (spec.name != "clip_scale") {
            parameters.set(spec.name, spec.range.contains(1.5) ? 1.5 : 0.25);
        }
    }
    return parameters;
}

void generator(benchmark::State& state) {
    const random::Stream stream{1, "noise", "law"};
    model::Words first(elements);
    model::Words second(elements);
    std::uint64_t call = 0;
    for (auto _ : state) {
        random::fill_words(stream,
                           {.call = call++},
                           elements / model::lanes,
                           first.data(),
                           second.data());
        benchmark::DoNotOptimize(first.data());
    }
    state.SetItemsProcessed(state.iterations() * 2 * elements);
}

void draw(benchmark::State& state, const std::string& key) {
    const auto& entry = core::catalogue<model::Noise>().at(key);
    model::NoiseField field{entry.key,
                            entry.make(typical(entry.parameters)),
                            model::Joint::independent,
                            1,
                            dimension};
    model::Array draws(elements);
    std::uint64_t call = 0;
    for (auto _ : state) {
        field.draw(0, call++, {0, clients}, draws.data());
        benchmark::DoNotOptimize(draws.data());
    }
    state.SetItemsProcessed(state.iterations() * elements);
}

/// The whole iteration on a problem with diagonal Hessians: draws are given.
void step(benchmark::State& state, const std::string& key) {
    const auto& entry = core::catalogue<model::Method>().at(key);
    const auto problem = std::make_shared<test::Bowl>(clients, dimension);
    const plan::CellParts parts = test::parts_of(
        problem, entry.make(typical(entry.parameters), problem->facts()));
    const model::Array draws = test::draws_for(problem->facts(), iterations);
    const std::vector<std::int64_t> times{0, std::int64_t{1} << 40U};
    const metrics::RecordLayout layout{
        {metrics::find_metric("squared_error")}, times.size(), dimension};
    model::Array record(layout.size());
    runner::Workspace workspace;
    runner::Stepper stepper{parts, layout, times, 1, 0, iterations, record, workspace};
    for (auto _ : state) {
        stepper.advance(iterations, draws.data());
    }
    state.SetItemsProcessed(state.iterations() * iterations * elements);
}

void gradient(benchmark::State& state) {
    const auto d = static_cast<std::size_t>(state.range(0));
    const auto& entry = core::catalogue<model::Problem>().at("quadratic");
    core::Parameters parameters = typical(entry.parameters);
    parameters.set("clients", static_cast<std::int64_t>(clients));
    parameters.set("instance_seed", std::int64_t{1});
    parameters.set("dimension", static_cast<std::int64_t>(d));
    parameters.set("curvature_spread", 0.5);
    const auto problem = entry.make(parameters, {});
    model::Array x(d * model::lanes, 0.5);
    model::Array gradients(clients * d * model::lanes, 0.0);
    model::Array scratch(problem->scratch_size());
    for (auto _ : state) {
        problem->add_gradients(
            {}, {0, clients}, {x.data(), 0}, gradients.data(), scratch.data());
        benchmark::DoNotOptimize(gradients.data());
    }
    state.SetItemsProcessed(state.iterations() *
                            static_cast<std::int64_t>(clients * d * model::lanes));
}

/// What a smooth clip cannot do without: one square root and one division an element.
void root_and_division(benchmark::State& state) {
    model::Array values(elements, 2.0);
    for (auto _ : state) {
        for (double& value : values) {
            value = value / std::sqrt(value * value + 1.0) + 1.0;
        }
        benchmark::DoNotOptimize(values.data());
    }
    state.SetItemsProcessed(state.iterations() * elements);
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::RegisterBenchmark("floor/root_and_division", root_and_division);
    benchmark::RegisterBenchmark("generator/word", generator);
    for (const auto& item : core::catalogue<model::Noise>()) {
        const std::string key{item.first};
        benchmark::RegisterBenchmark(("draw/" + key).c_str(), draw, key);
    }
    for (const auto& item : core::catalogue<model::Method>()) {
        const std::string key{item.first};
        benchmark::RegisterBenchmark(("step/" + key).c_str(), step, key);
    }
    benchmark::RegisterBenchmark("gradient/quadratic", gradient)
        ->Arg(2)
        ->Arg(10)
        ->Arg(30)
        ->Arg(100);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
