#include "runner/stepper.hpp"

#include <algorithm>
#include <limits>

#include "core/contracts.hpp"
#include "model/over_clients.hpp"

namespace tailrate::runner {
namespace {

using model::lanes;

/// The values of a chunk of clients fill at most this much, half of a small L1.
constexpr std::size_t chunk_bytes = 16384;

/// Of what saved() gives, whose first number it is. Raised when the order of the
/// others changes; their meaning belongs to the versions that a row's key has.
constexpr double saved_format = 1.0;

std::vector<double*> allocate(std::size_t count,
                              std::size_t size,
                              Workspace& workspace) {
    std::vector<double*> arrays(count);
    for (double*& array : arrays) {
        array = workspace.zeros(size);
    }
    return arrays;
}

bool keeps_messages(const model::Method& method) {
    return method.aggregate() == model::Aggregate::all;
}

void scale(double factor, std::size_t size, double* values) {
    for (std::size_t k = 0; k < size; ++k) {
        values[k] *= factor;
    }
}

}  // namespace

Stepper::Stepper(plan::CellParts parts,
                 const metrics::RecordLayout& layout,
                 std::span<const std::int64_t> checkpoints,
                 std::uint64_t master_seed,
                 std::uint64_t first_seed,
                 std::size_t tile,
                 std::span<double> record,
                 Workspace& workspace)
    : parts_{std::move(parts)},
      recorder_{layout, *parts_.problem, *parts_.method, checkpoints, record},
      record_{record},
      workspace_{workspace},
      master_seed_{master_seed},
      first_seed_{first_seed},
      tile_{tile},
      chunk_{clients_per_chunk(parts_.problem->facts())},
      keeps_messages_{keeps_messages(*parts_.method)} {
    const model::ProblemFacts& facts = parts_.problem->facts();
    const model::Method& method = *parts_.method;
    TAILRATE_EXPECTS(method.oracle_calls() == 1);
    TAILRATE_EXPECTS(parts_.network->has_server());
    TAILRATE_EXPECTS(parts_.noise_factors.size() == facts.clients);
    const std::size_t size = facts.dimension * lanes;
    const std::size_t all = facts.clients * size;
    server_arrays_ = allocate(method.server_arrays().size(), size, workspace);
    client_arrays_ = allocate(method.client_arrays().size(), all, workspace);
    schedules_ = workspace.zeros(method.schedules().size() * tile);
    scratch_ = workspace.zeros(parts_.problem->scratch_size());
    aggregate_ = workspace.zeros(keeps_messages_ ? all : size);
    step_.clients = facts.clients;
    step_.dimension = facts.dimension;
    step_.schedules = schedules_;
    step_.server_arrays = server_arrays_.data();
    step_.client_arrays = client_arrays_.data();
    saturated_.fill(std::numeric_limits<double>::quiet_NaN());
    recorder_.record(step_, saturated_);
}

std::size_t Stepper::clients_per_chunk(const model::ProblemFacts& facts) {
    const std::size_t vector_bytes = facts.dimension * lanes * sizeof(double);
    return std::clamp<std::size_t>(chunk_bytes / vector_bytes, 1, facts.clients);
}

std::size_t Stepper::bytes(const plan::CellParts& parts) {
    const model::ProblemFacts& facts = parts.problem->facts();
    const std::size_t vector_bytes = facts.dimension * lanes * sizeof(double);
    const std::size_t client_arrays =
        parts.method->client_arrays().size() + (keeps_messages(*parts.method) ? 1 : 0);
    const std::size_t vectors = parts.method->server_arrays().size() + 1 +
                                clients_per_chunk(facts) +
                                facts.clients * client_arrays;
    const std::size_t numbers = parts.problem->scratch_size() + facts.clients;
    return vectors * vector_bytes + numbers * sizeof(double);
}

std::size_t Stepper::saved_size(const plan::CellParts& parts,
                                const metrics::RecordLayout& layout) {
    const model::ProblemFacts& facts = parts.problem->facts();
    const std::size_t vectors = parts.method->server_arrays().size() +
                                facts.clients * parts.method->client_arrays().size();
    return 1 + vectors * facts.dimension * lanes + layout.size();
}

std::vector<double> Stepper::saved() const {
    std::vector<double> numbers;
    const std::size_t size = step_.size();
    const std::size_t all = step_.clients * size;
    numbers.reserve(1 + server_arrays_.size() * size + client_arrays_.size() * all +
                    record_.size());
    numbers.push_back(saved_format);
    for (const double* array : server_arrays_) {
        numbers.insert(numbers.end(), array, array + size);
    }
    for (const double* array : client_arrays_) {
        numbers.insert(numbers.end(), array, array + all);
    }
    numbers.insert(numbers.end(), record_.begin(), record_.end());
    return numbers;
}

bool Stepper::restore(std::uint64_t iteration, std::span<const double> saved) {
    const std::size_t size = step_.size();
    const std::size_t all = step_.clients * size;
    const std::size_t arrays =
        server_arrays_.size() * size + client_arrays_.size() * all;
    if (saved.size() != 1 + arrays + record_.size() || saved.front() != saved_format) {
        return false;
    }
    const double* from = saved.data() + 1;
    for (double* array : server_arrays_) {
        std::copy_n(from, size, array);
        from += size;
    }
    for (double* array : client_arrays_) {
        std::copy_n(from, all, array);
        from += all;
    }
    step_.t = iteration;
    recorder_.resume(static_cast<std::int64_t>(iteration), saved.subspan(1 + arrays));
    return true;
}

void Stepper::fill_schedules(std::size_t iterations) {
    TAILRATE_EXPECTS(iterations <= tile_);
    const std::span<const model::Schedule> schedules = parts_.method->schedules();
    const std::span<double> column{workspace_.scratch(iterations), iterations};
    for (std::size_t s = 0; s < schedules.size(); ++s) {
        schedules[s].fill(step_.t, column);
        for (std::size_t k = 0; k < iterations; ++k) {
            schedules_[k * schedules.size() + s] = column[k];
        }
    }
}

void Stepper::advance(std::size_t iterations, const double* draws) {
    fill_schedules(iterations);
    const std::size_t width = parts_.method->schedules().size();
    const std::size_t per_iteration = step_.clients * step_.size();
    for (std::size_t k = 0; k < iterations; ++k) {
        step_.schedules = schedules_ + k * width;
        start();
        pass_messages({0, step_.clients}, draws + k * per_iteration);
        finish();
    }
}

void Stepper::advance_clients(model::ClientRange range, const double* draws) {
    if (range.first == 0) {
        fill_schedules(1);
        step_.schedules = schedules_;
        start();
    }
    pass_messages(range, draws);
    if (range.last == step_.clients) {
        finish();
    }
}

void Stepper::gradients(model::ClientRange range,
                        const double* draws,
                        double* gradients) {
    parts_.problem->prepare({.values = step_.at(parts_.method->point())}, scratch_);
    add_noisy_gradients(range, draws, gradients);
}

void Stepper::add_noisy_gradients(model::ClientRange range,
                                  const double* draws,
                                  double* gradients) {
    parts_.problem->gradients(
        {.master_seed = master_seed_, .first_seed = first_seed_, .call = step_.t},
        range,
        {.values = step_.at(parts_.method->point())},
        {.draws = draws, .factors = parts_.noise_factors.data() + range.first},
        gradients,
        scratch_);
}

void Stepper::start() {
    is_recorded_ =
        recorder_.next_checkpoint() == static_cast<std::int64_t>(step_.t) + 1;
    if (is_recorded_ && parts_.method->can_saturate()) {
        saturated_.fill(0.0);
    }
    parts_.problem->prepare({.values = step_.at(parts_.method->point())}, scratch_);
}

void Stepper::pass_messages(model::ClientRange range, const double* draws) {
    const std::size_t size = step_.size();
    const bool is_saturation_wanted = is_recorded_ && parts_.method->can_saturate();
    double* chunk_values = workspace_.scratch(chunk_ * size);
    for (std::size_t first = range.first; first < range.last; first += chunk_) {
        const model::ClientRange chunk{first, std::min(first + chunk_, range.last)};
        double* values = keeps_messages_ ? aggregate_ + first * size : chunk_values;
        add_noisy_gradients(chunk, draws + (first - range.first) * size, values);
        if (is_saturation_wanted) {
            parts_.method->add_saturation(step_, chunk, values, saturated_);
        }
        parts_.method->clients(step_, chunk, values);
        if (!keeps_messages_) {
            model::add_clients(first == 0, chunk.size(), size, values, aggregate_);
        }
    }
}

void Stepper::finish() {
    const double part = 1.0 / static_cast<double>(step_.clients);
    if (!keeps_messages_) {
        scale(part, step_.size(), aggregate_);
    }
    parts_.method->server(step_, aggregate_);
    ++step_.t;
    if (!is_recorded_) {
        return;
    }
    if (parts_.method->can_saturate()) {
        scale(part, lanes, saturated_.data());
    }
    recorder_.record(step_, saturated_);
}

}  // namespace tailrate::runner
