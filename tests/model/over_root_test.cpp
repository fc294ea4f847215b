#include "model/over_root.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "support/words.hpp"

using namespace tailrate;
using model::Array;
using model::LaneBits;
using model::LaneVector;

namespace {

constexpr std::size_t width = LaneVector::width;

struct Pair {
    double w, a;
};

struct Counts {
    std::size_t wrong = 0;  ///< other bits than those of the instructions, and no doubt
    std::size_t doubtful = 0;  ///< from the start where they are fewest
};

/// What the manuals allow near_inverse_root.
constexpr double largest_error = 1.5 * 0x1p-12 + 0x1p-23;

/// Of every pair, each in all lanes of a register; start(a) is near 1 / sqrt(a).
template <class Start>
Counts compare_from(const Start& start, const std::vector<Pair>& pairs) {
    Counts counts;
    Array quotients(width);
    for (const Pair& pair : pairs) {
        const LaneVector a = LaneVector::all(pair.a);
        LaneBits doubt = LaneBits::all(0);
        model::over_root_from(start(a), LaneVector::all(pair.w), a, doubt)
            .store(quotients.data());
        const double expected = pair.w / std::sqrt(pair.a);
        if (doubt.any()) {
            ++counts.doubtful;
        } else if (std::bit_cast<std::uint64_t>(quotients[0]) !=
                   std::bit_cast<std::uint64_t>(expected)) {
            ++counts.wrong;
        }
    }
    return counts;
}

/// From the start that this processor has.
Counts compare(const std::vector<Pair>& pairs) {
    return compare_from([](LaneVector a) { return near_inverse_root(a); }, pairs);
}

/// Of the starts that processors may have, those at the bounds and some between.
Counts compare_from_all(const std::vector<Pair>& pairs) {
    Counts counts = compare(pairs);
    for (const double part : {-1.0, -0.9, -0.3, -0x1p-9, 0.0, 0x1p-3, 0.8, 1.0}) {
        const LaneVector factor = LaneVector::all(1.0 + part * largest_error);
        const Counts found =
            compare_from([factor](LaneVector a) { return factor / root(a); }, pairs);
        counts.wrong += found.wrong;
        counts.doubtful = std::min(counts.doubtful, found.doubtful);
    }
    return counts;
}

/// The x with odd x = 1 modulo 2^64.
std::uint64_t inverse_of(std::uint64_t odd) {
    std::uint64_t x = odd;  // right to 3 bits
    for (int step = 0; step < 5; ++step) {
        x *= 2 - odd * x;
    }
    return x;
}

/// The k = first modulo 2 with k^2 + k + c = 0 modulo 2^64, for an even c.
std::uint64_t root_of_square(std::uint64_t c, std::uint64_t first) {
    std::uint64_t k = first;
    for (int step = 0; step < 6; ++step) {
        k -= (k * k + k + c) * inverse_of(2 * k + 1);
    }
    return k;
}

/// The a whose roots are |c - 1/4| / (2 k) of a last place from the middle between two
/// doubles: a = A / 2^104 in [1, 4), A = k^2 + k + c = (k + 1/2)^2 + c - 1/4 a multiple
/// of 2^52, where a > 2 of 2^53. It is the only double near (k^2 + k) / 2^104.
void add_hard_roots(std::int64_t c, std::vector<Pair>& pairs) {
    constexpr std::uint64_t one = std::uint64_t{1} << 52U;
    for (const std::uint64_t parity : {0U, 1U}) {
        const std::uint64_t root =
            root_of_square(static_cast<std::uint64_t>(c), parity);
        const double x = 1.0 + static_cast<double>(root % one) * 0x1p-52;
        const double a = std::fma(x, x, x * 0x1p-52);
        const double rest = std::fma(x, x, -a) + x * 0x1p-52;
        if (rest == static_cast<double>(-c) * 0x1p-104) {
            pairs.push_back({1.0, a});
            pairs.push_back({-3.0, 0x1p40 * a});
        }
    }
}

/// The w with w / s as near to the middle between two doubles as can be, 1 / (2 S) of a
/// last place: 2^j W = S (2 m + 1) +- 1 for mantissas W, S, m of 53 bits, S odd; a with
/// sqrt(a) = s. Such a w is the only double near s (m + 1/2).
void add_hard_quotients(std::uint64_t mantissa, std::vector<Pair>& pairs) {
    const double s = static_cast<double>(mantissa) * 0x1p-52;
    const double a = s * s;
    if (std::sqrt(a) != s) {
        return;
    }
    constexpr std::uint64_t one = std::uint64_t{1} << 52U;
    for (const std::uint64_t middle :
         {inverse_of(mantissa), 0 - inverse_of(mantissa)}) {
        // 2 m + 1 is known modulo 2^j; m in [2^52, 2^53).
        for (const std::uint64_t m : {one + middle / 2 % one, middle / 2 % (2 * one)}) {
            const double ratio = static_cast<double>(m);
            const double w = std::fma(s, ratio, 0.5 * s);
            const double rest = std::fma(s, ratio, -w) + 0.5 * s;
            if (m >= one && std::abs(rest) == 0x1p-53) {
                pairs.push_back({w, a});
                pairs.push_back({-0x1p-90 * w, 0x1p-60 * a});
            }
        }
    }
}

}  // namespace

