#include "model/over_clients.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "model/block.hpp"
#include "support/words.hpp"

using namespace tailrate;
using model::Array;
using model::lanes;

namespace {

std::vector<double> column(const Array& values, std::size_t size, std::size_t k) {
    std::vector<double> numbers;
    for (std::size_t at = k; at < values.size(); at += size) {
        numbers.push_back(values[at]);
    }
    return numbers;
}

}  // namespace

// A network of compare-exchanges sorts every input when it sorts every input of zeros
// and ones (Knuth, TAOCP 3, section 5.3.4, theorem Z).
TEST_CASE("every input of zeros and ones is sorted") {
    for (std::size_t n = 1; n <= 12; ++n) {
        CAPTURE(n);
        const std::size_t inputs = std::size_t{1} << n;
        const std::size_t size = (inputs + lanes - 1) / lanes * lanes;
        Array values(n * size);
        for (std::size_t k = 0; k < values.size(); ++k) {
            values[k] = static_cast<double>(((k % size) >> (k / size)) & 1U);
        }

        model::sort_clients(n, size, values.data());

        bool is_sorted = true;
        for (std::size_t k = 0; k < size; ++k) {
            const std::vector<double> numbers = column(values, size, k);
            double ones = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                ones += static_cast<double>((k >> i) & 1U);
            }
            is_sorted = is_sorted && std::is_sorted(numbers.begin(), numbers.end()) &&
                        std::accumulate(numbers.begin(), numbers.end(), 0.0) == ones;
        }
        CHECK(is_sorted);
    }
}

TEST_CASE("columns are sorted each on its own, also where they fill many bands") {
    for (const std::size_t n : {1U, 2U, 7U, 33U, 300U}) {
        CAPTURE(n);
        const std::size_t size = 21 * lanes;
        test::Words words{n};
        Array values(n * size);
        for (double& value : values) {
            value = words.signed_power(-300.0, 300.0);
        }
        const Array before = values;

        model::sort_clients(n, size, values.data());

        bool agrees = true;
        for (std::size_t k = 0; k < size; ++k) {
            std::vector<double> expected = column(before, size, k);
            std::sort(expected.begin(), expected.end());
            agrees = agrees && expected == column(values, size, k);
        }
        CHECK(agrees);
    }
}

TEST_CASE("infinities are ordered, and a NaN harms its own column only") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Array values(3 * lanes, 1.0);
    values[0] = infinity;
    values[lanes] = -infinity;
    values[1] = std::numeric_limits<double>::quiet_NaN();
    values[2] = 2.0;

    model::sort_clients(3, lanes, values.data());

    CHECK(column(values, lanes, 0) == std::vector{-infinity, 1.0, infinity});
    CHECK(column(values, lanes, 2) == std::vector{1.0, 1.0, 2.0});
    CHECK(column(values, lanes, 3) == std::vector{1.0, 1.0, 1.0});
}

TEST_CASE("the mean of clients adds in their order") {
    Array values(4 * lanes);
    for (std::size_t k = 0; k < values.size(); ++k) {
        values[k] = 0.1 * static_cast<double>(k * k);
    }
    Array mean(lanes);

    model::mean_of_clients(1, 4, lanes, values.data(), mean.data());

    for (std::size_t k = 0; k < lanes; ++k) {
        const double sum =
            (values[lanes + k] + values[2 * lanes + k]) + values[3 * lanes + k];
        CHECK(mean[k] == sum * (1.0 / 3.0));
    }
}
