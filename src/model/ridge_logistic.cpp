#include "model/ridge_logistic.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "math/elementary.hpp"
#include "math/linear_algebra.hpp"

namespace tailrate::model {
namespace {

constexpr int newton_steps = 100;
constexpr int halvings = 60;
constexpr double tolerance = 1e-12;
constexpr double inner_tolerance = 1e-3;  // of the Newton equation, relative
constexpr double armijo = 1e-4;           // sufficient decrease, Nocedal & Wright, 3.1

/// exp(z) - 1 - z for |z| <= 1/4, to rounding.
double exponential_remainder(double z) {
    double sum = 0.0;
    for (int k = 14; k >= 3; --k) {
        sum = (1.0 + sum) * z / k;
    }
    return 0.5 * z * z * (1.0 + sum);
}

/// log(1 + w) - w for |w| <= 0.15, to rounding: log(1 + w) = 2 atanh(r), r = w / (2 +
/// w).
double logarithm_remainder(double w) {
    const double r = w / (2.0 + w);
    double sum = 0.0;
    for (int k = 19; k >= 3; k -= 2) {
        sum = sum * r * r + 1.0 / k;
    }
    return 2.0 * r * r * r * sum - w * r;
}

/// Solves (H + mu I) p = -g approximately, H = sum_j c_j a_j a_j', by conjugate
/// gradients with the diagonal as preconditioner (Nocedal & Wright, algorithm 5.3).
class NewtonEquation {
  public:
    NewtonEquation(const RidgeLogistic& f, std::span<const double> x);

    [[nodiscard]] std::vector<double> solve(std::span<const double> gradient) const;

  private:
    [[nodiscard]] std::vector<double> product(std::span<const double> p) const;

