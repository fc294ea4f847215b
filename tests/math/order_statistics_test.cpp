#include "math/order_statistics.hpp"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "math/floating.hpp"
#include "ulp.hpp"

namespace tailrate::math {
namespace {

/// 1, ..., n in a mixed order.
std::vector<double> shuffled_ranks(std::size_t n) {
    std::vector<double> values;
    for (std::size_t i = 0; i < n; ++i) {
        values.push_back(static_cast<double>(i + 1));
    }
    Splitmix random{40};
    for (std::size_t i = n; i > 1; --i) {
        std::swap(values[i - 1], values[random.next() % i]);
    }
    return values;
}

TEST_CASE("an order statistic has rank ceil(q R)") {
    std::vector<double> values = shuffled_ranks(10);

    CHECK(order_statistic(values, 0.0) == 1.0);
    CHECK(order_statistic(values, 0.1) == 1.0);
    CHECK(order_statistic(values, 0.11) == 2.0);
    CHECK(order_statistic(values, 0.25) == 3.0);
    CHECK(order_statistic(values, 0.5) == 5.0);
    CHECK(order_statistic(values, 0.9) == 9.0);
    CHECK(order_statistic(values, 0.99) == 10.0);
    CHECK(order_statistic(values, 1.0) == 10.0);
}

TEST_CASE("percentages of whole hundreds have whole ranks") {
    for (const std::size_t n : {100U, 1000U}) {
        std::vector<double> values = shuffled_ranks(n);
        for (int percent = 1; percent <= 100; ++percent) {
            CAPTURE(percent);
            const double expected = percent * static_cast<double>(n) / 100.0;
            CHECK(order_statistic(values, percent / 100.0) == expected);
        }
    }
}

TEST_CASE("a percentage of whole hundreds counts whole numbers") {
    for (const std::size_t n : {100U, 1000U, 100000U}) {
        for (std::size_t percent = 0; percent <= 100; ++percent) {
            CAPTURE(percent);
            const double share = static_cast<double>(percent) / 100.0;
            CHECK(count_of_share(share, n) == percent * n / 100);
        }
    }
    CHECK(count_of_share(0.0999, 10) == 0);
    CHECK(count_of_share(0.5, 11) == 5);
}

TEST_CASE("infinity and NaN keep the highest ranks") {
    std::vector<double> values{infinity, 2.0, not_a_number, -infinity, 1.0};
    const std::vector<double> levels{0.2, 0.4, 0.6, 0.8, 1.0};
    const std::vector<double> quantiles = order_statistics(values, levels);

    CHECK(quantiles == std::vector<double>{-infinity, 1.0, 2.0, infinity, infinity});
}

TEST_CASE("several quantiles at once are those found one at a time") {
    Splitmix random{41};
    for (const std::size_t n : {1U, 2U, 7U, 256U}) {
        std::vector<double> values(n);
        for (double& value : values) {
            value = static_cast<double>(random.next() % n);  // some of them equal
        }
        const std::vector<double> levels{0.0, 0.05, 0.5, 0.5, 0.95, 1.0};
        std::vector<double> expected;
        for (const double level : levels) {
            std::vector<double> own = values;
            std::sort(own.begin(), own.end());
            expected.push_back(order_statistic(own, level));
        }
        CAPTURE(n);
        CHECK(order_statistics(values, levels) == expected);
    }
}

TEST_CASE("the median of an even number of values is the lower middle one") {
    std::vector<double> odd{3.0, 1.0, 2.0};
    std::vector<double> even{4.0, 1.0, 3.0, 2.0};
    std::vector<double> single{7.0};

    CHECK(median(odd) == 2.0);
    CHECK(median(even) == 2.0);
    CHECK(median(single) == 7.0);
}

TEST_CASE("both zeros become the positive one") {
    std::vector<double> values{0.0, -0.0, -0.0};

    CHECK(same_bits(median(values), 0.0));
    CHECK(same_bits(order_statistic(values, 0.0), 0.0));
}

TEST_CASE("empty values and levels outside [0, 1] are refused") {
    std::vector<double> none;
    std::vector<double> one{1.0};

    CHECK_THROWS_AS(static_cast<void>(median(none)), core::ContractViolation);
    CHECK_THROWS_AS(static_cast<void>(order_statistic(one, 1.1)),
                    core::ContractViolation);
    CHECK_THROWS_AS(static_cast<void>(order_statistic(one, not_a_number)),
                    core::ContractViolation);
}

}  // namespace
}  // namespace tailrate::math
