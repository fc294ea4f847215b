#include "runner/calibrate.hpp"

#include <algorithm>
#include <chrono>
#include <map>

#include "math/order_statistics.hpp"
#include "runner/execute.hpp"
#include "runner/stepper.hpp"

namespace tailrate::runner {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double budget_s = 1.0;
/// A unit is timed on at most this many of its cells, spread over them evenly.
constexpr std::size_t sampled_cells = 16;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Seconds that `work` takes, the median of the calls within `budget` seconds, at least
/// one; it returns false when there is nothing left to do.
template <class Work>
double typical(double budget, Work work) {
    const Clock::time_point begin = Clock::now();
    std::vector<double> times;
    bool is_going_on = true;
    while (is_going_on && (times.empty() || seconds_since(begin) < budget)) {
        const Clock::time_point start = Clock::now();
        is_going_on = work();
        times.push_back(seconds_since(start));
    }
    return math::median(times);
}

/// Seconds per iteration of the draws of a unit and of its cells.
double unit_seconds(const plan::Study& study, const Unit& unit, double budget) {
    const plan::Experiment& experiment = study.experiment();
    const plan::NoiseGroup& group = study.groups()[unit.group];
    const std::size_t per_call = group.clients * group.dimension * model::lanes;
    const std::size_t tile = tile_length(group.clients, group.dimension);
    const auto count = static_cast<std::size_t>(
        std::min<std::int64_t>(static_cast<std::int64_t>(tile), experiment.horizon));
    const plan::CellParts parts = study.parts(unit.cells.front());
    const plan::Cell& first = experiment.cells[unit.cells.front()];
    model::NoiseField field{experiment.at(first, plan::Section::noise).kind,
                            parts.law,
                            parts.joint,
                            0,
                            group.dimension};
    model::Array draws(count * per_call);
    const std::size_t sampled = std::min(sampled_cells, unit.cells.size());
    const double share = budget / static_cast<double>(sampled + 1);
    const double drawing = typical(share, [&] {
        for (std::size_t k = 0; k < count; ++k) {
            field.draw(0, k, {0, group.clients}, &draws[k * per_call]);
        }
        return true;
    });
    double stepping = 0.0;
    for (std::size_t k = 0; k < sampled; ++k) {
        const std::uint32_t cell = unit.cells[k * unit.cells.size() / sampled];
        const metrics::RecordLayout layout = study.layout(cell);
        model::Array record(layout.size());
        Stepper stepper{
            study.parts(cell), layout, study.checkpoints(), 0, 0, tile, record};
        std::int64_t left = experiment.horizon;
        stepping += typical(share, [&] {
            stepper.advance(count, draws.data());
            left -= static_cast<std::int64_t>(count);
            return left >= static_cast<std::int64_t>(count);
        });
    }
    stepping *= static_cast<double>(unit.cells.size()) / static_cast<double>(sampled);
    return (drawing + stepping) / static_cast<double>(count);
}

}  // namespace

Prediction predict(const plan::Study& study,
                   const std::vector<Row>& rows,
                   std::size_t threads) {
    const Clock::time_point start = Clock::now();
    const std::vector<Unit> units =
        make_units(study, rows, threads, ExecuteOptions{}.memory_per_worker);
    // Units of one group differ in their block only, so one of each size is timed.
    std::map<std::pair<std::uint32_t, std::size_t>, double> kinds;
    for (const Unit& unit : units) {
        kinds[{unit.group, unit.cells.size()}] = 0.0;
    }
    double total = 0.0;
    for (const Unit& unit : units) {
        double& seconds = kinds[{unit.group, unit.cells.size()}];
        if (seconds == 0.0) {
            seconds =
                unit_seconds(study, unit, budget_s / static_cast<double>(kinds.size()));
        }
        total += seconds * static_cast<double>(study.experiment().horizon);
    }
    const double workers = static_cast<double>(std::min(threads, units.size()));
    return {units.empty() ? 0.0 : total / workers, seconds_since(start)};
}

}  // namespace tailrate::runner
