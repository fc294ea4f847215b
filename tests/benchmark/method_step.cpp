#include "benchmark/method_step.hpp"

#include <algorithm>
#include <cmath>

#include "benchmark/shared.hpp"
#include "model/over_clients.hpp"
#include "runner/stepper.hpp"

namespace tailrate::measure {
namespace {

using model::lanes;

constexpr std::uint64_t time_of_step = 1000;

/// Between two arrays, so that a load never waits for a store to another array whose
/// address ends in the same bits.
constexpr std::size_t gap = 136;

model::ProblemFacts facts_of_benchmarks() {
    model::ProblemFacts facts;
    facts.clients = clients;
    facts.dimension = dimension;
    return facts;
}

bool is_ordinary_array(const double* values, std::size_t size) {
    return std::all_of(values, values + size, [](double value) {
        return value == 0.0 || std::isnormal(value);
    });
}

}  // namespace

MethodStep::MethodStep(std::shared_ptr<const model::Method> method)
    : method_{std::move(method)},
      schedules_(method_->schedules().size()),
      chunk_{runner::Stepper::clients_per_chunk(facts_of_benchmarks())},
      keeps_all_{method_->aggregate() == model::Aggregate::all} {
    step_.t = time_of_step;
    step_.clients = clients;
    step_.dimension = dimension;
    const std::size_t size = step_.size();
    gradients_ = array(clients * size);
    messages_ = array((keeps_all_ ? clients : chunk_) * size);
    aggregate_ = array(size);
    for (std::size_t k = 0; k < method_->server_arrays().size(); ++k) {
        server_.push_back(array(size));
    }
    for (std::size_t k = 0; k < method_->client_arrays().size(); ++k) {
        client_.push_back(array(clients * size));
    }
    for (std::size_t s = 0; s < schedules_.size(); ++s) {
        method_->schedules()[s].fill(step_.t, {&schedules_[s], 1});
    }
    step_.schedules = schedules_.data();
    step_.server_arrays = server_.data();
    step_.client_arrays = client_.data();
    for (std::size_t i = 0; i < clients; ++i) {
        const double length = i % 2 == 0 ? 0.1 : 4.0;
        fill_signed(length, 1.2 * length, size, gradients_ + i * size);
    }
}

double* MethodStep::array(std::size_t size) {
    return workspace_.zeros(size + gap);
}

double* MethodStep::copy(model::ClientRange range) {
    const double* from = gradients_ + range.first * step_.size();
    double* to = messages_ + (keeps_all_ ? range.first * step_.size() : 0);
    const double sign = sign_;
    for (std::size_t k = 0; k < range.size() * step_.size(); ++k) {
        to[k] = sign * from[k];
    }
    return to;
}

void MethodStep::copy() {
    for (std::size_t first = 0; first < step_.clients; first += chunk_) {
        copy({first, std::min(first + chunk_, step_.clients)});
    }
    sign_ = -sign_;
}

void MethodStep::copy_and_step() {
    for (std::size_t first = 0; first < step_.clients; first += chunk_) {
        const model::ClientRange range{first, std::min(first + chunk_, step_.clients)};
        double* messages = copy(range);
        method_->clients(step_, range, messages);
        if (!keeps_all_) {
            model::add_clients(
                first == 0, range.size(), step_.size(), messages, aggregate_);
        }
    }
    const double part = 1.0 / static_cast<double>(step_.clients);
    for (std::size_t k = 0; k < step_.size(); ++k) {
        aggregate_[k] *= part;
    }
    method_->server(step_, keeps_all_ ? messages_ : aggregate_);
    sign_ = -sign_;
}

bool MethodStep::is_ordinary() const {
    return std::all_of(server_.begin(),
                       server_.end(),
                       [this](const double* values) {
                           return is_ordinary_array(values, step_.size());
                       }) &&
           std::all_of(client_.begin(), client_.end(), [this](const double* values) {
               return is_ordinary_array(values, clients * step_.size());
           });
}

}  // namespace tailrate::measure
