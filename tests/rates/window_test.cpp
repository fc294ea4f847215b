#include "rates/window.hpp"

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "sample_curves.hpp"

using namespace tailrate::rates;
using namespace tailrate::rates::testing;

namespace {

std::int64_t first_of_window(const std::vector<std::int64_t>& iterations,
                             double decades) {
    return iterations[select_window(iterations, decades).offset];
}

double zero_or_iteration(std::size_t seed, double t) {
    return seed == 0 ? 0.0 : t;
}

double one(std::size_t, double) {
    return 1.0;
}

void refused(const SampleCurves& curves) {
    CHECK_THROWS_AS(check(curves.view()), tailrate::core::ContractViolation);
}

}  // namespace

TEST_CASE("a window starts at the rounded iteration") {
    CHECK(window_start(10'000, 1.5) == 316);  // 316.2
    CHECK(window_start(100'000, 1.5) == 3162);
    CHECK(window_start(1'000'000'000'000, 1.5) == 31'622'776'602);
    CHECK(window_start(10'000, 2.0) == 100);
    CHECK(window_start(20'000, 1.0) == 2000);
    CHECK(window_start(5, 6.0) == 1);  // never 0: it has no logarithm
}

TEST_CASE("1.5 decades at ten points per decade hold 16 checkpoints") {
    CHECK(first_of_window(checkpoints(10'000), 1.5) == 316);
    CHECK(first_of_window(checkpoints(100'000), 1.5) == 3162);

    const Window window = select_window(checkpoints(10'000), 1.5);

    CHECK(window.whole.size() == 16);
    CHECK(window.early.first == 0);
    CHECK(window.early.last == 8);
    CHECK(window.late.first == 8);
    CHECK(window.late.last == 16);
}

TEST_CASE("a checkpoint in the geometric middle belongs to both halves") {
    const auto times = checkpoints(10'000);

    const Window window = select_window(times, 1.0);

    CHECK(times[window.offset] == 1000);
    CHECK(window.whole.size() == 11);
    CHECK(times[window.offset + window.early.last - 1] == 3162);  // below 3162.3
    CHECK(times[window.offset + window.late.first] == 3162);
    CHECK(window.early.size() == 6);
    CHECK(window.late.size() == 6);
}

TEST_CASE("a window longer than the run holds all but the value at 0") {
    const auto times = checkpoints(100);

    const Window window = select_window(times, 6.0);

    CHECK(window.offset == 1);
    CHECK(times[window.offset] == 1);
    CHECK(window.early.last == 1);
    CHECK(window.late.size() == window.whole.size());
}

TEST_CASE("errors are floored at 1e-24 of the value at 0, sums run in seed order") {
    const SampleCurves curves = make_curves({0, 1, 10}, 2, 4.0, zero_or_iteration);

    const LoggedWindow logged =
        log_window(curves.view(), select_window(curves.iterations, 1.0));

    REQUIRE(logged.size() == 2);
    CHECK(logged.errors == std::vector<double>{4e-24, 4e-24, 1.0, 10.0});
    CHECK(logged.means == std::vector<double>{0.5, 5.0});
    CHECK(logged.log_errors[0] == doctest::Approx(-53.875748).epsilon(1e-7));
    CHECK(logged.log_means[1] == tailrate::math::log(5.0));
}

TEST_CASE("curves that break the contract are refused") {
    const SampleCurves good = make_curves({0, 1, 10}, 2, 4.0, one);
    CHECK_NOTHROW(check(good.view()));

    refused(make_curves({1, 10}, 2, 4.0, one));
    refused(make_curves({0, 10, 10}, 2, 4.0, one));
    refused(make_curves({0}, 2, 4.0, one));
    refused(make_curves({0, 1, 10}, 0, 4.0, one));
    refused(make_curves({0, 1, 10}, 2, infinity, one));
    SampleCurves bad = good;
    bad.errors.pop_back();
    refused(bad);
    bad = good;
    bad.at(1, 2) = std::numeric_limits<double>::quiet_NaN();
    refused(bad);
    bad = good;
    bad.at(1, 1) = -1.0;
    refused(bad);
    bad = good;
    bad.at(1, 0) = 5.0;
    refused(bad);
}