    const RidgeLogistic& f_;
    std::vector<double> curvatures_;  ///< (m) c_j
    std::vector<double> diagonal_;    ///< (d)
};

NewtonEquation::NewtonEquation(const RidgeLogistic& f, std::span<const double> x)
    : f_{f},
      diagonal_(x.size(), f.mu) {
    for (std::size_t j = 0; j < f.size(); ++j) {
        const SparseRow row = f.row(j);
        const double s = dot(row, x);
        curvatures_.push_back(f.weights[j] * sigmoid(s) * sigmoid(-s));
        for (std::size_t k = 0; k < row.values.size(); ++k) {
            diagonal_[row.columns[k]] += curvatures_[j] * row.values[k] * row.values[k];
        }
    }
}

std::vector<double> NewtonEquation::product(std::span<const double> p) const {
    std::vector<double> out(p.size());
    for (std::size_t k = 0; k < p.size(); ++k) {
        out[k] = f_.mu * p[k];
    }
    for (std::size_t j = 0; j < f_.size(); ++j) {
        const SparseRow row = f_.row(j);
        add_multiple(row, curvatures_[j] * dot(row, p), out);
    }
    return out;
}

std::vector<double> NewtonEquation::solve(std::span<const double> gradient) const {
    const std::size_t d = gradient.size();
    std::vector<double> solution(d, 0.0);
    std::vector<double> residual(gradient.begin(), gradient.end());
    std::vector<double> scaled(d);
    std::vector<double> direction(d, 0.0);
    const double enough = inner_tolerance * math::norm(gradient);
    double before = 1.0;
    for (std::size_t step = 0; step < 1000 + 10 * d; ++step) {
        for (std::size_t k = 0; k < d; ++k) {
            scaled[k] = residual[k] / diagonal_[k];
        }
        const double now = math::dot(residual, scaled);
        for (std::size_t k = 0; k < d; ++k) {
            const double kept = step == 0 ? 0.0 : now / before * direction[k];
            direction[k] = kept - scaled[k];
        }
        const std::vector<double> turned = product(direction);
        const double length = now / math::dot(direction, turned);
        if (!std::isfinite(length)) {
            break;
        }
        for (std::size_t k = 0; k < d; ++k) {
            solution[k] += length * direction[k];
            residual[k] += length * turned[k];
        }
        if (math::norm(residual) <= enough) {
            break;
        }
        before = now;
    }
    return solution;
}

/// f(x + step) - f(x) without cancellation of the values.
double change(const RidgeLogistic& f,
              std::span<const double> x,
              std::span<const double> gradient,
              std::span<const double> step) {
    double sum = math::dot(gradient, step) + 0.5 * f.mu * math::dot(step, step);
    for (std::size_t j = 0; j < f.size(); ++j) {
        const SparseRow row = f.row(j);
        sum += f.weights[j] * loss_above_tangent(dot(row, x), dot(row, step));
    }
    return sum;
}

/// Where a Newton step has led.
struct Iterate {
    std::vector<double> x;
    std::vector<double> gradient;
    double gradient_norm;
};

Iterate iterate_at(const RidgeLogistic& f, std::vector<double> x) {
    std::vector<double> gradient = f.gradient(x);
    const double gradient_norm = math::norm(gradient);
    return {std::move(x), std::move(gradient), gradient_norm};
}

/// Halves the Newton step until it halves the gradient or decreases f enough; the old
/// iterate when none does.
Iterate damped_step(const RidgeLogistic& f, const Iterate& now) {
    std::vector<double> step = NewtonEquation{f, now.x}.solve(now.gradient);
    for (int halving = 0; halving < halvings; ++halving) {
        std::vector<double> x = now.x;
        for (std::size_t k = 0; k < x.size(); ++k) {
            x[k] += step[k];
        }
        Iterate next = iterate_at(f, std::move(x));
        if (next.gradient_norm <= 0.5 * now.gradient_norm ||
            change(f, now.x, now.gradient, step) <=
                armijo * math::dot(now.gradient, step)) {
            return next;
        }
        for (double& value : step) {
            value *= 0.5;
        }
    }
    return now;
}

}  // namespace

double RidgeLogistic::value(std::span<const double> x) const {
    double sum = 0.5 * mu * math::dot(x, x);
    for (std::size_t j = 0; j < size(); ++j) {
        sum += weights[j] * logistic_loss(dot(row(j), x));
    }
    return sum;
}

std::vector<double> RidgeLogistic::gradient(std::span<const double> x) const {
    std::vector<double> out(x.size());
    for (std::size_t k = 0; k < x.size(); ++k) {
        out[k] = mu * x[k];
    }
    for (std::size_t j = 0; j < size(); ++j) {
        const SparseRow own = row(j);
        add_multiple(own, -weights[j] * sigmoid(-dot(own, x)), out);
    }
    return out;
}

double logistic_loss(double s) {
    return math::log1p(math::exp(-std::abs(s))) + std::max(-s, 0.0);
}

// With p = 1 / (1 + exp(|s|)) <= 1/2 and u = step or -step, so that both signs of s are
// one case, it is log(1 + p (exp(u) - 1)) - p u = [log(1 + w) - w] + p [exp(u) - 1 -
// u], w = p (exp(u) - 1). The brackets are of opposite sign, the second at most 3 times
// the sum. Small arguments take series, since each bracket is of second order.
double loss_above_tangent(double s, double step) {
    const double p = sigmoid(-std::abs(s));
    const double u = s >= 0.0 ? -step : step;
    if (std::abs(u) <= 0.25) {
        const double remainder = exponential_remainder(u);
        return p * remainder + logarithm_remainder(p * (u + remainder));
    }
    const double bounded = std::min(u, 700.0);  // exp(u) overflows beyond 709
    return math::log1p(p * math::expm1(bounded)) + (u - bounded) - p * u;
}

std::optional<std::vector<double>> minimizer(const RidgeLogistic& f) {
    Iterate now = iterate_at(f, std::vector<double>(f.rows->dimension, 0.0));
    const double enough = tolerance * std::max(1.0, now.gradient_norm);
    for (int step = 0; step < newton_steps && now.gradient_norm > 0.0; ++step) {
        Iterate next = damped_step(f, now);
        const bool is_halved = next.gradient_norm <= 0.5 * now.gradient_norm;
        if (now.gradient_norm <= enough && !is_halved) {
            break;
        }
        now = std::move(next);
    }
    if (!std::isfinite(now.gradient_norm) || now.gradient_norm > enough) {
        return std::nullopt;
    }
    return std::move(now.x);
}

}  // namespace tailrate::model
