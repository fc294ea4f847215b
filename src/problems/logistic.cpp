#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "core/errors.hpp"
#include "core/registry.hpp"
#include "math/linear_algebra.hpp"
#include "model/client_rows.hpp"
#include "model/magnitude.hpp"
#include "model/problem.hpp"
#include "model/ridge_logistic.hpp"
#include "model/row_draws.hpp"
#include "model/row_products.hpp"

namespace tailrate::problems {
namespace {

using model::lanes;

constexpr std::size_t rows_at_once = 16;
// Of data whose gradients, minimizer and their cubes are doubles.
constexpr double least_curvature = 1e-100;
constexpr double largest_curvature = 1e100;

/// f_i(x) = (1/m_i) sum_j log(1 + exp(-y_j a_j'x)) + (mu/2) |x|^2 on a LIBSVM file: no
/// intercept is added (a user who wants one adds a constant feature; features: raw).
/// - l = lambda_max((1/n) sum_i A_i'A_i / (4 m_i)), mu = l / (condition_number - 1),
///   L = l + mu bound the curvature of f, l_i + mu with the l of client i that of f_i.
/// - x* by damped Newton (model::minimizer), f* = f(x*).
/// - Oracle: grad f_i, or with batch > 0 the mean over `batch` rows of client i drawn
///   with replacement (model::draw_rows) at the addresses (domain "rows", client, row =
///   place in the batch, call). These hold no parameter, so all cells meet the same
///   rows.
/// Linear in the stored entries; nothing of size d^2 is formed.
class Logistic final : public model::Problem {
  public:
    Logistic(model::ClientRows data, double condition_number, std::size_t batch);

    [[nodiscard]] const model::ProblemFacts& facts() const override { return facts_; }

    void gradients(const model::OracleCall& call,
                   model::ClientRange range,
                   model::Points points,
                   const model::ScaledDraws& noise,
                   double* gradients,
                   double* scratch) const override;

    /// The gradient of one client and the factors of some rows.
    [[nodiscard]] std::size_t scratch_size() const override {
        return (facts_.dimension + rows_at_once) * lanes;
    }

    void optimality_gap(const double* x, model::Lanes& gap) const override;
    void full_gradient(const double* x, double* gradient) const override;
    [[nodiscard]] double gradient_cost() const override;

    /// Values and columns.
    [[nodiscard]] double bytes() const override {
        return 12.0 * static_cast<double>(data_.rows.values.size());
    }

    [[nodiscard]] std::string data_digest() const override { return data_.digest; }

  private:
    void set_constants(double condition_number);
    void set_minimizer(double condition_number);
    void set_residuals();
    void add_rows(std::size_t client,
                  double weight,
                  const double* x,
                  double* gradient,
                  double* factors) const;
    void add_batch(const random::Stream& stream,
                   const random::Place& place,
                   const double* x,
                   double* gradient,
                   double* factors) const;

