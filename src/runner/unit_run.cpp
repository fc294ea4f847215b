#include "runner/unit_run.hpp"

#include <algorithm>

#include "core/contracts.hpp"

namespace tailrate::runner {
namespace {

using model::lanes;

constexpr std::size_t tile_bytes = std::size_t{256} << 10U;
constexpr std::size_t longest_tile = 256;
/// What one cell may take for a tile, so that a run stops soon.
constexpr double longest_tile_ns = 50e6;

model::NoiseField field_of(const plan::Study& study, const Unit& unit) {
    const plan::Experiment& experiment = study.experiment();
    const std::uint32_t cell = unit.cells.front();
    const plan::CellParts parts = study.parts(cell);
    return {experiment.at(experiment.cells[cell], plan::Section::noise).kind,
            parts.law,
            parts.joint,
            static_cast<std::uint64_t>(experiment.master_seed),
            study.groups()[unit.group].dimension};
}

/// Fewer iterations, or clients, where the gradients of a cell are dear.
Tile short_tile(const plan::Study& study, const Unit& unit) {
    const plan::NoiseGroup& group = study.groups()[unit.group];
    Tile tile = tile_of(group.clients, group.dimension);
    double dearest = 0.0;
    for (const std::uint32_t cell : unit.cells) {
        dearest = std::max(dearest, row_cost(study, cell));
    }
    const double rows = static_cast<double>(study.experiment().horizon) *
                        static_cast<double>(group.clients);
    const double most = std::max(1.0, longest_tile_ns * rows / dearest);
    const auto vectors = static_cast<std::size_t>(std::min(most, 1e9));
    tile.iterations =
        std::clamp<std::size_t>(vectors / tile.clients, 1, tile.iterations);
    tile.clients = std::min(tile.clients, vectors);
    return tile;
}

}  // namespace

Tile tile_of(std::size_t clients, std::size_t dimension) {
    const std::size_t vector_bytes = dimension * lanes * sizeof(double);
    const std::size_t vectors = std::max<std::size_t>(tile_bytes / vector_bytes, 1);
    if (vectors < clients) {
        return {1, vectors};
    }
    return {std::min(vectors / clients, longest_tile), clients};
}

UnitRun::UnitRun(const plan::Study& study, const Unit& unit, Workspace& workspace)
    : field_{field_of(study, unit)},
      first_seed_{std::uint64_t{unit.block} * lanes},
      horizon_{static_cast<std::uint64_t>(study.experiment().horizon)},
      clients_{study.groups()[unit.group].clients},
      vector_size_{study.groups()[unit.group].dimension * lanes},
      tile_{short_tile(study, unit)} {
    workspace.clear();
    draws_ = workspace.zeros(tile_.iterations * tile_.clients * vector_size_);
    layouts_.reserve(unit.cells.size());
    records_.reserve(unit.cells.size());
    for (const std::uint32_t cell : unit.cells) {
        layouts_.push_back(study.layout(cell));
        records_.emplace_back(layouts_.back().size());
        steppers_.emplace_back(
            study.parts(cell),
            layouts_.back(),
            study.checkpoints(),
            static_cast<std::uint64_t>(study.experiment().master_seed),
            first_seed_,
            tile_.iterations,
            records_.back(),
            workspace);
    }
    find_last();
}

storage::Snapshot UnitRun::snapshot(std::size_t k) const {
    TAILRATE_EXPECTS(is_between_iterations());
    return {static_cast<std::int64_t>(steppers_[k].state().t), steppers_[k].saved()};
}

std::size_t UnitRun::snapshot_bytes(std::size_t k) const {
    return Stepper::saved_size(steppers_[k].parts(), layouts_[k]) * sizeof(double);
}

void UnitRun::restore(std::size_t k, const storage::Snapshot& snapshot) {
    const auto iteration = static_cast<std::uint64_t>(snapshot.iteration);
    if (iteration < horizon_ && steppers_[k].restore(iteration, snapshot.state)) {
        find_last();
    }
}

/// Sets t_ and next_t_.
void UnitRun::find_last() {
    t_ = horizon_;
    next_t_ = horizon_;
    for (const Stepper& stepper : steppers_) {
        const std::uint64_t t = stepper.state().t;
        if (t < t_) {
            next_t_ = t_;
            t_ = t;
        } else if (t > t_ && t < next_t_) {
            next_t_ = t;
        }
    }
}

void UnitRun::advance(const std::atomic<bool>* stop) {
    if (tile_.clients < clients_) {
        advance_clients();
    } else {
        advance_iterations(stop);
    }
}

void UnitRun::advance_iterations(const std::atomic<bool>* stop) {
    const std::size_t iterations =
        std::min<std::uint64_t>(tile_.iterations, next_t_ - t_);
    for (std::size_t k = 0; k < iterations; ++k) {
        double* draws = draws_ + k * clients_ * vector_size_;
        field_.draw(first_seed_, t_ + k, {0, clients_}, draws);
    }
    for (Stepper& stepper : steppers_) {
        if (stop != nullptr && *stop) {
            break;
        }
        if (stepper.state().t == t_) {
            stepper.advance(iterations, draws_);
            count(iterations * clients_);
        }
    }
    find_last();
}

void UnitRun::advance_clients() {
    const std::size_t last = std::min(next_client_ + tile_.clients, clients_);
    const model::ClientRange range{next_client_, last};
    field_.draw(first_seed_, t_, range, draws_);
    for (Stepper& stepper : steppers_) {
        if (stepper.state().t == t_) {
            stepper.advance_clients(range, draws_);
            count(range.size());
        }
    }
    next_client_ = last;
    if (next_client_ == clients_) {
        next_client_ = 0;
        find_last();
    }
}

/// `clients` of one cell were stepped once, or one of them so many times.
void UnitRun::count(std::size_t clients) {
    elements_ += static_cast<double>(clients * vector_size_);
}

}  // namespace tailrate::runner
