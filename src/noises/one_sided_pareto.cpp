#include <cmath>

#include "core/registry.hpp"
#include "math/elementary.hpp"
#include "math/quadrature.hpp"
#include "math/sampling.hpp"
#include "model/block.hpp"
#include "model/noise.hpp"
#include "random/uniform.hpp"

namespace tailrate::noises {
namespace {

using math::DoubleDouble;

/// e^x - 1, -40 < x < 40, relative error about 1e-30: Taylor series of e^(x/64) - 1,
/// six times e^2x - 1 = (e^x - 1)(e^x - 1 + 2).
DoubleDouble expm1_pair(DoubleDouble x) {
    const DoubleDouble small{x.high * 0x1p-6, x.low * 0x1p-6};
    DoubleDouble sum{1.0, 0.0};
    for (int k = 28; k > 1; --k) {
        const double inverse = 1.0 / k;
        const DoubleDouble reciprocal{inverse, std::fma(-inverse, k, 1.0) / k};
        sum = add({1.0, 0.0}, multiply(multiply(small, reciprocal), sum));
    }
    sum = multiply(small, sum);
    for (int doubling = 0; doubling < 6; ++doubling) {
        sum = multiply(sum, add({2.0, 0.0}, sum));
    }
    return sum;
}

/// P(X > E X) = (1 - 1/a)^a of the Pareto law, relative error about 1e-30.
DoubleDouble share_above_mean(double a) {
    const double inverse = 1.0 / a;
    const DoubleDouble change{-inverse, -std::fma(-inverse, a, 1.0) / a};  // -1/a
    const DoubleDouble ratio = add({1.0, 0.0}, change);
    // log ratio = y + log(ratio e^-y), the second one tiny.
    const double y = math::log1p(-inverse);
    const DoubleDouble rest = add(multiply(ratio, expm1_pair({-y, 0.0})), change);
    const double curved = rest.low - 0.5 * rest.high * rest.high;
    const DoubleDouble logarithm = math::add({y, 0.0}, {rest.high, curved});
    return add({1.0, 0.0}, expm1_pair(multiply({a, 0.0}, logarithm)));
}

/// Pareto law minus its mean: z = X - a/(a-1), P(X > x) = x^-a for x >= 1, with a =
/// tail_index > 1. Mean 0, not symmetric: a stress test.
/// E|z| = 2 (a/(a-1))^(1-a)/(a-1). The median m of |z| solves (mu-m)^-a - (mu+m)^-a =
/// 1/2, mu = a/(a-1).
/// Two draws per counter, one per word: z = mu expm1(-log(U/U0)/a), where U0 = mu^-a is
/// the U of z = 0, which keeps small |z| accurate relatively too.
/// Source: Johnson, Kotz, Balakrishnan, "Continuous univariate distributions" 1, 2nd
/// ed., 1994, ch. 20 (Pareto law of the first kind, k = 1); inversion as in Devroye
/// 1986, sec. II.2.1. Deviation: shifted by the mean.
class OneSidedPareto final : public model::Noise {
  public:
    explicit OneSidedPareto(double tail_index)
        : tail_index_{tail_index},
          centre_{share_above_mean(tail_index)} {}

    [[nodiscard]] double tail_index() const override { return tail_index_; }

    [[nodiscard]] bool is_symmetric() const override { return false; }

    [[nodiscard]] double mean_absolute() const override {
        const double a = tail_index_;
        return 2.0 * math::exp((a - 1.0) * math::log1p(-1.0 / a)) / (a - 1.0);
    }

    [[nodiscard]] double median_absolute() const override {
        const double a = tail_index_;
        // m = s/(a-1), 0 < s < 1; the equation times U0.
        const auto excess = [this, a](double s) {
            const double below = math::exp(-a * math::log1p(-s / a));
            const double above = math::exp(-a * math::log1p(s / a));
            return centre_.high * (below - above) - 0.5;
        };
        return math::find_root(excess, 0.0, 1.0) / (a - 1.0);
    }

    [[nodiscard]] std::size_t draws_per_counter() const override { return 2; }

    void transform(std::size_t rows,
                   const std::uint64_t* first,
                   const std::uint64_t* second,
                   double* draws) const override {
        for (std::size_t row = 0; row < rows; ++row, draws += 2 * model::lanes) {
            invert_row(first + row * model::lanes, draws);
            invert_row(second + row * model::lanes, draws + model::lanes);
        }
    }

  private:
    void invert_row(const std::uint64_t* words, double* draws) const {
        const double a = tail_index_;
        const double mean = a / (a - 1.0);
        const double inverse = 1.0 / centre_.high;
        const double high = centre_.high;
        const double low = centre_.low;
#pragma GCC unroll 1
        for (std::size_t lane = 0; lane < model::lanes; ++lane) {
            const double u = random::unit_interval(words[lane]);
            // U/U0 = ratio + rest; the rest matters where the ratio is near 1.
            const double ratio = u * inverse;
            const double remainder = std::fma(-ratio, high, u);
            const double rest = std::fma(-ratio, low, remainder) * inverse;
            const double logarithm = math::fast_log(ratio) + rest / ratio;
            draws[lane] = mean * math::fast_expm1(-logarithm / a);
        }
    }

    double tail_index_;
    DoubleDouble centre_;  ///< U0, below 1/e
};

const core::Registration<model::Noise> registration{{
    .key = "one_sided_pareto",
    .summary = "Pareto law minus its mean: not symmetric, a stress test",
    .source = "Johnson, Kotz & Balakrishnan 1994, ch. 20, minus the mean",
    .parameters = {{.name = "tail_index",
                    .range = {.lowest = 1.0, .lowest_open = true},
                    .meaning = "a: moments of |z| below it are finite"}},
    .make =
        [](const core::Parameters& parameters) {
            return std::make_unique<OneSidedPareto>(parameters.real("tail_index"));
        },
}};

}  // namespace
}  // namespace tailrate::noises