    model::ClientRows data_;
    model::RowProducts products_;
    model::ProblemFacts facts_;
    std::vector<double> weights_;          ///< (m) 1 / (n m_i)
    std::vector<double> margins_at_star_;  ///< (m) y_j a_j'x*
    std::size_t batch_;                    ///< 0: all rows
};

Logistic::Logistic(model::ClientRows data, double condition_number, std::size_t batch)
    : data_{std::move(data)},
      products_{data_.rows},
      weights_{data_.weights()},
      batch_{batch} {
    facts_.clients = data_.clients();
    facts_.dimension = data_.rows.dimension;
    facts_.draws_rows = batch_ > 0;
    set_constants(condition_number);
    set_minimizer(condition_number);
    set_residuals();
}

void Logistic::set_constants(double condition_number) {
    std::vector<double> curvatures(weights_.size());
    for (std::size_t j = 0; j < weights_.size(); ++j) {
        curvatures[j] = 0.25 * weights_[j];
    }
    const double l =
        model::largest_eigenvalue(data_.rows, 0, data_.rows.size(), curvatures);
    if (!(l >= least_curvature && l <= largest_curvature)) {
        throw core::ParameterError("data",
                                   "the largest curvature of the data is " +
                                       core::to_text(l) + "; allowed: 1e-100 to 1e100");
    }
    facts_.mu = l / (condition_number - 1.0);
    facts_.L = l + facts_.mu;
    facts_.condition_number = condition_number;
    double largest_local = 0.0;
    for (std::size_t i = 0; i < facts_.clients; ++i) {
        const double own = model::largest_eigenvalue(
            data_.rows, data_.starts[i], data_.starts[i + 1], curvatures);
        largest_local =
            std::max(largest_local, static_cast<double>(facts_.clients) * own);
    }
    facts_.condition_number_local = (largest_local + facts_.mu) / facts_.mu;
}

void Logistic::set_minimizer(double condition_number) {
    const model::RidgeLogistic f{&data_.rows, 0, weights_, facts_.mu};
    std::optional<std::vector<double>> x_star = model::minimizer(f);
    if (!x_star) {
        throw core::ParameterError("condition_number",
                                   "100 Newton steps do not find the minimizer at "
                                   "condition_number " +
                                       core::to_text(condition_number) +
                                       "; take a smaller one or features: standardize");
    }
    facts_.x_star = std::move(*x_star);
    facts_.f_star = f.value(facts_.x_star);
    facts_.initial_distance = math::norm(facts_.x_star);
    if (facts_.initial_distance == 0.0) {
        throw core::ParameterError("data",
                                   "the minimizer is 0, where every run starts: the "
                                   "rows of the two classes cancel out");
    }
    for (std::size_t j = 0; j < data_.rows.size(); ++j) {
        margins_at_star_.push_back(model::dot(data_.rows.row(j), facts_.x_star));
    }
}

void Logistic::set_residuals() {
    model::ResidualFacts residuals;
    for (std::size_t i = 0; i < facts_.clients; ++i) {
        const std::vector<double> weights(data_.count(i),
                                          1.0 / static_cast<double>(data_.count(i)));
        const model::RidgeLogistic f_i{
            &data_.rows, data_.starts[i], weights, facts_.mu};
        residuals.add(f_i.gradient(facts_.x_star));
    }
    residuals.store(facts_);
}

/// Derivative of weight log(1 + exp(-s)) at `count` margins s, in place.
void to_factors(double weight, std::size_t count, double* margins) {
    for (std::size_t e = 0; e < count; ++e) {
        margins[e] = -weight * model::sigmoid(-margins[e]);
    }
}

/// Adds weight sum_j grad log(1 + exp(-y_j a_j'x)) over the client's rows.
void Logistic::add_rows(std::size_t client,
                        double weight,
                        const double* x,
                        double* gradient,
                        double* factors) const {
    const std::size_t last = data_.starts[client + 1];
    for (std::size_t first = data_.starts[client]; first < last;
         first += rows_at_once) {
        const std::size_t count = std::min(rows_at_once, last - first);
        products_.multiply(first, count, x, factors);
        to_factors(weight, count * lanes, factors);
        products_.add_multiples(first, count, factors, gradient);
    }
}

/// As add_rows, over the batch at `place`; every lane has rows of its own.
void Logistic::add_batch(const random::Stream& stream,
                         const random::Place& place,
                         const double* x,
                         double* gradient,
                         double* factors) const {
    const std::size_t start = data_.starts[place.client];
    const std::size_t rows = data_.count(place.client);
    alignas(64) std::array<std::uint64_t, rows_at_once * lanes> draws{};
    for (std::size_t first = 0; first < batch_; first += rows_at_once) {
        const std::size_t count = std::min(rows_at_once, batch_ - first);
        random::Place own = place;
        own.row = first;
        model::draw_rows(stream, own, count, rows, draws.data());
        const std::span<const std::uint64_t> drawn{draws.data(), count * lanes};
        products_.multiply_drawn(start, drawn, x, factors);
        to_factors(1.0 / static_cast<double>(batch_), drawn.size(), factors);
        products_.add_drawn_multiples(start, drawn, factors, gradient);
    }
}

void Logistic::gradients(const model::OracleCall& call,
                         model::ClientRange range,
                         model::Points points,
                         const model::ScaledDraws& noise,
                         double* gradients,
                         double* scratch) const {
    const std::size_t size = facts_.dimension * lanes;
    double* factors = scratch + size;
    std::optional<random::Stream> stream;  // made by hashing: only where rows are drawn
    if (batch_ > 0) {
        stream.emplace(call.master_seed, "rows");
    }
    for (std::size_t i = range.first; i < range.last; ++i) {
        const double* x = points.values + (i - range.first) * points.stride;
        double* gradient = gradients + (i - range.first) * size;
        for (std::size_t e = 0; e < size; ++e) {
            scratch[e] = facts_.mu * x[e];
        }
        if (stream) {
            add_batch(*stream,
                      {.first_seed = call.first_seed, .client = i, .call = call.call},
                      x,
                      scratch,
                      factors);
        } else {
            add_rows(i, 1.0 / static_cast<double>(data_.count(i)), x, scratch, factors);
        }
        const double factor = noise.factors[i - range.first];
        const double* draws = noise.draws + (i - range.first) * size;
        for (std::size_t e = 0; e < size; ++e) {
            gradient[e] = factor * draws[e] + scratch[e];
        }
    }
}

/// The excess of every loss over its tangent at x*, plus mu/2 |x - x*|^2: f(x) - f(x*)
/// when grad f(x*) is 0. The rounding of grad f(x*), below 1e-12, is left out.
void Logistic::optimality_gap(const double* x, model::Lanes& gap) const {
    model::Array offset(facts_.dimension * lanes);
    centred(x, offset.data());
    gap.fill(0.0);
    for (std::size_t e = 0; e < offset.size(); ++e) {
        gap[e % lanes] =
            std::fma(0.5 * facts_.mu * offset[e], offset[e], gap[e % lanes]);
    }
    alignas(64) model::Lanes change{};
    for (std::size_t j = 0; j < data_.rows.size(); ++j) {
        model::row_product(data_.rows.row(j), offset.data(), change.data());
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double excess =
                model::loss_above_tangent(margins_at_star_[j], change[lane]);
            gap[lane] = std::fma(weights_[j], excess, gap[lane]);
        }
    }
}

void Logistic::full_gradient(const double* x, double* gradient) const {
    alignas(64) std::array<double, rows_at_once * lanes> factors{};
    for (std::size_t e = 0; e < facts_.dimension * lanes; ++e) {
        gradient[e] = facts_.mu * x[e];
    }
    for (std::size_t i = 0; i < facts_.clients; ++i) {
        add_rows(i, weights_[data_.starts[i]], x, gradient, factors.data());
    }
}

/// The constants are times measured, in operations of 0.03 ns (runner/units.cpp).
double Logistic::gradient_cost() const {
    constexpr double sigmoid_cost = 30.0;
    constexpr double draw_cost = 50.0;
    const double m = static_cast<double>(data_.rows.size());
    const double entries = static_cast<double>(data_.rows.values.size()) / m;
    const double rest = 3.0 * static_cast<double>(facts_.dimension);
    if (batch_ == 0) {
        const double rows = m / static_cast<double>(facts_.clients);
        return rows * (4.0 * entries + sigmoid_cost) + rest;
    }
    const double entry_cost = products_.has_equal_columns() ? 8.0 : 50.0;
    const double rows = static_cast<double>(batch_);
    return rows * (entry_cost * entries + sigmoid_cost + draw_cost) + rest;
}

const core::Registration<model::Problem> registration{{
    .key = "logistic",
    .summary = "regularized logistic regression on a LIBSVM file",
    .source = "data format: Chang and Lin, ACM TIST 2 (2011) 27",
    .parameters =
        {{.name = "data",
          .type = core::ValueType::path,
          .meaning = "LIBSVM file of two classes, relative to the experiment file"},
         {.name = "condition_number",
          .range = {.lowest = 1.0, .lowest_open = true},
          .meaning = "(l + mu) / mu, which sets the regularization mu"},
         {.name = "partition",
          .type = core::ValueType::choice,
          .default_value = "by_label",
          .choices = {"iid", "by_label", "dirichlet"},
          .meaning = "how rows go to clients"},
         {.name = "alpha",
          .default_value = 0.5,
          .range = {.lowest = 0.0, .lowest_open = true},
          .meaning = "concentration of the shares, for partition: dirichlet"},
         {.name = "features",
          .type = core::ValueType::choice,
          .default_value = "standardize",
          .choices = {"raw", "standardize"},
          .meaning = "as in the file, or every feature with mean 0 and variance 1"},
         {.name = "batch",
          .type = core::ValueType::integer,
          .default_value = std::int64_t{0},
          .range = {.lowest = 0.0, .highest = static_cast<double>(random::row_limit)},
          .meaning = "rows drawn with replacement for one gradient; 0 takes all"}},
    .make =
        [](const core::Parameters& parameters, const std::filesystem::path& folder) {
            model::check_magnitude(parameters, "condition_number");
            return std::make_unique<Logistic>(
                model::read_clients(parameters, folder),
                parameters.real("condition_number"),
                static_cast<std::size_t>(parameters.integer("batch")));
        },
}};

}  // namespace
}  // namespace tailrate::problems
