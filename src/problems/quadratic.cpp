#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "core/errors.hpp"
#include "core/registry.hpp"
#include "math/linear_algebra.hpp"
#include "model/lane_products.hpp"
#include "model/magnitude.hpp"
#include "model/problem.hpp"
#include "model/quadratic_instance.hpp"

namespace tailrate::problems {
namespace {

using model::lanes;

constexpr double coordinate_limit = 1e9;                      // n d that is accepted
constexpr double dense_limit = 1e8;                           // n d^2 that is accepted
constexpr std::size_t written_limit = std::size_t{1} << 22U;  // n d^2 written as A

model::QuadraticOptions checked_options(const core::Parameters& parameters) {
    for (const char* name : {"condition_number", "heterogeneity", "initial_distance"}) {
        model::check_magnitude(parameters, name);
    }
    model::QuadraticOptions options{
        .clients = static_cast<std::size_t>(parameters.integer("clients")),
        .dimension = static_cast<std::size_t>(parameters.integer("dimension")),
        .instance_seed =
            static_cast<std::uint64_t>(parameters.integer("instance_seed")),
        .condition_number = parameters.real("condition_number"),
        .curvature_spread = parameters.real("curvature_spread"),
        .heterogeneity = parameters.real("heterogeneity"),
        .initial_distance = parameters.real("initial_distance"),
        .is_rotated = parameters.text("rotation") == "random",
        .residuals = parameters.text("residuals")};
    if (options.heterogeneity > 0.0 && options.clients == 1) {
        throw core::ParameterError("heterogeneity",
                                   "heterogeneity > 0 needs clients >= 2: the gradient "
                                   "of a single client is 0 at the minimizer");
    }
    if (options.condition_number > 1.0 && options.dimension == 1) {
        throw core::ParameterError("condition_number",
                                   "condition_number > 1 needs dimension >= 2; with "
                                   "dimension 1 it must be 1");
    }
    const double d = static_cast<double>(options.dimension);
    const double coordinates = static_cast<double>(options.clients) * d;
    if (coordinates > coordinate_limit) {
        throw core::ParameterError("dimension",
                                   "clients * dimension is " +
                                       core::to_text(coordinates) +
                                       "; allowed: at most 1e9");
    }
    const double elements = coordinates * d;
    if (options.is_rotated && elements > dense_limit) {
        throw core::ParameterError("dimension",
                                   "clients * dimension^2 is " +
                                       core::to_text(elements) +
                                       "; rotation: random allows at most 1e8, "
                                       "rotation: none has diagonal Hessians");
    }
    return options;
}

/// f_i(x) = 1/2 (x - b_i)' A_i (x - b_i), A_i = Q diag(lambda_i) Q' (d x d), with Q,
/// x*, lambda_i and the residual gradients r_i = grad f_i(x*) of
/// model::QuadraticInstance and b_i = x* - A_i^-1 r_i. The mean of the A_i has
/// eigenvalues log-spaced in [1, condition_number], so mu = 1 and L = condition_number.
/// Deviation from the formula: the gradient is computed as A_i (x - x*) + r_i, which
/// equals A_i (x - b_i) and does not cancel at x*.
/// Clients with equal Hessians (curvature_spread 0) at one shared point share the
/// product. Memory: 2 n d numbers and, with rotation, d^2 for Q and d^2 for each
/// Hessian.
class Quadratic final : public model::Problem {
  public:
    explicit Quadratic(const model::QuadraticOptions& options);

    [[nodiscard]] const model::ProblemFacts& facts() const override { return facts_; }

    void prepare(model::Points points, double* scratch) const override;
    void gradients(const model::OracleCall& call,
                   model::ClientRange range,
                   model::Points points,
                   const model::ScaledDraws& noise,
                   double* gradients,
                   double* scratch) const override;

    /// x - x* and its product with the common Hessian.
    [[nodiscard]] std::size_t scratch_size() const override {
        return 2 * facts_.dimension * lanes;
    }

    void optimality_gap(const double* x, model::Lanes& gap) const override;
    void full_gradient(const double* x, double* gradient) const override;
    void centred(const double* x, double* out) const override;
    [[nodiscard]] double gradient_cost() const override;
    [[nodiscard]] double bytes() const override;
    [[nodiscard]] double array_bytes() const override;
    [[nodiscard]] std::vector<model::InstanceArray> arrays() const override;

  private:
    [[nodiscard]] bool writes_hessians() const;

    [[nodiscard]] bool is_rotated() const { return !instance_.rotation().empty(); }

    [[nodiscard]] bool shares_product(model::Points points) const;
    [[nodiscard]] model::MatrixView hessian(std::size_t i) const;

