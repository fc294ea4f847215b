#include "model/smooth_clip.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

#include "support/words.hpp"

using namespace tailrate;
using model::Array;
using model::lanes;
using model::LaneVector;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bool have_same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
           (std::isnan(a) && std::isnan(b));
}

/// How many of u's elements are not what the formula gives in scalar arithmetic.
std::size_t count_differences(double scale, double eps, const Array& u) {
    Array clipped(u.size());
    model::smooth_clip(
        model::SmoothClip{.scale = scale, .eps = eps},
        u.size(),
        [&](std::size_t k) { return LaneVector::load(&u[k]); },
        [&](std::size_t k, LaneVector value) { value.store(&clipped[k]); });
    std::size_t differences = 0;
    for (std::size_t k = 0; k < u.size(); ++k) {
        const double expected = scale * u[k] / std::sqrt(std::fma(u[k], u[k], eps));
        differences += have_same_bits(clipped[k], expected) ? 0 : 1;
    }
    return differences;
}

Array random_numbers(std::size_t rows, double low, double high) {
    test::Words words{rows};
    Array numbers(rows * lanes);
    for (double& number : numbers) {
        number = words.signed_power(low, high);
    }
    return numbers;
}

}  // namespace

TEST_CASE("smooth clipping has the bits of its formula at every size") {
    for (std::size_t rows = 1; rows <= 9; ++rows) {
        CAPTURE(rows);
        CHECK(count_differences(2.5, 100.0, random_numbers(rows, -3.0, 5.0)) == 0);
    }
    CHECK(count_differences(1e-3, 1e-4, random_numbers(10'000, -8.0, 8.0)) == 0);
}

TEST_CASE("one number out of range among others keeps every bit") {
    constexpr double smallest = std::numeric_limits<double>::denorm_min();
    const double numbers[] = {0.0,
                              -0.0,
                              smallest,
                              -1e-300,
                              0x1p-68,
                              std::nextafter(0x1p-68, 0.0),
                              std::nextafter(-0x1p60, 0.0),
                              -0x1p60,
                              0x1p64,
                              -0x1p75,
                              0x1p130,
                              1e154,
                              -1e300,
                              infinity,
                              -infinity,
                              std::numeric_limits<double>::quiet_NaN()};
    Array u = random_numbers(4, -3.0, 5.0);
    for (const double number : numbers) {
        CAPTURE(number);
        for (std::size_t place = 0; place < u.size(); ++place) {
            const double before = u[place];
            u[place] = number;
            CHECK(count_differences(3.0, 25.0, u) == 0);
            u[place] = before;
        }
    }
}

TEST_CASE("scales and eps out of range keep every bit") {
    const Array u = random_numbers(8, -15.0, 15.0);
    const Array small = random_numbers(8, -20.4, -19.0);
    for (const double scale : {0.0, 1e-300, 0x1p-100, 1.0, 0x1p100, 1e300, infinity}) {
        for (const double eps :
             {0.0, 1e-320, 0x1p-100, 1.0, 0x1p100, 1e300, infinity}) {
            CAPTURE(scale);
            CAPTURE(eps);
            CHECK(count_differences(scale, eps, u) == 0);
            CHECK(count_differences(scale, eps, small) == 0);
        }
    }
}

TEST_CASE("multiplications are asked from 2^-68 to 2^60, with constants up to 2^100") {
    const auto is_beyond = [](double u) {
        return model::beyond_range(LaneVector::all(u)).any();
    };
    for (const double sign : {1.0, -1.0}) {
        CHECK(!is_beyond(sign * 0x1p-68));
        CHECK(!is_beyond(sign));
        CHECK(!is_beyond(sign * std::nextafter(0x1p60, 0.0)));
        CHECK(is_beyond(sign * std::nextafter(0x1p-68, 0.0)));
        CHECK(is_beyond(sign * 0.0));
        CHECK(is_beyond(sign * 0x1p60));
        CHECK(is_beyond(sign * infinity));
    }
    CHECK(model::SmoothClip{.scale = 0x1p-100, .eps = 0x1p100}.is_moderate());
    CHECK(model::SmoothClip{.scale = 0x1p100, .eps = 0x1p-100}.is_moderate());
    for (const double constant : {0.0, 0x1p-101, 0x1p101, infinity}) {
        CHECK(!model::SmoothClip{.scale = constant, .eps = 1.0}.is_moderate());
        CHECK(!model::SmoothClip{.scale = 1.0, .eps = constant}.is_moderate());
    }
}
