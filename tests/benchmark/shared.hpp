#pragma once

#include <cstddef>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/parameters.hpp"
#include "model/block.hpp"

/// Micro-benchmarks, in nanoseconds per item, each beside a floor: what the processor
/// needs for the operations that cannot be left out. Entries are found in their
/// catalogues, so a new one is measured unasked.
namespace tailrate::measure {

/// The shape of every benchmark whose name says no other.
inline constexpr std::size_t clients = 10;
inline constexpr std::size_t dimension = 10;
inline constexpr std::size_t elements = clients * dimension * model::lanes;

/// Defaults, and for required numbers a value inside the range: 1.5 where it may be.
[[nodiscard]] core::Parameters typical(const std::vector<core::ParameterSpec>& table);

/// Says how many items one pass of the benchmark's loop works on.
void count_items(benchmark::State& state, std::size_t per_pass);

/// Signed numbers without pattern, their sizes between `low` and `high`.
void fill_signed(double low, double high, std::size_t size, double* values);

/// `rows` times one fused multiply-add on each of `lanes` numbers, from registers, in
/// chains that hide its latency; what the processor can do at most.
void multiply_add_rows(std::size_t rows);

/// Register the benchmarks of one file each.
void register_draws();
void register_gradients();
void register_steps();
void register_grid();

}  // namespace tailrate::measure
