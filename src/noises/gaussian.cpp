#include <limits>

#include "core/registry.hpp"
#include "model/noise.hpp"
#include "model/normals.hpp"

namespace tailrate::noises {
namespace {

/// Normal law N(0,1), density exp(-z^2/2)/sqrt(2 pi).
/// Two draws per counter: sqrt(-2 log U) times cos and sin of 2 pi V, U and V from the
/// first and the second word; the two are independent.
/// Source: Box, Muller, "A note on the generation of random normal deviates", Ann.
/// Math. Statist. 29(2), 1958, pp. 610-611. Deviation: none.
class Gaussian final : public model::Noise {
  public:
    [[nodiscard]] double tail_index() const override {
        return std::numeric_limits<double>::infinity();
    }

    [[nodiscard]] double mean_absolute() const override {
        return 0.7978845608028654;  // sqrt(2/pi), mpmath
    }

    [[nodiscard]] double median_absolute() const override {
        return 0.6744897501960817;  // sqrt(2) erfinv(1/2), mpmath
    }

    [[nodiscard]] std::size_t draws_per_counter() const override { return 2; }

    void transform(std::size_t rows,
                   const std::uint64_t* first,
                   const std::uint64_t* second,
                   double* draws) const override {
        model::box_muller(rows, first, second, draws);
    }
};

const core::Registration<model::Noise> registration{{
    .key = "gaussian",
    .summary = "normal law N(0,1)",
    .source = "Box & Muller, Ann. Math. Statist. 29 (1958), 610-611",
    .parameters = {},
    .make =
        [](const core::Parameters& /*parameters*/) {
            return std::make_unique<Gaussian>();
        },
}};

}  // namespace
}  // namespace tailrate::noises
