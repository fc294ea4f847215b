#include "core/registry.hpp"
#include "math/elementary.hpp"
#include "math/sampling.hpp"
#include "model/block.hpp"
#include "model/noise.hpp"
#include "random/uniform.hpp"

namespace tailrate::noises {
namespace {

/// Symmetrised Pareto law of the second kind (Lomax): P(|Z| > z) = (1 + z)^-a for
/// z >= 0, a = tail_index >= 0.125. E|z| = 1/(a - 1) for a > 1, median of |z| =
/// 2^(1/a) - 1.
/// Two draws per counter, one per word: |z| = U^(-1/a) - 1 = expm1(-log(U)/a), and a
/// sign bit.
/// Source: Lomax, "Business failures", J. Amer. Statist. Assoc. 49, 1954, at scale
/// 1; inversion as in Devroye 1986, sec. II.2.1. Deviation: symmetrised.
class SymmetricPareto final : public model::Noise {
  public:
    explicit SymmetricPareto(double tail_index) : tail_index_{tail_index} {}

    [[nodiscard]] double tail_index() const override { return tail_index_; }

    [[nodiscard]] double mean_absolute() const override {
        return tail_index_ > 1.0 ? 1.0 / (tail_index_ - 1.0) : math::infinity;
    }

    [[nodiscard]] double median_absolute() const override {
        const double log_2 = 0.6931471805599453;  // mpmath
        return math::expm1(log_2 / tail_index_);
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
#pragma GCC unroll 1
        for (std::size_t lane = 0; lane < model::lanes; ++lane) {
            const double exponent =
                -math::fast_log(random::unit_interval(words[lane])) / a;
            draws[lane] = random::with_sign(math::fast_expm1(exponent), words[lane]);
        }
    }

    double tail_index_;
};

const core::Registration<model::Noise> registration{{
    .key = "symmetric_pareto",
    .summary = "symmetrised Pareto law, P(|Z| > z) = (1+z)^-tail_index",
    .source = "Lomax, J. Amer. Statist. Assoc. 49 (1954), symmetrised",
    .parameters = {{.name = "tail_index",
                    .range = {.lowest = 0.125},
                    .meaning = "a: moments of |z| below it are finite"}},
    .make =
        [](const core::Parameters& parameters) {
            return std::make_unique<SymmetricPareto>(parameters.real("tail_index"));
        },
}};

}  // namespace
}  // namespace tailrate::noises
