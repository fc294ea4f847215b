#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "random/philox.hpp"

/// Random bits by address: what is drawn depends on where it is used, never on when, by
/// which thread or in which order. An address is (master seed, domain, law, seed,
/// client, coordinate, call); it holds no parameter of law, method or problem, so cells
/// that differ in these meet the same bits (common random numbers).
namespace tailrate::random {

/// Raised when the bits at an address change.
inline constexpr int stream_version = 1;

/// Seeds computed together, the innermost dimension of every array.
inline constexpr std::size_t lanes = 16;

/// Largest values that an address can hold, plus one.
inline constexpr std::uint64_t seed_limit = std::uint64_t{1} << 32U;
inline constexpr std::uint64_t client_limit = std::uint64_t{1} << 24U;
inline constexpr std::uint64_t row_limit = std::uint64_t{1} << 24U;
inline constexpr std::uint64_t call_limit = std::uint64_t{1} << 48U;

/// All draws of one purpose: the part of the address that is the generator's key, the
/// first 64 bits of SHA-256 of "tailrate stream <version>|master seed|domain|law".
class Stream {
  public:
    /// `domain` is "noise", "direction", "rows", "instance", "bootstrap"...; `law` the
    /// key of a noise law, or empty.
    Stream(std::uint64_t master_seed,
           std::string_view domain,
           std::string_view law = {});

    [[nodiscard]] Key key() const { return key_; }

  private:
    Key key_;
};

/// Where a run of rows begins. A row is `lanes` consecutive seeds at one place; row r
/// of a client vector holds coordinate r (laws of one draw per counter) or coordinates
/// 2r and 2r + 1 (laws of two).
struct Place {
    std::uint64_t first_seed = 0;  ///< a multiple of `lanes` in runs; any in `sample`
    std::uint64_t client = 0;
    std::uint64_t row = 0;
    std::uint64_t call = 0;
};

/// The counter of one seed's draw: bits 0..31 seed, 32..79 call, 80..95 the lower 16
/// bits of the client, 96..119 row, 120..127 the upper 8 bits of the client.
[[nodiscard]] Counter counter_at(const Place& place);

/// Fills `rows` rows of two 64-bit words each from `place` on: first[r * lanes + k] and
/// second[r * lanes + k] belong to row place.row + r and seed place.first_seed + k.
/// Both arrays are 64-byte aligned.
void fill_words(const Stream& stream,
                const Place& place,
                std::size_t rows,
                std::uint64_t* first,
                std::uint64_t* second);

}  // namespace tailrate::random
