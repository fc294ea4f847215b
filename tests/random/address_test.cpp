#include "random/address.hpp"

#include <array>
#include <bit>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "core/sha256.hpp"

namespace tailrate::random {
namespace {

constexpr std::size_t most_rows = 7;

struct alignas(64) Block {
    std::array<std::uint64_t, most_rows * lanes> first{};
    std::array<std::uint64_t, most_rows * lanes> second{};
};

void check_against_scalar(const Stream& stream, const Place& place, std::size_t rows) {
    Block block;

    fill_words(stream, place, rows, block.first.data(), block.second.data());

    for (std::size_t k = 0; k < rows * lanes; ++k) {
        Place one = place;
        one.row += k / lanes;
        one.first_seed += k % lanes;
        const Counter bits = philox(counter_at(one), stream.key());
        REQUIRE(block.first[k] == ((std::uint64_t{bits[1]} << 32U) | bits[0]));
        REQUIRE(block.second[k] == ((std::uint64_t{bits[3]} << 32U) | bits[2]));
    }
}

TEST_CASE("rows of words are those of the scalar generator") {
    const Stream stream{12345, "noise", "student_t"};
    std::uint64_t state = 1;
    const auto next = [&state](std::uint64_t limit) {
        state = state * 6364136223846793005U + 1442695040888963407U;  // Knuth's MMIX
        return (state >> 16U) % limit;
    };
    for (int i = 0; i < 300; ++i) {
        const Place place{.first_seed = next(seed_limit - lanes),
                          .client = next(client_limit),
                          .row = next(row_limit - most_rows),
                          .call = next(call_limit)};
        check_against_scalar(stream, place, 1 + next(most_rows));
    }
}

TEST_CASE("rows of words agree with the scalar generator at every limit") {
    const Stream stream{0, "noise", "laplace"};
    for (const std::uint64_t first_seed : {std::uint64_t{0}, seed_limit - lanes}) {
        for (const std::uint64_t client : {std::uint64_t{0}, client_limit - 1}) {
            for (const std::uint64_t row : {std::uint64_t{0}, row_limit - most_rows}) {
                for (const std::uint64_t call : {std::uint64_t{0}, call_limit - 1}) {
                    check_against_scalar(stream,
                                         {.first_seed = first_seed,
                                          .client = client,
                                          .row = row,
                                          .call = call},
                                         most_rows);
                }
            }
        }
    }
}

TEST_CASE("places beyond the limits are refused") {
    const Stream stream{1, "noise"};
    Block block;
    const auto fill = [&](const Place& place) {
        fill_words(stream, place, 1, block.first.data(), block.second.data());
    };
    CHECK_THROWS_AS(fill({.first_seed = seed_limit - lanes + 1}),
                    core::ContractViolation);
    CHECK_THROWS_AS(fill({.client = client_limit}), core::ContractViolation);
    CHECK_THROWS_AS(fill({.row = row_limit}), core::ContractViolation);
    CHECK_THROWS_AS(fill({.call = call_limit}), core::ContractViolation);
}

TEST_CASE("every bit of an address is one bit of the counter") {
    std::vector<Place> places;
    for (std::uint64_t bit = 1; bit < seed_limit; bit <<= 1U) {
        places.push_back({.first_seed = bit});
    }
    for (std::uint64_t bit = 1; bit < call_limit; bit <<= 1U) {
        places.push_back({.call = bit});
    }
    for (std::uint64_t bit = 1; bit < client_limit; bit <<= 1U) {
        places.push_back({.client = bit});
    }
    for (std::uint64_t bit = 1; bit < row_limit; bit <<= 1U) {
        places.push_back({.row = bit});
    }
    std::set<Counter> counters;
    for (const Place& place : places) {
        const Counter counter = counter_at(place);
        int ones = 0;
        for (const std::uint32_t word : counter) {
            ones += std::popcount(word);
        }
        CHECK(ones == 1);
        counters.insert(counter);
    }
    CHECK(places.size() == 128);
    CHECK(counters.size() == 128);
}

TEST_CASE("the fields of an address have fixed places in the counter") {
    CHECK(counter_at({.first_seed = 1}) == Counter{1, 0, 0, 0});
    CHECK(counter_at({.first_seed = 0x80000000}) == Counter{0x80000000, 0, 0, 0});
    CHECK(counter_at({.call = 1}) == Counter{0, 1, 0, 0});
    CHECK(counter_at({.call = 0x100000000}) == Counter{0, 0, 1, 0});
    CHECK(counter_at({.call = 0x800000000000}) == Counter{0, 0, 0x8000, 0});
    CHECK(counter_at({.client = 1}) == Counter{0, 0, 0x10000, 0});
    CHECK(counter_at({.client = 65535}) == Counter{0, 0, 0xffff0000, 0});
    CHECK(counter_at({.client = 65536}) == Counter{0, 0, 0, 0x01000000});
    CHECK(counter_at({.client = 0x800000}) == Counter{0, 0, 0, 0x80000000});
    CHECK(counter_at({.row = 1}) == Counter{0, 0, 0, 1});
    CHECK(counter_at({.row = 0x800000}) == Counter{0, 0, 0, 0x00800000});
    CHECK(counter_at(
              {.first_seed = 5, .client = 70000, .row = 9, .call = 123456789012}) ==
          Counter{5, 0xbe991a14, 0x1170001c, 0x01000009});
}

TEST_CASE("the fields of an address add up without carry") {
    const Counter all = counter_at({.first_seed = seed_limit - 1,
                                    .client = client_limit - 1,
                                    .row = row_limit - 1,
                                    .call = call_limit - 1});

    CHECK(all == Counter{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff});
}

TEST_CASE("streams differ by master seed, domain and law") {
    const std::vector<Stream> streams{Stream{1, "noise", "student_t"},
                                      Stream{2, "noise", "student_t"},
                                      Stream{1, "direction", "student_t"},
                                      Stream{1, "noise", "stable"},
                                      Stream{1, "noise"},
                                      Stream{1, "noise|student_t"},
                                      Stream{11, "noise", "student_t"}};
    std::set<Key> keys;
    for (const Stream& stream : streams) {
        keys.insert(stream.key());
    }
    // "noise" without a law ends in a bar of its own and is not "noise|student_t".
    CHECK(keys.size() == streams.size());
}

TEST_CASE("a stream is keyed by the digest of its name") {
    const core::Digest digest = core::sha256("tailrate stream 1|7|noise|stable");
    const auto word = [&digest](std::size_t at) {
        return (std::uint32_t{digest[at]} << 24U) |
               (std::uint32_t{digest[at + 1]} << 16U) |
               (std::uint32_t{digest[at + 2]} << 8U) | std::uint32_t{digest[at + 3]};
    };

    CHECK(Stream{7, "noise", "stable"}.key() == Key{word(0), word(4)});
}

}  // namespace
}  // namespace tailrate::random
