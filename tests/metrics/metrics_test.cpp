#include "metrics/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "model/block.hpp"

using namespace tailrate;
using metrics::checkpoints;
using Times = std::vector<std::int64_t>;

namespace {

/// A layout with every metric.
metrics::RecordLayout full_layout(std::size_t points, std::size_t dimension) {
    return {metrics::all_metrics(), points, dimension};
}

/// First offset and length of every array of a record.
std::vector<std::pair<std::size_t, std::size_t>> arrays(
    const metrics::RecordLayout& layout) {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (std::size_t m = 0; m < layout.metrics().size(); ++m) {
        for (std::size_t c = 0; c < layout.checkpoints(); ++c) {
            found.emplace_back(layout.at(m, c), layout.width(m) * model::lanes);
        }
    }
    for (const std::size_t first :
         {layout.peak_error(), layout.diverged_at(), layout.final_saturated()}) {
        found.emplace_back(first, model::lanes);
    }
    return found;
}

}  // namespace

TEST_CASE(
    "short horizons have checkpoints 0, the grid below the horizon, the horizon") {
    CHECK(checkpoints(1, 10) == Times{0, 1});
    CHECK(checkpoints(2, 10) == Times{0, 1, 2});
    CHECK(checkpoints(9, 10) == Times{0, 1, 2, 3, 4, 5, 6, 8, 9});
    CHECK(checkpoints(10, 10) == Times{0, 1, 2, 3, 4, 5, 6, 8, 10});
    CHECK(checkpoints(11, 10) == Times{0, 1, 2, 3, 4, 5, 6, 8, 10, 11});
}

TEST_CASE("ten points per decade up to 1e4 are 38 and the one at 0") {
    const Times times = checkpoints(10000, 10);

    CHECK(times.size() == 39);
    const Times second_decade{10, 13, 16, 20, 25, 32, 40, 50, 63, 79, 100};
    CHECK(std::search(
              times.begin(), times.end(), second_decade.begin(), second_decade.end()) !=
          times.end());
}

TEST_CASE("one point per decade are the powers of ten") {
    CHECK(checkpoints(1000000, 1) ==
          Times{0, 1, 10, 100, 1000, 10000, 100000, 1000000});
    CHECK(checkpoints(50, 1) == Times{0, 1, 10, 50});
}

TEST_CASE("every grid holds the powers of ten, ascends and has no repeats") {
    for (const std::int64_t density : {1, 2, 3, 7, 10, 33, 100}) {
        CAPTURE(density);
        const Times times = checkpoints(2000000, density);

        CHECK(std::adjacent_find(times.begin(), times.end(), std::greater_equal<>{}) ==
              times.end());
        CHECK(times.front() == 0);
        CHECK(times.back() == 2000000);
        for (std::int64_t power = 1; power <= 1000000; power *= 10) {
            CHECK(std::binary_search(times.begin(), times.end(), power));
        }
    }
}

TEST_CASE("checkpoints are 10^(k / points_per_decade) rounded to the nearest integer") {
    for (const std::int64_t density : {10, 100}) {
        std::set<std::int64_t> expected{0, 123456};
        for (int k = 0; k <= 6 * density; ++k) {
            const long double decades = static_cast<long double>(k) / density;
            const auto t =
                static_cast<std::int64_t>(std::floor(std::pow(10.0L, decades) + 0.5L));
            if (t < 123456) {
                expected.insert(t);
            }
        }

        CHECK(checkpoints(123456, density) == Times(expected.begin(), expected.end()));
    }
}

TEST_CASE("the longest horizon ends with its power of ten") {
    const Times times = checkpoints(1000000000000, 10);

    CHECK(times.size() == 8 + 11 * 10 + 1);
    CHECK(times[times.size() - 11] == 100000000000);
}

TEST_CASE("a longer horizon keeps the checkpoints of a shorter one") {
    const Times longer = checkpoints(100000, 10);

    for (const std::int64_t t : checkpoints(10000, 10)) {
        CHECK(std::binary_search(longer.begin(), longer.end(), t));
    }
}

TEST_CASE("the arrays of a record fill it without overlap") {
    for (const std::size_t dimension : {1U, 5U}) {
        const metrics::RecordLayout layout = full_layout(7, dimension);
        std::vector<int> uses(layout.size(), 0);

        for (const auto& array : arrays(layout)) {
            for (std::size_t k = array.first; k < array.first + array.second; ++k) {
                ++uses.at(k);
            }
        }

        CHECK(std::count(uses.begin(), uses.end(), 1) ==
              static_cast<std::ptrdiff_t>(layout.size()));
    }
}

TEST_CASE("only iterate_mean has a value per coordinate") {
    const metrics::RecordLayout layout = full_layout(3, 6);

    for (std::size_t m = 0; m < layout.metrics().size(); ++m) {
        const bool is_vector = layout.metrics()[m].name == "iterate_mean";
        CHECK(layout.width(m) == (is_vector ? 6 : 1));
    }
}

TEST_CASE("errors are judged for divergence and diagnostics are not") {
    const std::set<std::string_view> errors{
        "squared_error", "optimality_gap", "gradient_norm", "consensus_error"};

    CHECK(metrics::all_metrics().front().name == "squared_error");
    for (const metrics::Metric& metric : metrics::all_metrics()) {
        CAPTURE(metric.name);
        CHECK(metric.is_error == (errors.count(metric.name) == 1));
        CHECK(metrics::find_metric(metric.name).name == metric.name);
    }
    CHECK_THROWS_AS(static_cast<void>(metrics::find_metric("speed")),
                    core::ContractViolation);
}
