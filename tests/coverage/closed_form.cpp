#include "coverage/closed_form.hpp"

#include <cmath>
#include <cstddef>

#include "core/contracts.hpp"

namespace tailrate::coverage {
namespace {

/// Row-major (d, d).
struct Matrix {
    std::size_t d = 0;
    std::vector<double> values;

    [[nodiscard]] double at(std::size_t i, std::size_t j) const {
        return values[i * d + j];
    }
};

Matrix zero(std::size_t d) {
    return {d, std::vector<double>(d * d)};
}

Matrix product(const Matrix& a, const Matrix& b) {
    Matrix c = zero(a.d);
    for (std::size_t i = 0; i < a.d; ++i) {
        for (std::size_t k = 0; k < a.d; ++k) {
            for (std::size_t j = 0; j < a.d; ++j) {
                c.values[i * a.d + j] += a.at(i, k) * b.at(k, j);
            }
        }
    }
    return c;
}

Matrix mean_hessian(const model::Problem& problem) {
    const model::ProblemFacts& facts = problem.facts();
    Matrix mean = zero(facts.dimension);
    const std::size_t size = mean.values.size();
    bool is_found = false;
    for (const model::InstanceArray& array : problem.arrays()) {
        if (array.name != "A") {
            continue;
        }
        is_found = true;
        for (std::size_t k = 0; k < array.values.size(); ++k) {
            mean.values[k % size] +=
                array.values[k] / static_cast<double>(facts.clients);
        }
    }
    TAILRATE_ENSURES(is_found);
    return mean;
}

/// I - eta H.
Matrix contraction(const Matrix& hessian, double eta) {
    Matrix step = hessian;
    for (std::size_t i = 0; i < step.d; ++i) {
        for (std::size_t j = 0; j < step.d; ++j) {
            step.values[i * step.d + j] = (i == j ? 1.0 : 0.0) - eta * hessian.at(i, j);
        }
    }
    return step;
}

double trace(const Matrix& a) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.d; ++i) {
        sum += a.at(i, i);
    }
    return sum;
}

/// Minus the least-squares slope of log error over log t, first <= t <= last.
double slope(std::span<const std::int64_t> iterations,
             std::span<const double> curve,
             std::int64_t first,
             std::int64_t last) {
    double n = 0.0;
    double x = 0.0;
    double y = 0.0;
    double xx = 0.0;
    double xy = 0.0;
    for (std::size_t k = 0; k < iterations.size(); ++k) {
        if (iterations[k] >= first && iterations[k] <= last) {
            const double log_t = std::log(static_cast<double>(iterations[k]));
            const double log_error = std::log(curve[k]);
            n += 1.0;
            x += log_t;
            y += log_error;
            xx += log_t * log_t;
            xy += log_t * log_error;
        }
    }
    return -(xy - x * y / n) / (xx - x * x / n);
}

}  // namespace

std::vector<double> exact_sgd_curve(const model::Problem& problem,
                                    HarmonicStep step,
                                    std::span<const std::int64_t> iterations) {
    const Matrix hessian = mean_hessian(problem);
    const std::vector<double>& x_star = problem.facts().x_star;
    const std::size_t d = hessian.d;
    Matrix moment = zero(d);
    for (std::size_t k = 0; k < d * d; ++k) {
        moment.values[k] = x_star[k / d] * x_star[k % d];
    }
    const double variance = 1.0 / static_cast<double>(problem.facts().clients);
    std::vector<double> curve;
    for (std::int64_t t = 0; curve.size() < iterations.size(); ++t) {
        if (t == iterations[curve.size()]) {
            curve.push_back(trace(moment));
        }
        const double eta = step.scale / (static_cast<double>(t) + 1.0 + step.shift);
        const Matrix factor = contraction(hessian, eta);
        moment = product(product(factor, moment), factor);
        for (std::size_t i = 0; i < d; ++i) {
            moment.values[i * d + i] += eta * eta * variance;
        }
    }
    return curve;
}

ExactTruth exact_truth(std::span<const std::int64_t> iterations,
                       std::span<const double> curve,
                       std::int64_t first,
                       std::int64_t middle) {
    const std::int64_t last = iterations.back();
    return {.exponent = slope(iterations, curve, first, last),
            .curvature = slope(iterations, curve, middle, last) -
                         slope(iterations, curve, first, middle),
            .final_mean = curve.back()};
}

}  // namespace tailrate::coverage
