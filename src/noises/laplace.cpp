#include <limits>

#include "core/registry.hpp"
#include "math/elementary.hpp"
#include "model/block.hpp"
#include "model/noise.hpp"
#include "random/uniform.hpp"

namespace tailrate::noises {
namespace {

/// Laplace law, density exp(-|z|)/2: E|z| = 1, median of |z| = log 2.
/// Two draws per counter, one per word: |z| = -log U by inversion of P(|Z| > z) = e^-z,
/// and a sign bit.
/// Source: Devroye, "Non-uniform random variate generation", 1986, sec. II.2.1 (the
/// inversion principle). Deviation: the sign is a bit of its own.
class Laplace final : public model::Noise {
  public:
    [[nodiscard]] double tail_index() const override {
        return std::numeric_limits<double>::infinity();
    }

    [[nodiscard]] double mean_absolute() const override { return 1.0; }

    [[nodiscard]] double median_absolute() const override {
        return 0.6931471805599453;  // log 2, mpmath
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
    static void invert_row(const std::uint64_t* words, double* draws) {
#pragma GCC unroll 1
        for (std::size_t lane = 0; lane < model::lanes; ++lane) {
            const double size = -math::log(random::unit_interval(words[lane]));
            draws[lane] = random::with_sign(size, words[lane]);
        }
    }
};

const core::Registration<model::Noise> registration{{
    .key = "laplace",
    .summary = "two-sided exponential law, density exp(-|z|)/2",
    .source = "Devroye 1986, Non-uniform random variate generation, sec. II.2.1",
    .parameters = {},
    .make =
        [](const core::Parameters& /*parameters*/) {
            return std::make_unique<Laplace>();
        },
}};

}  // namespace
}  // namespace tailrate::noises
