#include "model/problem.hpp"

#include <algorithm>
#include <cmath>

#include "math/linear_algebra.hpp"

namespace tailrate::model {

const std::vector<core::ParameterSpec>& problem_parameters() {
    using core::ValueType;
    static const std::vector<core::ParameterSpec> table{
        {.name = "clients",
         .type = ValueType::integer,
         .range = {.lowest = 1.0, .highest = static_cast<double>(random::client_limit)},
         .meaning = "number of clients n"},
        {.name = "instance_seed",
         .type = ValueType::integer,
         .default_value = std::int64_t{1},
         .range = {.lowest = 0.0},
         .meaning = "seed of the instance, not of the noise"},
    };
    return table;
}

void ResidualFacts::add(std::span<const double> residual) {
    cubes_.resize(residual.size());
    for (std::size_t j = 0; j < residual.size(); ++j) {
        largest_ = std::max(largest_, std::abs(residual[j]));
        cubes_[j] += residual[j] * residual[j] * residual[j];
    }
    longest_ = std::max(longest_, math::norm(residual));
    ++clients_;
}

void ResidualFacts::store(ProblemFacts& facts) const {
    facts.G = largest_;
    facts.max_residual_norm = longest_;
    facts.residual_skew = 0.0;
    const double unit = static_cast<double>(clients_) * largest_ * largest_ * largest_;
    for (const double cube : cubes_) {
        facts.residual_skew =
            std::max(facts.residual_skew, unit > 0.0 ? std::abs(cube) / unit : 0.0);
    }
}

void Problem::prepare(Points /*points*/, double* /*scratch*/) const {}

void Problem::add_gradients(const OracleCall& call,
                            ClientRange range,
                            Points points,
                            double* gradients,
                            double* scratch) const {
    const std::vector<double> ones(range.size(), 1.0);
    prepare(points, scratch);
    this->gradients(call, range, points, {gradients, ones.data()}, gradients, scratch);
}

void Problem::centred(const double* x, double* out) const {
    const std::vector<double>& x_star = facts().x_star;
    for (std::size_t j = 0; j < x_star.size(); ++j) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            out[j * lanes + lane] = x[j * lanes + lane] - x_star[j];
        }
    }
}

}  // namespace tailrate::model
