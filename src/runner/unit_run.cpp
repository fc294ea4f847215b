#include "runner/unit_run.hpp"

#include <algorithm>

namespace tailrate::runner {
namespace {

using model::lanes;

constexpr std::size_t tile_bytes = std::size_t{256} << 10U;
constexpr std::size_t longest_tile = 256;

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
      tile_{tile_of(clients_, study.groups()[unit.group].dimension)} {
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
}

double UnitRun::elements() const {
    const double vectors = static_cast<double>(t_) * static_cast<double>(clients_) +
                           static_cast<double>(next_client_);
    return vectors * static_cast<double>(vector_size_ * steppers_.size());
}

void UnitRun::advance() {
    if (tile_.clients < clients_) {
        advance_clients();
    } else {
        advance_iterations();
    }
}

void UnitRun::advance_iterations() {
    const std::size_t count = std::min<std::uint64_t>(tile_.iterations, horizon_ - t_);
    for (std::size_t k = 0; k < count; ++k) {
        double* draws = draws_ + k * clients_ * vector_size_;
        field_.draw(first_seed_, t_ + k, {0, clients_}, draws);
    }
    for (Stepper& stepper : steppers_) {
        stepper.advance(count, draws_);
    }
    t_ += count;
}

void UnitRun::advance_clients() {
    const std::size_t last = std::min(next_client_ + tile_.clients, clients_);
    const model::ClientRange range{next_client_, last};
    field_.draw(first_seed_, t_, range, draws_);
    for (Stepper& stepper : steppers_) {
        stepper.advance_clients(range, draws_);
    }
    next_client_ = last;
    if (next_client_ == clients_) {
        next_client_ = 0;
        ++t_;
    }
}

}  // namespace tailrate::runner
