#include <algorithm>
#include <limits>

#include "core/registry.hpp"
#include "model/block.hpp"
#include "model/noise.hpp"

namespace tailrate::noises {
namespace {

/// No noise: z = 0, so the oracle returns the gradient itself.
/// Source: definition.
class None final : public model::Noise {
  public:
    [[nodiscard]] double tail_index() const override {
        return std::numeric_limits<double>::infinity();
    }

    [[nodiscard]] double mean_absolute() const override { return 0.0; }

    [[nodiscard]] double median_absolute() const override { return 0.0; }

    [[nodiscard]] std::size_t draws_per_counter() const override { return 1; }

    void transform(std::size_t rows,
                   const std::uint64_t* /*first*/,
                   const std::uint64_t* /*second*/,
                   double* draws) const override {
        std::fill_n(draws, rows * model::lanes, 0.0);
    }
};

const core::Registration<model::Noise> registration{{
    .key = "none",
    .summary = "no noise",
    .source = "definition",
    .parameters = {},
    .make =
        [](const core::Parameters& /*parameters*/) { return std::make_unique<None>(); },
}};

}  // namespace
}  // namespace tailrate::noises
