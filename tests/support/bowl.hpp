#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "model/problem.hpp"

namespace tailrate::test {

/// f_i(x) = 1/2 sum_j a_ij (x_j - b_ij)^2 with unlike clients: a_ij in [0.6, 1.4], b_ij
/// = x*_j - r_ij / a_ij, sum_i r_ij = 0. Plain loops, nothing shared with the
/// catalogue.
class Bowl final : public model::Problem {
  public:
    Bowl(std::size_t clients, std::size_t dimension, double residual = 0.3)
        : a_(clients * dimension),
          b_(clients * dimension) {
        facts_.clients = clients;
        facts_.dimension = dimension;
        const double n = static_cast<double>(clients);
        for (std::size_t j = 0; j < dimension; ++j) {
            const double x_star = 0.5 + 0.75 * static_cast<double>(j % 3);
            facts_.x_star.push_back(x_star);
            facts_.initial_distance += x_star * x_star;
            double curvature = 0.0;
            double level = 0.0;
            for (std::size_t i = 0; i < clients; ++i) {
                a_[i * dimension + j] =
                    0.6 + 0.1 * static_cast<double>((3 * i + 5 * j) % 9);
                curvature += a_[i * dimension + j] / n;
                level += raw(i, j) / n;
            }
            for (std::size_t i = 0; i < clients; ++i) {
                const double r = residual * (raw(i, j) - level);
                b_[i * dimension + j] = x_star - r / a_[i * dimension + j];
            }
            curvature_.push_back(curvature);
        }
        facts_.initial_distance = std::sqrt(facts_.initial_distance);
        facts_.L = *std::max_element(curvature_.begin(), curvature_.end());
        facts_.mu = *std::min_element(curvature_.begin(), curvature_.end());
        facts_.condition_number = facts_.L / facts_.mu;
    }

    [[nodiscard]] const model::ProblemFacts& facts() const override { return facts_; }

    void gradients(const model::OracleCall& /*call*/,
                   model::ClientRange range,
                   model::Points points,
                   const model::ScaledDraws& noise,
                   double* gradients,
                   double* /*scratch*/) const override {
        const std::size_t d = facts_.dimension;
        for (std::size_t i = range.first; i < range.last; ++i) {
            const double* x = points.values + (i - range.first) * points.stride;
            for (std::size_t e = 0; e < d * model::lanes; ++e) {
                const std::size_t at = i * d + e / model::lanes;
                const std::size_t element = (i - range.first) * d * model::lanes + e;
                gradients[element] =
                    noise.factors[i - range.first] * noise.draws[element] +
                    a_[at] * (x[e] - b_[at]);
            }
        }
    }

    [[nodiscard]] std::size_t scratch_size() const override { return 0; }

    void optimality_gap(const double* x, model::Lanes& gap) const override {
        gap.fill(0.0);
        for (std::size_t e = 0; e < facts_.dimension * model::lanes; ++e) {
            const std::size_t j = e / model::lanes;
            const double u = x[e] - facts_.x_star[j];
            gap[e % model::lanes] += 0.5 * curvature_[j] * u * u;
        }
    }

    void full_gradient(const double* x, double* gradient) const override {
        for (std::size_t e = 0; e < facts_.dimension * model::lanes; ++e) {
            const std::size_t j = e / model::lanes;
            gradient[e] = curvature_[j] * (x[e] - facts_.x_star[j]);
        }
    }

    [[nodiscard]] double gradient_cost() const override {
        return 2.0 * static_cast<double>(facts_.dimension);
    }

    [[nodiscard]] const std::vector<double>& curvature() const { return curvature_; }

  private:
    static double raw(std::size_t i, std::size_t j) {
        return static_cast<double>((2 * i + 3 * j) % 5) - 2.0;
    }

    model::ProblemFacts facts_;
    std::vector<double> a_, b_;      ///< (client x dimension)
    std::vector<double> curvature_;  ///< (dimension) of f
};

}  // namespace tailrate::test
