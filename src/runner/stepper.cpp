#include "runner/stepper.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "core/contracts.hpp"
#include "model/lane_vector.hpp"

namespace tailrate::runner {
namespace {

using model::lanes;
using model::LaneVector;
using model::vectors_per_row;

/// The values of a chunk of clients fill at most this much, half of a small L1.
constexpr std::size_t chunk_bytes = 16384;

std::size_t clients_per_chunk(const model::ProblemFacts& facts) {
    const std::size_t vector_bytes = facts.dimension * lanes * sizeof(double);
    return std::clamp<std::size_t>(chunk_bytes / vector_bytes, 1, facts.clients);
}

void allocate(std::span<const model::StateArray> declared,
              std::size_t size,
              std::vector<model::Array>& arrays,
              std::vector<double*>& pointers) {
    for (std::size_t k = 0; k < declared.size(); ++k) {
        arrays.emplace_back(size, 0.0);
    }
    for (model::Array& array : arrays) {
        pointers.push_back(array.data());
    }
}

/// Adds the messages of `clients` clients, (clients x size), one after the other to
/// `sum`, or to 0 where these are the first.
void add_messages(bool are_first,
                  std::size_t clients,
                  std::size_t size,
                  const double* messages,
                  double* sum) {
    for (std::size_t row = 0; row < size; row += lanes) {
        std::array<LaneVector, vectors_per_row> totals{};
        for (std::size_t k = 0; k < vectors_per_row && !are_first; ++k) {
            totals[k] = LaneVector::load(sum + row + k * LaneVector::width);
        }
        for (std::size_t i = 0; i < clients; ++i) {
            const double* message = messages + i * size + row;
            for (std::size_t k = 0; k < vectors_per_row; ++k) {
                totals[k] =
                    totals[k] + LaneVector::load(message + k * LaneVector::width);
            }
        }
        for (std::size_t k = 0; k < vectors_per_row; ++k) {
            totals[k].store(sum + row + k * LaneVector::width);
        }
    }
}

}  // namespace

Stepper::Stepper(plan::CellParts parts,
                 const metrics::RecordLayout& layout,
                 std::span<const std::int64_t> checkpoints,
                 std::uint64_t master_seed,
                 std::uint64_t first_seed,
                 std::size_t tile,
                 std::span<double> record)
    : parts_{std::move(parts)},
      recorder_{layout, *parts_.problem, *parts_.method, checkpoints, record},
      master_seed_{master_seed},
      first_seed_{first_seed},
      chunk_{clients_per_chunk(parts_.problem->facts())} {
    const model::ProblemFacts& facts = parts_.problem->facts();
    TAILRATE_EXPECTS(parts_.method->oracle_calls() == 1);
    TAILRATE_EXPECTS(parts_.network->has_server());
    TAILRATE_EXPECTS(parts_.noise_factors.size() == facts.clients);
    const std::size_t size = facts.dimension * lanes;
    allocate(parts_.method->server_arrays(), size, server_arrays_, server_pointers_);
    allocate(parts_.method->client_arrays(),
             facts.clients * size,
             client_arrays_,
             client_pointers_);
    schedules_.resize(parts_.method->schedules().size() * tile);
    column_.resize(tile);
    values_.resize(chunk_ * size);
    scratch_.resize(parts_.problem->scratch_size());
    aggregate_.resize(size);
    step_.clients = facts.clients;
    step_.dimension = facts.dimension;
    step_.server_arrays = server_pointers_.data();
    step_.client_arrays = client_pointers_.data();
    saturated_.fill(std::numeric_limits<double>::quiet_NaN());
    recorder_.record(step_, saturated_);
}

std::size_t Stepper::bytes(const plan::CellParts& parts) {
    const model::ProblemFacts& facts = parts.problem->facts();
    const std::size_t vector_bytes = facts.dimension * lanes * sizeof(double);
    const std::size_t vectors = parts.method->server_arrays().size() + 1 +
                                clients_per_chunk(facts) +
                                facts.clients * parts.method->client_arrays().size();
    return vectors * vector_bytes + parts.problem->scratch_size() * sizeof(double);
}

void Stepper::fill_schedules(std::size_t iterations) {
    const std::span<const model::Schedule> schedules = parts_.method->schedules();
    const std::span<double> column{column_.data(), iterations};
    for (std::size_t s = 0; s < schedules.size(); ++s) {
        schedules[s].fill(step_.t, column);
        for (std::size_t k = 0; k < iterations; ++k) {
            schedules_[k * schedules.size() + s] = column[k];
        }
    }
}

void Stepper::advance(std::size_t iterations, const double* draws) {
    TAILRATE_EXPECTS(iterations <= column_.size());
    fill_schedules(iterations);
    const std::size_t width = parts_.method->schedules().size();
    const std::size_t per_iteration = step_.clients * step_.size();
    for (std::size_t k = 0; k < iterations; ++k) {
        step_.schedules = schedules_.data() + k * width;
        iterate(draws + k * per_iteration);
    }
}

void Stepper::gradients(model::ClientRange range,
                        const double* draws,
                        double* gradients) {
    parts_.problem->gradients(
        {.master_seed = master_seed_, .first_seed = first_seed_, .call = step_.t},
        range,
        {.values = step_.at(parts_.method->iterate())},
        {.draws = draws, .factors = parts_.noise_factors.data() + range.first},
        gradients,
        scratch_.data());
}

void Stepper::average_messages(const double* draws, bool is_recorded) {
    const std::size_t size = step_.size();
    const bool is_saturation_wanted = is_recorded && parts_.method->can_saturate();
    for (std::size_t first = 0; first < step_.clients; first += chunk_) {
        const model::ClientRange range{first, std::min(first + chunk_, step_.clients)};
        gradients(range, draws + first * size, values_.data());
        if (is_saturation_wanted) {
            parts_.method->add_saturation(step_, range, values_.data(), saturated_);
        }
        parts_.method->clients(step_, range, values_.data());
        add_messages(first == 0, range.size(), size, values_.data(), aggregate_.data());
    }
    const double part = 1.0 / static_cast<double>(step_.clients);
    for (double& value : aggregate_) {
        value *= part;
    }
    if (is_saturation_wanted) {
        for (double& fraction : saturated_) {
            fraction *= part;
        }
    }
}

void Stepper::iterate(const double* draws) {
    const bool is_recorded =
        recorder_.next_checkpoint() == static_cast<std::int64_t>(step_.t) + 1;
    if (is_recorded && parts_.method->can_saturate()) {
        saturated_.fill(0.0);
    }
    average_messages(draws, is_recorded);
    parts_.method->server(step_, aggregate_.data());
    ++step_.t;
    if (is_recorded) {
        recorder_.record(step_, saturated_);
    }
}

}  // namespace tailrate::runner
