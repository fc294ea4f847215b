#include "plan/stability.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "math/elementary.hpp"

namespace tailrate::plan {
namespace {

constexpr double limit = 2.0;  // largest stable step times L
constexpr std::size_t most_lines = 20;

/// Three significant digits, rounded up.
double rounded_up(double value) {
    double unit = 1.0;
    while (std::isfinite(value) && value / unit > 1000.0) {
        unit *= 10.0;
    }
    return std::ceil(value / unit) * unit;
}

std::string remedy(double shift) {
    return std::isfinite(shift) ? fmt::format("step.shift >= {} keeps it below", shift)
                                : "a smaller step.scale is needed";
}

}  // namespace

void StepWarnings::look_at(const Choice& choice,
                           const model::Method& method,
                           const model::ProblemFacts& facts) {
    const std::optional<model::Schedule> step = method.step_sizes();
    if (!step || !method.is_unbounded()) {
        return;
    }
    const double power = -step->power;
    const double steepness = step->scale * facts.L;
    const double first = steepness * math::pow(1.0 + step->shift, -power);
    if (power <= 0.0 || !(first > limit)) {
        return;
    }
    const double shift = math::pow(steepness / limit, 1.0 / power) - 1.0;
    const Case found{&choice, first, rounded_up(shift)};
    if (worst_.empty() || worst_.back().choice != &choice) {
        worst_.push_back(found);
    } else if (found.first_step > worst_.back().first_step) {
        worst_.back() = found;
    }
}

std::vector<std::string> StepWarnings::lines() const {
    std::vector<std::string> lines;
    for (const Case& found : worst_) {
        if (lines.size() == most_lines) {
            lines.push_back(
                fmt::format("and {} more methods whose first step exceeds 2/L",
                            worst_.size() - most_lines));
            break;
        }
        lines.push_back(
            fmt::format("{}: the first step times L is {:.3g}: beyond 2 an unclipped "
                        "method explodes before the step is small; {}",
                        found.choice->text(),
                        found.first_step,
                        remedy(found.shift)));
    }
    return lines;
}

}  // namespace tailrate::plan
