#include "model/method.hpp"

#include <algorithm>
#include <cmath>

#include "core/contracts.hpp"
#include "math/elementary.hpp"

namespace tailrate::model {

void Schedule::fill(std::uint64_t first, std::span<double> values) const {
    // t is exact; adding the shift to `first` would round differently in each tile.
    const double start = static_cast<double>(first);
    for (std::size_t k = 0; k < values.size(); ++k) {
        const double t = start + static_cast<double>(k);
        values[k] = scale * math::pow(t + 1.0 + shift, power);
    }
}

void Method::clients(const Step& /*step*/,
                     ClientRange /*range*/,
                     double* /*values*/) const {}

void Method::add_saturation(const Step& /*step*/,
                            ClientRange /*range*/,
                            const double* /*gradients*/,
                            Lanes& /*fraction*/) const {
    TAILRATE_EXPECTS(can_saturate());
}

bool Method::has_finite_mse(double tail_index, std::size_t /*independent*/) const {
    return tail_index > 2.0;
}

double Method::largest_move(const Step& /*step*/, double& /*carry*/) const {
    return std::numeric_limits<double>::infinity();
}

std::vector<core::Bound> Method::theory(const NoiseFacts& /*noise*/) const {
    return {};
}

double Method::knee() const {
    return std::numeric_limits<double>::quiet_NaN();
}

std::optional<Schedule> Method::step_sizes() const {
    return step_sizes_ ? std::optional{schedules_[step_sizes_->index]} : std::nullopt;
}

ServerArray Method::declare_server_array(std::string_view name) {
    server_.push_back({std::string{name}, false});
    return {server_.size() - 1};
}

ClientArray Method::declare_client_array(std::string_view name) {
    client_.push_back({std::string{name}, true});
    return {client_.size() - 1};
}

ScheduleId Method::declare_schedule(const Schedule& schedule) {
    schedules_.push_back(schedule);
    return {schedules_.size() - 1};
}

ScheduleId Method::declare_step(const core::Parameters& parameters,
                                const ProblemFacts& facts) {
    const std::string& unit = parameters.text("step.relative_to");
    const double r = unit == "inverse_L"    ? 1.0 / facts.L
                     : unit == "inverse_mu" ? 1.0 / facts.mu
                                            : 1.0;
    step_sizes_ = declare_schedule({.scale = parameters.real("step.scale") * r,
                                    .power = -parameters.real("step.power"),
                                    .shift = parameters.real("step.shift")});
    return *step_sizes_;
}

void descend(double step, std::size_t size, const double* aggregate, double* x) {
    for (std::size_t k = 0; k < size; ++k) {
        x[k] = std::fma(-step, aggregate[k], x[k]);
    }
}

std::vector<core::ParameterSpec> step_parameters(double power, double scale) {
    using core::ValueType;
    std::optional<core::Value> default_scale;
    if (!std::isnan(scale)) {
        default_scale = scale;
    }
    return {
        {.name = "step.scale",
         .default_value = default_scale,
         .range = {.lowest = 0.0, .lowest_open = true},
         .meaning = "step size at t = 0 without a shift"},
        {.name = "step.power",
         .default_value = power,
         .range = {.lowest = 0.0, .highest = 2.0},
         .meaning = "step size falls like t^-power"},
        {.name = "step.shift",
         .default_value = 0.0,
         .range = {.lowest = 0.0},
         .meaning = "added to t + 1 in the step size"},
        {.name = "step.relative_to",
         .type = ValueType::choice,
         .default_value = std::string{"one"},
         .choices = {"one", "inverse_L", "inverse_mu"},
         .meaning = "unit of the step size"},
    };
}

}  // namespace tailrate::model
