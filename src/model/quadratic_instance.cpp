#include "model/quadratic_instance.hpp"

#include <cmath>

#include "core/contracts.hpp"
#include "math/elementary.hpp"
#include "math/linear_algebra.hpp"
#include "model/lane_products.hpp"
#include "model/normals.hpp"

namespace tailrate::model {
namespace {

std::vector<double> log_spaced(std::size_t dimension, double condition_number) {
    std::vector<double> eigenvalues(dimension, 1.0);
    for (std::size_t j = 1; j < dimension; ++j) {
        const double exponent =
            static_cast<double>(j) / static_cast<double>(dimension - 1);
        eigenvalues[j] = math::pow(condition_number, exponent);
    }
    if (dimension > 1) {
        eigenvalues.back() = condition_number;
    }
    return eigenvalues;
}

/// Subtracts the mean over the rows from every column of `table`.
void centre(std::size_t rows, std::size_t columns, std::vector<double>& table) {
    for (std::size_t j = 0; j < columns; ++j) {
        double sum = 0.0;
        for (std::size_t i = 0; i < rows; ++i) {
            sum += table[i * columns + j];
        }
        const double mean = sum / static_cast<double>(rows);
        for (std::size_t i = 0; i < rows; ++i) {
            table[i * columns + j] -= mean;
        }
    }
}

std::vector<double> spread_eigenvalues(const QuadraticOptions& options,
                                       const std::vector<double>& eigenvalues) {
    const std::size_t d = options.dimension;
    std::vector<double> table(options.clients * d, 0.0);
    if (options.curvature_spread > 0.0) {
        const InstanceRandom curvature{options.instance_seed, "curvature"};
        for (std::size_t k = 0; k < table.size(); ++k) {
            table[k] = curvature.uniform(k / d, k % d);
        }
        centre(options.clients, d, table);
    }
    for (std::size_t k = 0; k < table.size(); ++k) {
        table[k] = eigenvalues[k % d] * (1.0 + options.curvature_spread * table[k]);
    }
    return table;
}

std::vector<double> draw_minimizer(const QuadraticOptions& options) {
    const InstanceRandom direction{options.instance_seed, "x_star"};
    std::vector<double> x_star(options.dimension);
    for (std::size_t j = 0; j < x_star.size(); ++j) {
        x_star[j] = direction.normal(0, j);
    }
    const double length = math::norm(x_star);
    for (double& value : x_star) {
        value = value / length * options.initial_distance;
    }
    return x_star;
}

double raw_residual(const InstanceRandom& random,
                    const std::string& law,
                    std::size_t i,
                    std::size_t j) {
    if (law == "gaussian") {
        return random.normal(i, j);
    }
    if (law == "skewed") {
        return -math::log(random.uniform(i, j)) - 1.0;
    }
    if (law == "two_groups") {
        return i % 2 == 0 ? random.normal(0, j) : -random.normal(0, j);
    }
    TAILRATE_EXPECTS(law == "one_client");
    return i == 0 ? random.normal(0, j) : 0.0;
}

std::vector<double> draw_residuals(const QuadraticOptions& options) {
    const std::size_t d = options.dimension;
    std::vector<double> table(options.clients * d, 0.0);
    if (options.heterogeneity == 0.0) {
        return table;
    }
    const InstanceRandom random{options.instance_seed, "residual"};
    for (std::size_t k = 0; k < table.size(); ++k) {
        table[k] = raw_residual(random, options.residuals, k / d, k % d);
    }
    centre(options.clients, d, table);
    const double n = static_cast<double>(options.clients);
    const double factor = options.heterogeneity / (math::norm(table) / std::sqrt(n));
    for (double& residual : table) {
        residual *= factor;
    }
    return table;
}

std::vector<double> draw_rotation(const QuadraticOptions& options) {
    if (!options.is_rotated) {
        return {};
    }
    const std::size_t d = options.dimension;
    const InstanceRandom random{options.instance_seed, "rotation"};
    std::vector<double> normals(d * d);
    for (std::size_t k = 0; k < normals.size(); ++k) {
        normals[k] = random.normal(k / d, k % d);
    }
    return math::haar_orthogonal(d, normals);
}

}  // namespace

QuadraticInstance::QuadraticInstance(const QuadraticOptions& options)
    : clients_{options.clients},
      dimension_{options.dimension} {
    TAILRATE_EXPECTS(clients_ >= 1 && dimension_ >= 1);
    TAILRATE_EXPECTS(dimension_ > 1 || options.condition_number == 1.0);
    TAILRATE_EXPECTS(clients_ > 1 || options.heterogeneity == 0.0);
    x_star_ = draw_minimizer(options);
    eigenvalues_ = log_spaced(dimension_, options.condition_number);
    client_eigenvalues_ = spread_eigenvalues(options, eigenvalues_);
    residuals_ = draw_residuals(options);
    rotation_ = draw_rotation(options);
}

std::span<const double> QuadraticInstance::client_eigenvalues(std::size_t i) const {
    return {client_eigenvalues_.data() + i * dimension_, dimension_};
}

std::span<const double> QuadraticInstance::residual(std::size_t i) const {
    return {residuals_.data() + i * dimension_, dimension_};
}

std::vector<double> QuadraticInstance::to_eigenbasis(
    std::span<const double> vector) const {
    if (rotation_.empty()) {
        return {vector.begin(), vector.end()};
    }
    std::vector<double> out(dimension_, 0.0);
    for (std::size_t k = 0; k < dimension_; ++k) {
        for (std::size_t j = 0; j < dimension_; ++j) {
            out[j] = std::fma(rotation_[k * dimension_ + j], vector[k], out[j]);
        }
    }
    return out;
}

std::vector<double> QuadraticInstance::from_eigenbasis(
    std::span<const double> vector) const {
    if (rotation_.empty()) {
        return {vector.begin(), vector.end()};
    }
    std::vector<double> out(dimension_, 0.0);
    for (std::size_t j = 0; j < dimension_; ++j) {
        for (std::size_t k = 0; k < dimension_; ++k) {
            out[j] = std::fma(rotation_[j * dimension_ + k], vector[k], out[j]);
        }
    }
    return out;
}

std::vector<double> QuadraticInstance::hessian(std::size_t i) const {
    if (!rotation_.empty()) {
        return spectral_matrix(rotation_, client_eigenvalues(i));
    }
    std::vector<double> matrix(dimension_ * dimension_, 0.0);
    for (std::size_t j = 0; j < dimension_; ++j) {
        matrix[j * dimension_ + j] = client_eigenvalues(i)[j];
    }
    return matrix;
}

std::vector<double> QuadraticInstance::client_minimizers() const {
    std::vector<double> minimizers;
    for (std::size_t i = 0; i < clients_; ++i) {
        std::vector<double> turned = to_eigenbasis(residual(i));
        for (std::size_t j = 0; j < dimension_; ++j) {
            turned[j] /= client_eigenvalues(i)[j];
        }
        const std::vector<double> offset = from_eigenbasis(turned);
        for (std::size_t j = 0; j < dimension_; ++j) {
            minimizers.push_back(x_star_[j] - offset[j]);
        }
    }
    return minimizers;
}

}  // namespace tailrate::model
