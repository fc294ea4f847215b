#include "random/address.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include <immintrin.h>

#include "core/contracts.hpp"
#include "core/sha256.hpp"

namespace tailrate::random {
namespace {

// Unsigned words in one register, with the compilers' own operators. The product alone
// is an intrinsic: from a plain loop of 32 x 32 -> 64 bit products the compilers at
// hand make 64 x 64 bit ones on AVX-512 and scalar code on AVX2, 3 times slower as
// measured.
#ifdef __AVX512F__
constexpr std::size_t width = 8;
using Vector [[gnu::vector_size(64)]] = std::uint64_t;

/// Low halves multiplied. (The form without a mask warns in GCC 12, PR 105593.)
Vector product(Vector a, Vector b) {
    return reinterpret_cast<Vector>(_mm512_maskz_mul_epu32(
        __mmask8{0xFF}, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
}
#else
constexpr std::size_t width = 4;
using Vector [[gnu::vector_size(32)]] = std::uint64_t;

/// Low halves multiplied.
Vector product(Vector a, Vector b) {
    return reinterpret_cast<Vector>(
        _mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
}
#endif

Vector load(const std::uint64_t* from) {
    return *reinterpret_cast<const Vector*>(from);
}

void store(std::uint64_t* to, Vector vector) {
    *reinterpret_cast<Vector*>(to) = vector;
}

Vector broadcast(std::uint32_t value) {
    return Vector{} + value;
}

/// high word : low word, each from the low half of its argument.
Vector join(Vector high_word, Vector low_word) {
    return (high_word << 32U) | (low_word & broadcast(0xFFFFFFFFU));
}

constexpr std::size_t unroll =
    2;  // independent chains; 1 and 4 measured slower on AVX2
static_assert(lanes % (width * unroll) == 0);

/// Four words of `width` counters, each in the low half of a 64-bit lane; what the
/// upper halves hold is ignored by the product and cut off by `join`.
struct Words {
    Vector word_0, word_1, word_2, word_3;
};

void round(Words& x, Vector key_0, Vector key_1) {
    const Vector product_0 =
        product(x.word_0, broadcast(philox_constants::multiplier_0));
    const Vector product_1 =
        product(x.word_2, broadcast(philox_constants::multiplier_1));
    x = {(product_1 >> 32U) ^ x.word_1 ^ key_0,
         product_1,
         (product_0 >> 32U) ^ x.word_3 ^ key_1,
         product_0};
}

void fill_row(Key key,
              const Counter& counter,
              std::uint64_t* first,
              std::uint64_t* second) {
    alignas(64) std::array<std::uint64_t, lanes> seeds{};
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        seeds[lane] = counter[0] + lane;
    }
    for (std::size_t lane = 0; lane < lanes; lane += width * unroll) {
        std::array<Words, unroll> x{};
        for (std::size_t u = 0; u < unroll; ++u) {
            x[u] = {load(&seeds[lane + u * width]),
                    broadcast(counter[1]),
                    broadcast(counter[2]),
                    broadcast(counter[3])};
        }
        Key round_key = key;
        for (int i = 0; i < philox_constants::rounds; ++i) {
            for (Words& words : x) {
                round(words, broadcast(round_key[0]), broadcast(round_key[1]));
            }
            round_key[0] += philox_constants::weyl_0;
            round_key[1] += philox_constants::weyl_1;
        }
        for (std::size_t u = 0; u < unroll; ++u) {
            store(first + lane + u * width, join(x[u].word_1, x[u].word_0));
            store(second + lane + u * width, join(x[u].word_3, x[u].word_2));
        }
    }
}

void add_number(std::uint64_t number, core::Sha256& hash) {
    std::array<char, 20> digits{};
    const std::to_chars_result end =
        std::to_chars(digits.data(), digits.data() + digits.size(), number);
    hash.update(std::string_view{digits.data(), end.ptr});
}

/// Without an allocation: problems make streams in the iteration loop.
Key make_key(std::uint64_t master_seed, std::string_view domain, std::string_view law) {
    core::Sha256 hash;
    hash.update("tailrate stream ");
    add_number(stream_version, hash);
    hash.update("|");
    add_number(master_seed, hash);
    hash.update("|");
    hash.update(domain);
    hash.update("|");
    hash.update(law);
    const core::Digest digest = hash.finish();
    Key key{};
    for (std::size_t word = 0; word < key.size(); ++word) {
        for (std::size_t byte = 0; byte < 4; ++byte) {
            key[word] = (key[word] << 8U) | digest[4 * word + byte];
        }
    }
    return key;
}

}  // namespace

Stream::Stream(std::uint64_t master_seed, std::string_view domain, std::string_view law)
    : key_{make_key(master_seed, domain, law)} {}

Counter counter_at(const Place& place) {
    return {static_cast<std::uint32_t>(place.first_seed),
            static_cast<std::uint32_t>(place.call),
            static_cast<std::uint32_t>((place.call >> 32U) | (place.client << 16U)),
            static_cast<std::uint32_t>(((place.client >> 16U) << 24U) | place.row)};
}

void fill_words(const Stream& stream,
                const Place& place,
                std::size_t rows,
                std::uint64_t* first,
                std::uint64_t* second) {
    TAILRATE_EXPECTS(place.first_seed + lanes <= seed_limit);
    TAILRATE_EXPECTS(place.client < client_limit && place.call < call_limit);
    TAILRATE_EXPECTS(place.row + rows <= row_limit);
    Counter counter = counter_at(place);
    for (std::size_t row = 0; row < rows; ++row, ++counter[3]) {
        fill_row(stream.key(), counter, first + row * lanes, second + row * lanes);
    }
}

}  // namespace tailrate::random
