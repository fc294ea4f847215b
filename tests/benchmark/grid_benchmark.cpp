#include <map>
#include <memory>
#include <string>

#include "benchmark/method_step.hpp"
#include "benchmark/shared.hpp"
#include "core/contracts.hpp"
#include "metrics/recorder.hpp"
#include "model/noise_field.hpp"
#include "plan/study.hpp"
#include "runner/unit_run.hpp"

// The grid on which whole runs are compared with the sum of their parts, and the parts:
// per element and cell a run should cost noise / cells + gradient + method + record.

namespace tailrate::measure {
namespace {

constexpr std::size_t cells = 63;
constexpr std::uint64_t horizon = 2000;
constexpr std::uint64_t some_time = 1000;

/// Condition number slowest, then the methods in this order.
constexpr const char* grid_text = R"(schema: 1
name: grid
seeds: 16
horizon: 2000
problem: {kind: quadratic, clients: 10, dimension: 10, condition_number: [1, 10, 100],
          heterogeneity: 15.811388, initial_distance: 5, curvature_spread: 0.5}
method:
  - {kind: sgd, step: {scale: 1, shift: 100}}
  - {kind: clipped_sgd, clip: [norm, component], step: {scale: 1, shift: 100},
     clip_threshold: [1, 3.1622776601683795, 10, 31.622776601683793]}
  - {kind: smooth_clip_sgd, clip_scale: 10,
     clip_threshold: [1, 3.1622776601683795, 10, 31.622776601683793]}
  - {kind: sclip_ef, clip_scale: 10,
     clip_threshold: [1, 3.1622776601683795, 10, 31.622776601683793]}
  - {kind: clip21, step: {scale: 1, shift: 100},
     clip_threshold: [1, 3.1622776601683795, 10, 31.622776601683793]}
)";

const std::map<std::string, std::string>& laws() {
    static const std::map<std::string, std::string> texts{
        {"gaussian", "noise: {kind: gaussian}\n"},
        {"student_t", "noise: {kind: student_t, tail_index: 1.5}\n"},
        {"stable", "noise: {kind: stable, tail_index: 1.5}\n"},
        {"log_squared", "noise: {kind: log_squared}\n"},
    };
    return texts;
}

plan::Study make_study(const std::string& law) {
    plan::Study study{plan::parse(grid_text + laws().at(law), "grid", ".", {})};
    TAILRATE_ENSURES(study.experiment().cells.size() == cells);
    TAILRATE_ENSURES(study.groups().size() == 1);
    return study;
}

/// The first cell of each kind of method at the first condition number, under the end
/// of its benchmark's name.
std::map<std::string, std::uint32_t> cells_by_method(const plan::Study& study) {
    std::map<std::string, std::uint32_t> found;
    for (std::uint32_t cell = 0; cell < cells; ++cell) {
        const plan::Choice& method = study.experiment().at(
            study.experiment().cells[cell], plan::Section::method);
        const bool is_by_component = method.parameters.has("clip") &&
                                     method.parameters.text("clip") == "component";
        found.emplace(method.kind + (is_by_component ? "/component" : ""), cell);
    }
    return found;
}

/// The iterations that the runner draws noise for at once.
std::size_t tile() {
    return runner::tile_of(clients, dimension).iterations;
}

/// All cells on one block, to the horizon.
void whole(benchmark::State& state, const std::string& law) {
    const plan::Study study = make_study(law);
    const runner::Unit unit{0, 0, study.groups().front().cells};
    runner::Workspace workspace;
    for (auto _ : state) {
        runner::UnitRun run{study, unit, workspace};
        while (!run.is_done()) {
            run.advance();
        }
        benchmark::DoNotOptimize(run.records().data());
    }
    count_items(state, cells * elements * horizon);
}

/// What a cell costs in a unit before its first iteration; a cell is an item.
void set_up(benchmark::State& state) {
    const plan::Study study = make_study("gaussian");
    const runner::Unit unit{0, 0, study.groups().front().cells};
    runner::Workspace workspace;
    for (auto _ : state) {
        runner::UnitRun run{study, unit, workspace};
        benchmark::DoNotOptimize(run.records().data());
    }
    count_items(state, cells);
}

void noise(benchmark::State& state, const std::string& law) {
    const plan::CellParts parts = make_study(law).parts(0);
    model::NoiseField field{law, parts.law, parts.joint, 1, dimension};
    model::Array draws(tile() * elements);
    std::uint64_t call = 0;
    for (auto _ : state) {
        for (std::size_t k = 0; k < tile(); ++k) {
            field.draw(0, call++, {0, clients}, &draws[k * elements]);
        }
        benchmark::ClobberMemory();
    }
    count_items(state, draws.size());
}

/// The gradients of a tile for each condition number.
void gradient(benchmark::State& state) {
    const plan::Study study = make_study("gaussian");
    std::vector<plan::CellParts> parts;
    for (std::size_t cell = 0; cell < cells; cell += cells / 3) {
        parts.push_back(study.parts(cell));
    }
    model::Array x(dimension * model::lanes, 0.5);
    model::Array draws(tile() * elements);
    model::Array gradients(elements);
    model::Array scratch(parts.front().problem->scratch_size());
    fill_signed(0.1, 10.0, draws.size(), draws.data());
    for (auto _ : state) {
        for (const plan::CellParts& part : parts) {
            for (std::size_t k = 0; k < tile(); ++k) {
                part.problem->prepare({.values = x.data()}, scratch.data());
                part.problem->gradients({},
                                        {0, clients},
                                        {.values = x.data()},
                                        {.draws = &draws[k * elements],
                                         .factors = part.noise_factors.data()},
                                        gradients.data(),
                                        scratch.data());
                benchmark::ClobberMemory();
            }
        }
    }
    count_items(state, parts.size() * draws.size());
}

/// With the copy of the gradients, as step/...
void method(benchmark::State& state, std::uint32_t cell) {
    MethodStep step{make_study("gaussian").parts(cell).method};
    for (auto _ : state) {
        step.copy_and_step();
        benchmark::ClobberMemory();
    }
    TAILRATE_ENSURES(step.is_ordinary());
    count_items(state, elements);
}

/// A checkpoint is an item; a pass records all those of one row.
void record(benchmark::State& state) {
    const plan::Study study = make_study("gaussian");
    const plan::CellParts parts = study.parts(0);
    const metrics::RecordLayout layout = study.layout(0);
    model::Array record(layout.size());
    model::Array x(dimension * model::lanes, 0.5);
    double* const server_arrays = x.data();
    model::Step step;
    step.clients = clients;
    step.dimension = dimension;
    step.server_arrays = &server_arrays;
    const model::Lanes saturated{};
    for (auto _ : state) {
        metrics::Recorder recorder{
            layout, *parts.problem, *parts.method, study.checkpoints(), record};
        while (recorder.next_checkpoint() >= 0) {
            recorder.record(step, saturated);
            benchmark::ClobberMemory();
        }
    }
    count_items(state, study.checkpoints().size());
    state.counters["checkpoints"] = static_cast<double>(study.checkpoints().size());
}

}  // namespace

void register_grid() {
    for (const auto& item : laws()) {
        const std::string law = item.first;
        benchmark::RegisterBenchmark(("grid/noise/" + law).c_str(), noise, law);
    }
    benchmark::RegisterBenchmark("grid/gradient", gradient);
    for (const auto& item : cells_by_method(make_study("gaussian"))) {
        benchmark::RegisterBenchmark(
            ("grid/method/" + item.first).c_str(), method, item.second);
    }
    benchmark::RegisterBenchmark("grid/record", record);
    benchmark::RegisterBenchmark("grid/cell", set_up);
    for (const auto& item : laws()) {
        const std::string law = item.first;
        benchmark::RegisterBenchmark(("grid/whole/" + law).c_str(), whole, law)
            ->Unit(benchmark::kMillisecond);
    }
}

}  // namespace tailrate::measure
