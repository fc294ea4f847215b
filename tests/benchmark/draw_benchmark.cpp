#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include <immintrin.h>

#include "benchmark/shared.hpp"
#include "core/registry.hpp"
#include "model/noise_field.hpp"
#include "random/address.hpp"

namespace tailrate::measure {
namespace {

using Entry = core::Entry<model::Noise>;

void generator(benchmark::State& state) {
    const random::Stream stream{1, "noise", "law"};
    model::Words first(elements);
    model::Words second(elements);
    std::uint64_t call = 0;
    for (auto _ : state) {
        random::fill_words(stream,
                           {.call = call++},
                           elements / model::lanes,
                           first.data(),
                           second.data());
        benchmark::ClobberMemory();
    }
    count_items(state, 2 * elements);
}

/// Words in one register, and the product of their low halves.
struct Words {
#ifdef __AVX512F__
    __m512i bits;

    [[nodiscard]] Words times(Words other) const {
        return {_mm512_maskz_mul_epu32(__mmask8{0xFF}, bits, other.bits)};
    }

    [[nodiscard]] static Words all(std::uint32_t word) {
        return {_mm512_set1_epi64(word)};
    }
#else
    __m256i bits;

    [[nodiscard]] Words times(Words other) const {
        return {_mm256_mul_epu32(bits, other.bits)};
    }

    [[nodiscard]] static Words all(std::uint32_t word) {
        return {_mm256_set1_epi64x(word)};
    }
#endif
};

/// The products alone: 10 rounds of 2 for the two words of a counter.
void generator_floor(benchmark::State& state) {
    constexpr std::size_t width = sizeof(Words) / sizeof(std::uint64_t);
    constexpr std::size_t products = 2UL * random::philox_constants::rounds;
    constexpr std::size_t chains = 10;
    static_assert(products % chains == 0);
    const Words multiplier = Words::all(random::philox_constants::multiplier_0);
    std::array<Words, chains> words{};
    words.fill(multiplier);
    benchmark::DoNotOptimize(words);  // else they are one: all are equal
    for (auto _ : state) {
        for (std::size_t row = 0; row < elements; row += width) {
            for (std::size_t k = 0; k < products; k += chains) {
                for (Words& word : words) {
                    word = word.times(multiplier);
                }
            }
        }
        for (Words& word : words) {
            benchmark::DoNotOptimize(word.bits);
        }
    }
    count_items(state, 2 * elements);
}

void draw(benchmark::State& state, const Entry& entry) {
    model::NoiseField field{entry.key,
                            entry.make(typical(entry.parameters)),
                            model::Joint::independent,
                            1,
                            dimension};
    model::Array draws(elements);
    std::uint64_t call = 0;
    for (auto _ : state) {
        field.draw(0, call++, {0, clients}, draws.data());
        benchmark::ClobberMemory();
    }
    count_items(state, elements);
}

/// The words that the draws are made from; zeros for the law that needs none.
void draw_floor(benchmark::State& state, const Entry& entry) {
    const random::Stream stream{1, "noise", entry.key};
    const std::size_t per_counter =
        entry.make(typical(entry.parameters))->draws_per_counter();
    const std::size_t rows = (dimension + per_counter - 1) / per_counter;
    model::Words first(elements);
    model::Words second(elements);
    std::uint64_t call = 0;
    for (auto _ : state) {
        if (entry.key == "none") {
            std::fill(first.begin(), first.end(), 0);
        } else {
            for (std::size_t i = 0; i < clients; ++i) {
                random::fill_words(stream,
                                   {.client = i, .call = call},
                                   rows,
                                   first.data(),
                                   second.data());
            }
        }
        ++call;
        benchmark::ClobberMemory();
    }
    count_items(state, elements);
}

}  // namespace

void register_draws() {
    benchmark::RegisterBenchmark("generator/word", generator);
    benchmark::RegisterBenchmark("floor/generator", generator_floor);
    for (const auto& item : core::catalogue<model::Noise>()) {
        const Entry& entry = item.second;
        const std::string name = "draw/" + std::string{entry.key};
        benchmark::RegisterBenchmark(
            name.c_str(), [&entry](benchmark::State& state) { draw(state, entry); });
        benchmark::RegisterBenchmark(
            ("floor/" + name).c_str(),
            [&entry](benchmark::State& state) { draw_floor(state, entry); });
    }
}

}  // namespace tailrate::measure
