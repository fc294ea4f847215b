#include <algorithm>
#include <cmath>

#include "core/registry.hpp"
#include "math/floating.hpp"
#include "math/quadrature.hpp"
#include "math/sampling.hpp"
#include "math/special.hpp"
#include "model/block.hpp"
#include "model/noise.hpp"
#include "random/uniform.hpp"

namespace tailrate::noises {
namespace {

/// Gamma(x + 1/2) / Gamma(x), x > 0, relative error below 1e-14 also for huge x, where
/// a difference of log-gammas would lose its digits.
double gamma_ratio(double x) {
    double lifted = 1.0;  // Gamma(x+1/2)/Gamma(x) = x/(x+1/2) times that at x + 1
    while (x < 24.0) {
        lifted *= x / (x + 0.5);
        x += 1.0;
    }
    // Abramowitz & Stegun 6.1.47 with a = 1/2, b = 0, continued to x^-6 with mpmath.
    const double series = math::horner(1.0 / x,
                                       1.0,
                                       -1.0 / 8.0,
                                       1.0 / 128.0,
                                       5.0 / 1024.0,
                                       -21.0 / 32768.0,
                                       -399.0 / 262144.0,
                                       869.0 / 4194304.0,
                                       39325.0 / 33554432.0);
    return lifted * std::sqrt(x) * series;
}

/// Student's t with nu = tail_index >= 0.125 degrees of freedom; nu = 1 is the Cauchy
/// law, and nu = inf would be N(0,1).
/// E|z| = 2 sqrt(nu) G((nu+1)/2) / (sqrt(pi) G(nu/2) (nu-1)) for nu > 1. The median of
/// |z| solves I_{x^2/(nu+x^2)}(1/2, nu/2) = 1/2.
/// One draw per counter: sqrt(nu (U^(-2/nu) - 1)) cos(2 pi V), U and V from the first
/// and the second word. With expm1 the root is accurate for every nu, up to the normal
/// limit sqrt(-2 log U).
/// Source: Bailey, "Polar generation of random variates with the t-distribution", Math.
/// Comp. 62, 1994, 779-781, in its trigonometric form. Deviation: the sine twin is
/// never used, since it depends on the cosine (they share the radius).
class StudentT final : public model::Noise {
  public:
    explicit StudentT(double tail_index)
        : tail_index_{tail_index},
          degrees_{std::min(tail_index, most_degrees)} {}

    [[nodiscard]] double tail_index() const override { return tail_index_; }

    [[nodiscard]] double mean_absolute() const override {
        const double nu = degrees_;
        if (nu <= 1.0) {
            return math::infinity;
        }
        const double two_over_root_pi = 1.1283791670955126;  // 2/sqrt(pi), mpmath
        return two_over_root_pi * std::sqrt(nu) * gamma_ratio(0.5 * nu) / (nu - 1.0);
    }

    [[nodiscard]] double median_absolute() const override {
        const double nu = degrees_;
        const auto excess = [nu](double x) {
            const double square = x * x;
            return math::incomplete_beta(0.5, 0.5 * nu, square / (nu + square)) - 0.5;
        };
        // 47.4 at nu = 0.125, decreasing, 0.674 at infinity.
        return math::find_root(excess, 0.5, 1000.0);
    }

    [[nodiscard]] std::size_t draws_per_counter() const override { return 1; }

    void transform(std::size_t rows,
                   const std::uint64_t* first,
                   const std::uint64_t* second,
                   double* draws) const override {
        const double nu = degrees_;
        const double power = -2.0 / nu;
        for (std::size_t k = 0; k < rows * model::lanes; ++k) {
            const double logarithm = math::fast_log(random::unit_interval(first[k]));
            const double radius = std::sqrt(nu * math::fast_expm1(power * logarithm));
            // cos(2 pi V) = sin(pi (2 |V - 1/2| - 1/2)), both differences exact.
            const double p = random::unit_interval(second[k]) - 0.5;
            draws[k] = radius * math::fast_sinpi(2.0 * std::abs(p) - 0.5);
        }
    }

  private:
    /// Beyond it the law is N(0,1) to 1e-100, and -2/nu would lose its digits.
    static constexpr double most_degrees = 1e100;

    double tail_index_;
    double degrees_;
};

const core::Registration<model::Noise> registration{{
    .key = "student_t",
    .summary = "Student's t law, tail_index degrees of freedom (1: Cauchy)",
    .source = "Bailey, Math. Comp. 62 (1994), 779-781; the cosine only",
    .parameters = {{.name = "tail_index",
                    .range = {.lowest = 0.125},
                    .meaning =
                        "degrees of freedom: moments of |z| below it are finite"}},
    .make =
        [](const core::Parameters& parameters) {
            return std::make_unique<StudentT>(parameters.real("tail_index"));
        },
}};

}  // namespace
}  // namespace tailrate::noises