TEST_CASE("the start is as near to 1 / sqrt(a) as the manuals say") {
    test::Words words{1};
    Array start(width);
    double largest = 0.0;
    const auto check = [&](double a) {
        near_inverse_root(LaneVector::all(a)).store(start.data());
        largest = std::max(largest, std::abs(start[0] * std::sqrt(a) - 1.0));
    };
    for (int k = 0; k < 3 << 17; ++k) {
        const double a = 1.0 + k * 0x1p-17;
        check(a);
        check(std::nextafter(a, 0.0));
        check(std::ldexp(words.uniform(1.0, 2.0),
                         static_cast<int>(words.next() % 253) - 126));
    }
    CHECK(largest > 0.0);
    CHECK(largest <= largest_error);
}

TEST_CASE("random quotients have the bits of the instructions, and little is doubted") {
    test::Words words{2};
    std::vector<Pair> pairs;
    for (int k = 0; k < 2'000'000; ++k) {
        pairs.push_back({words.signed_power(-100.0, 100.0),
                         std::abs(words.signed_power(-36.0, 36.0))});
        pairs.push_back({words.uniform(1.0, 2.0), words.uniform(1.0, 4.0)});
    }

    const Counts counts = compare(pairs);

    CHECK(counts.wrong == 0);
    // A bracket is at most 2^-42 2^-43.3 2^53 = 2^-32 of a last place.
    CHECK(counts.doubtful <= 2);
}

TEST_CASE("roots next to the middle between two doubles are doubted") {
    std::vector<Pair> pairs;
    for (std::int64_t c = -512; c <= 512; c += 2) {
        add_hard_roots(c, pairs);
    }

    const Counts counts = compare_from_all(pairs);

    CHECK(pairs.size() > 1024);
    CHECK(counts.wrong == 0);
    CHECK(counts.doubtful == pairs.size());
}

TEST_CASE("quotients next to the middle between two doubles are doubted") {
    test::Words words{3};
    std::vector<Pair> pairs;
    for (std::uint64_t k = 1; k < 40'000; k += 2) {
        add_hard_quotients((std::uint64_t{1} << 53U) - k, pairs);
        add_hard_quotients((std::uint64_t{1} << 52U) + k, pairs);
        add_hard_quotients((words.next() >> 12U) | (std::uint64_t{1} << 52U) | 1U,
                           pairs);
    }

    const Counts counts = compare_from_all(pairs);

    CHECK(pairs.size() > 40'000);
    CHECK(counts.wrong == 0);
    CHECK(counts.doubtful == pairs.size());
}

TEST_CASE("exact roots and quotients are exact") {
    std::vector<Pair> pairs;
    for (int k = 1; k < 2000; ++k) {
        const double s = 1.0 + k * 0x1p-20;
        pairs.push_back({3.0 * s, s * s});
        pairs.push_back({-0x1p-70 * s, 0x1p-80 * s * s});
    }

    const Counts counts = compare_from_all(pairs);

    CHECK(counts.wrong == 0);
    CHECK(counts.doubtful == 0);
}
