#pragma once

#include <cstddef>

#include <immintrin.h>

#include "model/block.hpp"

namespace tailrate::model {

/// Some lanes of a row in one register, for the kernels where a plain loop stays
/// scalar: the compilers at hand unroll a loop over 16 lanes completely before they
/// look for vectors. Each lane sees the same operations in the same order at both
/// widths, so the bits are the same. Rows are 64-byte aligned.
struct LaneVector {
#ifdef __AVX512F__
    static constexpr std::size_t width = 8;
    __m512d value;

    [[nodiscard]] static LaneVector load(const double* from) {
        return {_mm512_load_pd(from)};
    }

    [[nodiscard]] static LaneVector all(double number) {
        return {_mm512_set1_pd(number)};
    }

    void store(double* to) const {
        _mm512_store_pd(to, value);
    }

    friend LaneVector operator+(LaneVector a, LaneVector b) {
        return {_mm512_add_pd(a.value, b.value)};
    }

    friend LaneVector operator-(LaneVector a, LaneVector b) {
        return {_mm512_sub_pd(a.value, b.value)};
    }

    friend LaneVector operator*(LaneVector a, LaneVector b) {
        return {_mm512_mul_pd(a.value, b.value)};
    }

    /// The square root.
    /// (The form without a mask warns in GCC 12, PR 105593.)
    friend LaneVector root(LaneVector a) {
        return {_mm512_maskz_sqrt_pd(__mmask8{0xFF}, a.value)};
    }

    /// a b + c, rounded once.
    friend LaneVector fused(LaneVector a, LaneVector b, LaneVector c) {
        return {_mm512_fmadd_pd(a.value, b.value, c.value)};
    }
#else
    static constexpr std::size_t width = 4;
    __m256d value;

    [[nodiscard]] static LaneVector load(const double* from) {
        return {_mm256_load_pd(from)};
    }

    [[nodiscard]] static LaneVector all(double number) {
        return {_mm256_set1_pd(number)};
    }

    void store(double* to) const {
        _mm256_store_pd(to, value);
    }

    friend LaneVector operator+(LaneVector a, LaneVector b) {
        return {_mm256_add_pd(a.value, b.value)};
    }

    friend LaneVector operator-(LaneVector a, LaneVector b) {
        return {_mm256_sub_pd(a.value, b.value)};
    }

    friend LaneVector operator*(LaneVector a, LaneVector b) {
        return {_mm256_mul_pd(a.value, b.value)};
    }

    /// The square root.
    friend LaneVector root(LaneVector a) {
        return {_mm256_sqrt_pd(a.value)};
    }

    /// a b + c, rounded once.
    friend LaneVector fused(LaneVector a, LaneVector b, LaneVector c) {
        return {_mm256_fmadd_pd(a.value, b.value, c.value)};
    }
#endif
};

static_assert(lanes % LaneVector::width == 0);

/// Registers that hold one row of lanes.
inline constexpr std::size_t vectors_per_row = lanes / LaneVector::width;

}  // namespace tailrate::model
