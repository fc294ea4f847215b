#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/parameters.hpp"
#include "model/block.hpp"

namespace tailrate::model {

/// What is known of an instance f = mean_i f_i, x0 = 0.
struct ProblemFacts {
    std::size_t clients = 0;
    std::size_t dimension = 0;
    std::vector<double> x_star;           ///< (dimension) minimizer of f
    double f_star = 0.0;                  ///< f(x*)
    double L = 0.0;                       ///< largest curvature of f
    double mu = 0.0;                      ///< smallest curvature of f
    double condition_number = 1.0;        ///< L / mu
    double condition_number_local = 1.0;  ///< max_i L_i / min_i mu_i
    double G = 0.0;                       ///< max_i |grad f_i(x*)|_inf
    double max_residual_norm = 0.0;       ///< max_i |grad f_i(x*)|_2
    double initial_distance = 0.0;        ///< |x0 - x*|_2
    bool is_quadratic = false;  ///< the Hessian is constant: mu and L are met at x*
    bool draws_rows = false;    ///< gradients are of random rows: noise of their own
    /// max_j |mean_i r_ij^3| / G^3 with r_i = grad f_i(x*); 0 where the r_i lie
    /// symmetrically about 0, so that cutting them off has no bias.
    double residual_skew = 0.0;
};

/// Gathers what ProblemFacts says of the residual gradients, client by client.
class ResidualFacts {
  public:
    void add(std::span<const double> residual);
    /// Sets G, max_residual_norm and residual_skew.
    void store(ProblemFacts& facts) const;

  private:
    double largest_ = 0.0;
    double longest_ = 0.0;
    std::size_t clients_ = 0;
    std::vector<double> cubes_;  ///< (dimension) sums
};

/// An array of the instance for the result file, row-major. Dimension names are those
/// of the file: "client", "dimension", "dimension_2".
struct InstanceArray {
    std::string name;
    std::vector<std::string> dimensions;
    std::vector<std::size_t> shape;
    std::vector<double> values;
};

/// Where the randomness of an oracle call is found: the block and the call.
struct OracleCall {
    std::uint64_t master_seed = 0;
    std::uint64_t first_seed = 0;
    std::uint64_t call = 0;
};

/// Where the gradients are taken, (dimension x lanes) each: with stride 0 all clients
/// share one point, else client i of a range uses points + (i - first) * stride.
struct Points {
    const double* values = nullptr;
    std::size_t stride = 0;
};

/// The noise of a range of clients: factors[i - first] times the draws of client i,
/// which are (range x dimension x lanes).
struct ScaledDraws {
    const double* draws = nullptr;
    const double* factors = nullptr;
};

/// A distributed problem: minimize f(x) = (1/n) sum_i f_i(x). Immutable and shared by
/// threads; whatever it needs while it computes is in the caller's scratch.
class Problem {
  public:
    using Make = std::function<std::unique_ptr<Problem>(
        const core::Parameters&, const std::filesystem::path& folder)>;

    virtual ~Problem() = default;

    [[nodiscard]] virtual const ProblemFacts& facts() const = 0;

    /// Puts into `scratch`, which has `scratch_size()` doubles, 64-byte aligned, what
    /// the clients share at one point of an iteration (stride 0), before `gradients`.
    virtual void prepare(Points points, double* scratch) const;
    /// gradients_i = noise_i + grad f_i at the points, for the clients in `range`
    /// (range.size() x dimension x lanes); the draws may be `gradients` itself.
    /// `scratch` is as `prepare` left it for these points.
    virtual void gradients(const OracleCall& call,
                           ClientRange range,
                           Points points,
                           const ScaledDraws& noise,
                           double* gradients,
                           double* scratch) const = 0;
    /// Adds grad f_i to what is in `gradients`, in place.
    void add_gradients(const OracleCall& call,
                       ClientRange range,
                       Points points,
                       double* gradients,
                       double* scratch) const;
    [[nodiscard]] virtual std::size_t scratch_size() const = 0;

    /// f(x) - f(x*) per seed at x (dimension x lanes), without cancellation near x*.
    virtual void optimality_gap(const double* x, Lanes& gap) const = 0;
    /// grad f(x) (dimension x lanes), exact and without noise.
    virtual void full_gradient(const double* x, double* gradient) const = 0;
    /// x - x* in the eigenbasis of f's Hessian where the problem has one in closed
    /// form, else in the coordinates of x (dimension x lanes).
    virtual void centred(const double* x, double* out) const;

    /// Arithmetic operations of one gradient of one client and seed, for estimates.
    [[nodiscard]] virtual double gradient_cost() const = 0;

    /// Bytes that the instance keeps in memory, and of its arrays(), for estimates.
    [[nodiscard]] virtual double bytes() const { return 0.0; }

    [[nodiscard]] virtual double array_bytes() const { return 0.0; }

    /// The arrays that define the instance, for the result file.
    [[nodiscard]] virtual std::vector<InstanceArray> arrays() const { return {}; }

    /// SHA-256 of the data it was made from, empty where there are none.
    [[nodiscard]] virtual std::string data_digest() const { return {}; }
};

/// The parameters that every problem has besides its own: clients and instance_seed.
[[nodiscard]] const std::vector<core::ParameterSpec>& problem_parameters();

}  // namespace tailrate::model
