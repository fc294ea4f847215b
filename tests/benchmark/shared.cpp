#include "benchmark/shared.hpp"

#include <array>

#include "model/lane_vector.hpp"
#include "support/words.hpp"

namespace tailrate::measure {

core::Parameters typical(const std::vector<core::ParameterSpec>& table) {
    core::Parameters parameters;
    for (const core::ParameterSpec& spec : table) {
        if (spec.default_value) {
            parameters.set(spec.name, *spec.default_value);
        } else if (spec.type == core::ValueType::integer) {
            parameters.set(spec.name, std::int64_t{4});
        } else if (spec.type == core::ValueType::real && spec.name != "clip_scale") {
            parameters.set(spec.name, spec.range.contains(1.5) ? 1.5 : 0.25);
        }
    }
    return parameters;
}

void count_items(benchmark::State& state, std::size_t per_pass) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(per_pass));
}

void fill_signed(double low, double high, std::size_t size, double* values) {
    test::Words words{size};
    for (std::size_t k = 0; k < size; ++k) {
        const double sign = words.next() % 2 == 0 ? 1.0 : -1.0;
        values[k] = sign * words.uniform(low, high);
    }
}

void multiply_add_rows(std::size_t rows) {
    using model::LaneVector;
    constexpr std::size_t chains = 12;
    const LaneVector factor = LaneVector::all(0.5);
    const LaneVector term = LaneVector::all(1.0);
    std::array<LaneVector, chains> sums{};
    benchmark::DoNotOptimize(sums);  // else they are one: all are equal
    const std::size_t vectors = rows * model::vectors_per_row;
    for (std::size_t k = 0; k < vectors; k += chains) {
        for (LaneVector& sum : sums) {
            sum = fused(factor, sum, term);
        }
    }
    for (LaneVector& sum : sums) {
        benchmark::DoNotOptimize(sum.value);
    }
}

}  // namespace tailrate::measure
