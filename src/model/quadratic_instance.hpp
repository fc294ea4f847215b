#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// A random instance of f = mean_i f_i, f_i(x) = 1/2 (x - b_i)' A_i (x - b_i), with
/// A_i = Q diag(lambda_i) Q'. Draws the numbers; knows nothing of gradients.
namespace tailrate::model {

/// What determines an instance.
struct QuadraticOptions {
    std::size_t clients = 1;
    std::size_t dimension = 1;
    std::uint64_t instance_seed = 1;
    double condition_number = 1.0;  ///< >= 1; 1 where dimension is 1
    double curvature_spread = 0.0;  ///< [0, 1)
    double heterogeneity = 0.0;     ///< >= 0; 0 where clients is 1
    double initial_distance = 1.0;  ///< > 0
    bool is_rotated = true;
    std::string residuals = "gaussian";  ///< or skewed, two_groups, one_client
};

/// Tables are (n x d), row-major, n clients, d the dimension. The random numbers of
/// client i and coordinate j depend on instance_seed only (Q also
/// on d), so that instances which differ in one option share their directions.
class QuadraticInstance {
  public:
    explicit QuadraticInstance(const QuadraticOptions& options);

    [[nodiscard]] std::size_t clients() const { return clients_; }

    [[nodiscard]] std::size_t dimension() const { return dimension_; }

    /// (d) the length is initial_distance, the direction that of d normals.
    [[nodiscard]] const std::vector<double>& x_star() const { return x_star_; }

    /// (d) of f, ascending, log-spaced from 1 to condition_number; 1 for d = 1.
    [[nodiscard]] const std::vector<double>& eigenvalues() const {
        return eigenvalues_;
    }

    /// (n x d) lambda_ij = lambda_j (1 + s (v_ij - mean_i v_ij)), v uniform on [0, 1],
    /// s = curvature_spread: their mean over the clients is lambda_j.
    [[nodiscard]] const std::vector<double>& client_eigenvalues() const {
        return client_eigenvalues_;
    }

    /// (n x d) r_ij with sum_i r_i = 0 and sqrt(mean_i |r_i|^2) = heterogeneity. Before
    /// centring and scaling: `gaussian` N(0,1); `skewed` exponential(1) - 1;
    /// `two_groups` +v for even and -v for odd i; `one_client` v for client 0, else 0;
    /// v is the gaussian vector of client 0.
    [[nodiscard]] const std::vector<double>& residuals() const { return residuals_; }

    /// (d x d) Q row-major, Haar distributed; empty for the identity.
    [[nodiscard]] const std::vector<double>& rotation() const { return rotation_; }

    [[nodiscard]] std::span<const double> client_eigenvalues(std::size_t i) const;
    [[nodiscard]] std::span<const double> residual(std::size_t i) const;
    /// Q' vector and Q vector.
    [[nodiscard]] std::vector<double> to_eigenbasis(
        std::span<const double> vector) const;
    [[nodiscard]] std::vector<double> from_eigenbasis(
        std::span<const double> vector) const;
    /// (d x d) A_i, symmetric to the last bit.
    [[nodiscard]] std::vector<double> hessian(std::size_t i) const;
    /// (n x d) b_i = x* - A_i^-1 r_i.
    [[nodiscard]] std::vector<double> client_minimizers() const;

  private:
    std::size_t clients_;
    std::size_t dimension_;
    std::vector<double> x_star_;
    std::vector<double> eigenvalues_;
    std::vector<double> client_eigenvalues_;
    std::vector<double> residuals_;
    std::vector<double> rotation_;
};

}  // namespace tailrate::model
