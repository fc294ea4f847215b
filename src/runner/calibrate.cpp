#include "runner/calibrate.hpp"

#include <algorithm>
#include <chrono>
#include <map>

#include "math/order_statistics.hpp"
#include "runner/execute.hpp"
#include "runner/unit_run.hpp"
#include "runner/workers.hpp"

namespace tailrate::runner {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double budget_s = 1.0;
/// A unit is timed on at most this many of its cells, spread over them evenly.
constexpr std::size_t sampled_cells = 64;
constexpr std::uint64_t draw_samples = 50;
/// Of a cell, for its settings, journal and result: 64 to 131 us on three machines. It
/// counts where rows are short only.
constexpr double cell_s = 1e-4;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Unit sample_of(const Unit& unit) {
    const std::size_t count = std::min(sampled_cells, unit.cells.size());
    Unit sample{unit.group, unit.block, {}};
    for (std::size_t k = 0; k < count; ++k) {
        sample.cells.push_back(unit.cells[k * unit.cells.size() / count]);
    }
    return sample;
}

/// Seconds per element of the draws alone.
double draw_seconds(const plan::Study& study, const Unit& unit) {
    const plan::NoiseGroup& group = study.groups()[unit.group];
    const plan::Experiment& experiment = study.experiment();
    const plan::CellParts parts = study.parts(unit.cells.front());
    const Tile tile = tile_of(group.clients, group.dimension);
    model::Array draws(tile.clients * group.dimension * model::lanes);
    const plan::Cell& cell = experiment.cells[unit.cells.front()];
    model::NoiseField field{experiment.at(cell, plan::Section::noise).kind,
                            parts.law,
                            parts.joint,
                            0,
                            group.dimension};
    std::vector<double> times;
    for (std::uint64_t call = 0; call < draw_samples; ++call) {
        const Clock::time_point start = Clock::now();
        field.draw(0, call, {0, tile.clients}, draws.data());
        times.push_back(seconds_since(start));
    }
    return math::median(times) / static_cast<double>(draws.size());
}

/// Seconds of the whole unit: tiles of a sample of its cells are stepped for `budget`
/// seconds, two at least, and the median of their steps is scaled up.
double unit_seconds(const plan::Study& study, const Unit& unit, double budget) {
    const Clock::time_point begin = Clock::now();
    const Unit sample = sample_of(unit);
    Workspace workspace;
    std::vector<double> rates;  // seconds per element
    while (rates.size() < 2 || seconds_since(begin) < budget) {
        UnitRun run{study, sample, workspace};
        while (!run.is_done() && (rates.size() < 2 || seconds_since(begin) < budget)) {
            const double before = run.elements();
            const Clock::time_point start = Clock::now();
            run.advance();
            rates.push_back(seconds_since(start) / (run.elements() - before));
        }
    }
    const double cells = static_cast<double>(unit.cells.size());
    // The draws are shared by all cells of the unit, not only by those of the sample.
    const double shared =
        sample.cells.size() < unit.cells.size() ? draw_seconds(study, unit) : 0.0;
    const double step =
        math::median(rates) - shared / static_cast<double>(sample.cells.size());
    return (cells * step + shared) * elements(study, unit.cells.front());
}

/// The same with every worker timing it at once, as they will run.
double unit_seconds(const plan::Study& study,
                    const Unit& unit,
                    double budget,
                    std::size_t threads) {
    std::vector<double> seconds(threads);
    run_workers(threads, [&](std::size_t number) {
        seconds[number] = unit_seconds(study, unit, budget);
    });
    return math::median(seconds);
}

}  // namespace

Prediction predict(const plan::Study& study,
                   const std::vector<Row>& rows,
                   std::size_t threads) {
    const Clock::time_point start = Clock::now();
    const std::vector<Unit> units =
        make_units(study, rows, threads, ExecuteOptions{}.memory_per_worker);
    // Units of the same cells differ in their block only, so one of them is timed.
    std::map<std::vector<std::uint32_t>, double> kinds;
    for (const Unit& unit : units) {
        kinds[unit.cells] = 0.0;
    }
    std::vector<double> seconds;
    for (const Unit& unit : units) {
        double& known = kinds[unit.cells];
        if (known == 0.0) {
            const double budget = budget_s / static_cast<double>(kinds.size());
            known = unit_seconds(study, unit, budget, threads);
        }
        seconds.push_back(known);
    }
    const auto cells = static_cast<double>(study.experiment().cells.size());
    return {last_finish(seconds, threads).time + cells * cell_s, seconds_since(start)};
}

}  // namespace tailrate::runner
