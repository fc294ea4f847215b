#pragma once

#include <array>
#include <cstddef>
#include <utility>

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

    /// The first `count` <= width doubles at any address, and zeros.
    [[nodiscard]] static LaneVector load_first(std::size_t count, const double* from) {
        const auto mask = static_cast<__mmask8>((1U << count) - 1U);
        return {_mm512_maskz_loadu_pd(mask, from)};
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

    friend LaneVector operator/(LaneVector a, LaneVector b) {
        return {_mm512_div_pd(a.value, b.value)};
    }

    /// a where a > b, else b, also where one is NaN.
    /// (Here and below, the form without a mask warns in GCC 12, PR 105593.)
    friend LaneVector larger(LaneVector a, LaneVector b) {
        return {_mm512_maskz_max_pd(__mmask8{0xFF}, a.value, b.value)};
    }

    /// The square root.
    friend LaneVector root(LaneVector a) {
        return {_mm512_maskz_sqrt_pd(__mmask8{0xFF}, a.value)};
    }

    /// a b + c, rounded once.
    friend LaneVector fused(LaneVector a, LaneVector b, LaneVector c) {
        return {_mm512_fmadd_pd(a.value, b.value, c.value)};
    }

    /// c - a b, rounded once.
    friend LaneVector remainder(LaneVector c, LaneVector a, LaneVector b) {
        return {_mm512_fnmadd_pd(a.value, b.value, c.value)};
    }

    /// 1 / sqrt(a), 2^-126 <= a < 2^127, within 1.5 2^-12 + 2^-23 of it in proportion:
    /// each processor has its own value. Source: Intel's and AMD's manuals, RSQRTPS
    /// and VRSQRT14PD.
    friend LaneVector near_inverse_root(LaneVector a) {
        return {_mm512_maskz_rsqrt14_pd(__mmask8{0xFF}, a.value)};
    }

    /// Element c of rows[r] and element r of rows[c] change places.
    friend void transpose(std::array<LaneVector, width>& rows) {
        for (std::size_t r = 0; r < width; r += 2) {
            const LaneVector a = rows[r];
            const LaneVector b = rows[r + 1];
            rows[r] = picked<0, 8, 2, 10, 4, 12, 6, 14>(a, b);
            rows[r + 1] = picked<1, 9, 3, 11, 5, 13, 7, 15>(a, b);
        }
        for (std::size_t c = 0; c < 2; ++c) {
            const LaneVector a = picked_pairs<0>(rows[c], rows[c + 2]);
            const LaneVector b = picked_pairs<2>(rows[c], rows[c + 2]);
            const LaneVector e = picked_pairs<0>(rows[c + 4], rows[c + 6]);
            const LaneVector f = picked_pairs<2>(rows[c + 4], rows[c + 6]);
            rows[c] = picked_pairs<0>(a, e);
            rows[c + 2] = picked_pairs<0>(b, f);
            rows[c + 4] = picked_pairs<2>(a, e);
            rows[c + 6] = picked_pairs<2>(b, f);
        }
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

    /// The first `count` <= width doubles at any address, and zeros.
    [[nodiscard]] static LaneVector load_first(std::size_t count, const double* from) {
        const __m256i places = _mm256_setr_epi64x(0, 1, 2, 3);
        const __m256i limit = _mm256_set1_epi64x(static_cast<long long>(count));
        return {_mm256_maskload_pd(from, _mm256_cmpgt_epi64(limit, places))};
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

    friend LaneVector operator/(LaneVector a, LaneVector b) {
        return {_mm256_div_pd(a.value, b.value)};
    }

    /// a where a > b, else b, also where one is NaN.
    friend LaneVector larger(LaneVector a, LaneVector b) {
        return {_mm256_max_pd(a.value, b.value)};
    }

    /// The square root.
    friend LaneVector root(LaneVector a) {
        return {_mm256_sqrt_pd(a.value)};
    }

    /// a b + c, rounded once.
    friend LaneVector fused(LaneVector a, LaneVector b, LaneVector c) {
        return {_mm256_fmadd_pd(a.value, b.value, c.value)};
    }

    /// c - a b, rounded once.
    friend LaneVector remainder(LaneVector c, LaneVector a, LaneVector b) {
        return {_mm256_fnmadd_pd(a.value, b.value, c.value)};
    }

    /// 1 / sqrt(a), 2^-126 <= a < 2^127, within 1.5 2^-12 + 2^-23 of it in proportion:
    /// each processor has its own value. Source: Intel's and AMD's manuals, RSQRTPS.
    friend LaneVector near_inverse_root(LaneVector a) {
        return {_mm256_cvtps_pd(_mm_rsqrt_ps(_mm256_cvtpd_ps(a.value)))};
    }

    /// Element c of rows[r] and element r of rows[c] change places.
    friend void transpose(std::array<LaneVector, width>& rows) {
        const LaneVector a = picked<0, 4, 2, 6>(rows[0], rows[1]);
        const LaneVector b = picked<1, 5, 3, 7>(rows[0], rows[1]);
        const LaneVector e = picked<0, 4, 2, 6>(rows[2], rows[3]);
        const LaneVector f = picked<1, 5, 3, 7>(rows[2], rows[3]);
        rows = {picked<0, 1, 4, 5>(a, e),
                picked<0, 1, 4, 5>(b, f),
                picked<2, 3, 6, 7>(a, e),
                picked<2, 3, 6, 7>(b, f)};
    }
#endif

  private:
    /// Elements `places` of a, counted on in b.
    template <int... places>
    [[nodiscard]] static LaneVector picked(LaneVector a, LaneVector b) {
        return {__builtin_shufflevector(a.value, b.value, places...)};
    }

#ifdef __AVX512F__
    /// From a and then from b, the elements first, first + 1, first + 4, first + 5.
    template <int first>
    [[nodiscard]] static LaneVector picked_pairs(LaneVector a, LaneVector b) {
        return picked<first,
                      first + 1,
                      first + 4,
                      first + 5,
                      first + 8,
                      first + 9,
                      first + 12,
                      first + 13>(a, b);
    }
#endif
};

static_assert(lanes % LaneVector::width == 0);

/// The bits of as many doubles.
struct LaneBits {
#ifdef __AVX512F__
    __m512i value;

    [[nodiscard]] static LaneBits all(long long bits) {
        return {_mm512_set1_epi64(bits)};
    }

    [[nodiscard]] static LaneBits of(LaneVector numbers) {
        return {_mm512_castpd_si512(numbers.value)};
    }

    [[nodiscard]] bool any() const {
        return _mm512_test_epi64_mask(value, value) != 0;
    }

    /// Modulo 2^64.
    friend LaneBits operator-(LaneBits a, LaneBits b) {
        return {_mm512_sub_epi64(a.value, b.value)};
    }
#else
    __m256i value;

    [[nodiscard]] static LaneBits all(long long bits) {
        return {_mm256_set1_epi64x(bits)};
    }

    [[nodiscard]] static LaneBits of(LaneVector numbers) {
        return {_mm256_castpd_si256(numbers.value)};
    }

    [[nodiscard]] bool any() const {
        return _mm256_testz_si256(value, value) == 0;
    }

    /// Modulo 2^64.
    friend LaneBits operator-(LaneBits a, LaneBits b) {
        return {_mm256_sub_epi64(a.value, b.value)};
    }
#endif

    friend LaneBits operator|(LaneBits a, LaneBits b) {
        return {a.value | b.value};
    }

    friend LaneBits operator&(LaneBits a, LaneBits b) {
        return {a.value & b.value};
    }

    friend LaneBits operator^(LaneBits a, LaneBits b) {
        return {a.value ^ b.value};
    }
};

/// Registers that hold one row of lanes.
inline constexpr std::size_t vectors_per_row = lanes / LaneVector::width;

/// `count` copies of `value`. An array of registers made by {} is cleared in memory by
/// GCC 12, with an instruction that takes as long as a short row.
template <std::size_t count, class Value>
[[nodiscard, gnu::always_inline]] inline std::array<Value, count> repeat(Value value) {
    return [&value]<std::size_t... k>(std::index_sequence<k...>) {
        return std::array<Value, count>{(static_cast<void>(k), value)...};
    }
    (std::make_index_sequence<count>{});
}

/// `count` registers of zeros.
template <std::size_t count>
[[nodiscard, gnu::always_inline]] inline std::array<LaneVector, count> zeros() {
    return repeat<count>(LaneVector::all(0.0));
}

}  // namespace tailrate::model
