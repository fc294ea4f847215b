#include <algorithm>
#include <cmath>
#include <limits>

#include "core/registry.hpp"
#include "math/elementary.hpp"
#include "math/quadrature.hpp"
#include "math/special.hpp"
#include "model/block.hpp"
#include "model/noise.hpp"
#include "random/uniform.hpp"

namespace tailrate::noises {
namespace {

/// Contaminated normal law (1 - eps) N(0,1) + eps N(0,k^2), eps in [0.001, 0.5], k > 0.
/// E|z| = sqrt(2/pi) (1 - eps + eps k). The median of |z| solves
/// (1 - eps) erf(x/sqrt 2) + eps erf(x/(k sqrt 2)) = 1/2.
/// One draw per counter: |z| = sqrt(-2 log U) sin(pi R/2), times k where S < eps, with
/// R = S/eps there and (S - eps)/(1 - eps) elsewhere, which is uniform and independent
/// of the choice. U and the sign come from the first word, S from all 64 bits of the
/// second: with eps >= 0.001 at least 54 of them stay for R.
/// Source: Tukey, "A survey of sampling from contaminated distributions", Contributions
/// to Probability and Statistics, 1960, p. 448 ff.; Box & Muller 1958.
/// Deviation: the angle is cut to a quarter turn and a sign, and is recycled from the
/// choice.
class ContaminatedGaussian final : public model::Noise {
  public:
    ContaminatedGaussian(double eps, double k) : eps_{eps}, k_{k} {}

    [[nodiscard]] double tail_index() const override {
        return std::numeric_limits<double>::infinity();
    }

    [[nodiscard]] double mean_absolute() const override {
        const double root_two_over_pi = 0.7978845608028654;  // sqrt(2/pi), mpmath
        return root_two_over_pi * (1.0 - eps_ + eps_ * k_);
    }

    [[nodiscard]] double median_absolute() const override {
        const auto excess = [this](double x) {
            const double root_half = 0.7071067811865476;  // sqrt(1/2), mpmath
            return (1.0 - eps_) * math::erf(x * root_half) +
                   eps_ * math::erf(x / k_ * root_half) - 0.5;
        };
        // Between the medians of the two components.
        const double median_normal = 0.6744897501960817;  // sqrt(2) erfinv(1/2), mpmath
        const double low = median_normal * std::min(1.0, k_);
        const double high = median_normal * std::max(1.0, k_);
        return low < high ? math::find_root(excess, low, high) : median_normal;
    }

    [[nodiscard]] std::size_t draws_per_counter() const override { return 1; }

    void transform(std::size_t rows,
                   const std::uint64_t* first,
                   const std::uint64_t* second,
                   double* draws) const override {
        const double eps = eps_;
        const double k_wide = k_;
        const double half_over_eps = 0.5 / eps;
        const double half_over_rest = 0.5 / (1.0 - eps);
        for (std::size_t k = 0; k < rows * model::lanes; ++k) {
            const double radius =
                std::sqrt(-2.0 * math::log(random::unit_interval(first[k])));
            const double coarse = upper_bits(second[k]);
            const double fine = lower_bits(second[k]);
            const double beyond = (coarse - eps) + fine;
            const bool is_wide = beyond < 0.0;
            const double share =
                is_wide ? (coarse + fine) * half_over_eps : beyond * half_over_rest;
            const double size = radius * math::sinpi(share) * (is_wide ? k_wide : 1.0);
            draws[k] = random::with_sign(size, first[k]);
        }
    }

  private:
    /// The upper 52 bits of a word as a number in [0, 1).
    static double upper_bits(std::uint64_t word) {
        constexpr std::uint64_t one = 0x3FF0000000000000U;
        return math::from_bits((word >> 12U) | one) - 1.0;
    }

    /// Its lower 12 bits, and a half, as a number in (0, 2^-52).
    static double lower_bits(std::uint64_t word) {
        constexpr std::uint64_t two_to_minus_12 = 0x3F30000000000000U;
        constexpr double half_bit = 0x1p-65;
        const double shifted = math::from_bits((word & 0xFFFU) | two_to_minus_12);
        return (shifted - 0x1p-12) + half_bit;
    }

    double eps_;
    double k_;
};

const core::Registration<model::Noise> registration{{
    .key = "contaminated_gaussian",
    .summary = "normal mixture (1-eps) N(0,1) + eps N(0,k^2)",
    .source = "Tukey 1960, A survey of sampling from contaminated distributions",
    .parameters = {{.name = "eps",
                    .range = {.lowest = 0.001, .highest = 0.5},
                    .meaning = "share of the wide component"},
                   {.name = "k",
                    .range = {.lowest = 0.0, .lowest_open = true},
                    .meaning = "standard deviation of that component"}},
    .make =
        [](const core::Parameters& parameters) {
            return std::make_unique<ContaminatedGaussian>(parameters.real("eps"),
                                                          parameters.real("k"));
        },
}};

}  // namespace
}  // namespace tailrate::noises