    model::QuadraticInstance instance_;
    model::ProblemFacts facts_;
    std::vector<double> hessians_;  ///< (d x d) once or per client; empty without Q
    std::size_t hessian_stride_ = 0;
};

model::ProblemFacts facts_of(const model::QuadraticInstance& instance,
                             double initial_distance) {
    const std::vector<double>& curvatures = instance.client_eigenvalues();
    const auto [least, largest] =
        std::minmax_element(curvatures.begin(), curvatures.end());
    model::ProblemFacts facts{.clients = instance.clients(),
                              .dimension = instance.dimension(),
                              .x_star = instance.x_star(),
                              .L = instance.eigenvalues().back(),
                              .mu = 1.0,
                              .condition_number = instance.eigenvalues().back(),
                              .condition_number_local = *largest / *least,
                              .initial_distance = initial_distance,
                              .is_quadratic = true};
    model::ResidualFacts residuals;
    double sum = 0.0;  // of r_i' A_i^-1 r_i
    for (std::size_t i = 0; i < facts.clients; ++i) {
        const std::span<const double> residual = instance.residual(i);
        const std::vector<double> turned = instance.to_eigenbasis(residual);
        for (std::size_t j = 0; j < facts.dimension; ++j) {
            const double curvature = instance.client_eigenvalues(i)[j];
            sum = std::fma(turned[j] / curvature, turned[j], sum);
        }
        residuals.add(residual);
    }
    residuals.store(facts);
    facts.f_star = 0.5 * sum / static_cast<double>(facts.clients);
    return facts;
}

Quadratic::Quadratic(const model::QuadraticOptions& options)
    : instance_{options},
      facts_{facts_of(instance_, options.initial_distance)} {
    if (!is_rotated()) {
        return;
    }
    const bool is_common = options.curvature_spread == 0.0;
    hessian_stride_ = is_common ? 0 : facts_.dimension * facts_.dimension;
    for (std::size_t i = 0; i < (is_common ? 1 : facts_.clients); ++i) {
        const std::vector<double> matrix = model::spectral_matrix(
            instance_.rotation(), instance_.client_eigenvalues(i));
        hessians_.insert(hessians_.end(), matrix.begin(), matrix.end());
    }
}

model::MatrixView Quadratic::hessian(std::size_t i) const {
    const std::size_t d = facts_.dimension;
    return {hessians_.data() + i * hessian_stride_, d, d, d, 1};
}

bool Quadratic::shares_product(model::Points points) const {
    return points.stride == 0 && is_rotated() && hessian_stride_ == 0;
}

void Quadratic::prepare(model::Points points, double* scratch) const {
    if (points.stride == 0) {
        model::subtract(points.values, facts_.x_star, scratch);
    }
    if (shares_product(points)) {
        model::multiply(hessian(0), scratch, scratch + facts_.dimension * lanes);
    }
}

void Quadratic::gradients(const model::OracleCall& /*call*/,
                          model::ClientRange range,
                          model::Points points,
                          const model::ScaledDraws& noise,
                          double* gradients,
                          double* scratch) const {
    const std::size_t size = facts_.dimension * lanes;
    const double* product = scratch + size;
    const bool is_product_shared = shares_product(points);
    for (std::size_t i = range.first; i < range.last; ++i) {
        const std::size_t place = i - range.first;
        const std::span<const double> residual = instance_.residual(i);
        const model::Scaled start{noise.factors[place], noise.draws + place * size};
        double* gradient = gradients + place * size;
        if (points.stride != 0) {
            const double* x = points.values + place * points.stride;
            model::subtract(x, facts_.x_star, scratch);
        }
        if (is_product_shared) {
            model::add_with_offset(start, product, residual, gradient);
        } else if (is_rotated()) {
            model::add_product(start, hessian(i), scratch, residual, gradient);
        } else {
            model::add_scaled(
                start, instance_.client_eigenvalues(i), scratch, residual, gradient);
        }
    }
}

void Quadratic::centred(const double* x, double* out) const {
    if (!is_rotated()) {
        model::subtract(x, facts_.x_star, out);
        return;
    }
    const std::size_t d = facts_.dimension;
    model::Array u(d * lanes);
    model::subtract(x, facts_.x_star, u.data());
    model::multiply({instance_.rotation().data(), d, d, 1, d}, u.data(), out);
}

/// 1/2 sum_j lambda_j w_j^2, w = Q'(x - x*).
void Quadratic::optimality_gap(const double* x, model::Lanes& gap) const {
    model::Array w(facts_.dimension * lanes);
    centred(x, w.data());
    gap.fill(0.0);
    for (std::size_t e = 0; e < w.size(); ++e) {
        const double weight = 0.5 * instance_.eigenvalues()[e / lanes];
        gap[e % lanes] = std::fma(weight * w[e], w[e], gap[e % lanes]);
    }
}

/// Q diag(lambda) w.
void Quadratic::full_gradient(const double* x, double* gradient) const {
    const std::size_t d = facts_.dimension;
    model::Array w(d * lanes);
    centred(x, w.data());
    for (std::size_t e = 0; e < w.size(); ++e) {
        w[e] *= instance_.eigenvalues()[e / lanes];
    }
    if (is_rotated()) {
        model::multiply({instance_.rotation().data(), d, d, d, 1}, w.data(), gradient);
    } else {
        std::copy(w.begin(), w.end(), gradient);
    }
}

/// Counts one shared point; without it equal Hessians cost as much as different ones.
double Quadratic::gradient_cost() const {
    const double d = static_cast<double>(facts_.dimension);
    if (!is_rotated()) {
        return 4.0 * d;
    }
    const double sharers =
        hessian_stride_ == 0 ? static_cast<double>(facts_.clients) : 1.0;
    return 2.0 * d * d / sharers + 3.0 * d;
}

double Quadratic::bytes() const {
    const double n = static_cast<double>(facts_.clients);
    const double d = static_cast<double>(facts_.dimension);
    const double rotation = is_rotated() ? d * d : 0.0;
    return sizeof(double) *
           (2.0 * n * d + rotation + static_cast<double>(hessians_.size()));
}

double Quadratic::array_bytes() const {
    const double n = static_cast<double>(facts_.clients);
    const double d = static_cast<double>(facts_.dimension);
    const double rotation = is_rotated() ? d * d : 0.0;
    const double curvature = writes_hessians() ? n * d * d : n * d + rotation;
    return sizeof(double) * (n * d + curvature);
}

bool Quadratic::writes_hessians() const {
    const std::size_t d = facts_.dimension;
    return d <= written_limit / d && facts_.clients <= written_limit / (d * d);
}

std::vector<model::InstanceArray> Quadratic::arrays() const {
    const std::size_t n = facts_.clients;
    const std::size_t d = facts_.dimension;
    std::vector<model::InstanceArray> arrays{
        {"b", {"client", "dimension"}, {n, d}, instance_.client_minimizers()}};
    if (writes_hessians()) {
        arrays.push_back({"A", {"client", "dimension", "dimension_2"}, {n, d, d}, {}});
        for (std::size_t i = 0; i < n; ++i) {
            const std::vector<double> matrix = instance_.hessian(i);
            std::vector<double>& values = arrays.back().values;
            values.insert(values.end(), matrix.begin(), matrix.end());
        }
        return arrays;
    }
    arrays.push_back(
        {"lambda", {"client", "dimension"}, {n, d}, instance_.client_eigenvalues()});
    if (is_rotated()) {
        arrays.push_back(
            {"Q", {"dimension", "dimension_2"}, {d, d}, instance_.rotation()});
    }
    return arrays;
}

const core::Registration<model::Problem> registration{{
    .key = "quadratic",
    .summary = "strongly convex quadratics with a chosen spectrum and heterogeneity",
    .source = "own construction: equal average Hessian, residual gradients of a chosen "
              "length",
    .parameters =
        {{.name = "dimension",
          .type = core::ValueType::integer,
          .range = {.lowest = 1.0, .highest = static_cast<double>(random::row_limit)},
          .meaning = "dimension d"},
         {.name = "condition_number",
          .default_value = 10.0,
          .range = {.lowest = 1.0},
          .meaning = "largest eigenvalue of the Hessian of f; the least is 1"},
         {.name = "heterogeneity",
          .default_value = 0.0,
          .range = {.lowest = 0.0},
          .meaning = "root mean square of the clients' gradient norms at x*"},
         {.name = "initial_distance",
          .default_value = 1.0,
          .range = {.lowest = 0.0, .lowest_open = true},
          .meaning = "|x0 - x*|"},
         {.name = "rotation",
          .type = core::ValueType::choice,
          .default_value = "random",
          .choices = {"random", "none"},
          .meaning = "eigenvectors: a random rotation or the coordinate axes"},
         {.name = "curvature_spread",
          .default_value = 0.0,
          .range = {.lowest = 0.0, .highest = 1.0, .highest_open = true},
          .meaning = "relative spread of the clients' eigenvalues"},
         {.name = "residuals",
          .type = core::ValueType::choice,
          .default_value = "gaussian",
          .choices = {"gaussian", "skewed", "two_groups", "one_client"},
          .meaning = "law of the clients' gradients at x*"}},
    .make =
        [](const core::Parameters& parameters,
           const std::filesystem::path& /*folder*/) {
            return std::make_unique<Quadratic>(checked_options(parameters));
        },
}};

}  // namespace
}  // namespace tailrate::problems
