#include <cmath>

#include <doctest/doctest.h>

#include "support/method_bench.hpp"

using namespace tailrate;
using doctest::Approx;
using test::MethodBench;

namespace {

/// x after one step of length 1 from 0: minus the aggregate.
double aggregate(double trim, std::initializer_list<double> gradients) {
    const auto method =
        test::make_method("trimmed_mean_sgd",
                          {{"step.scale", 1.0}, {"step.power", 0.0}, {"trim", trim}},
                          test::facts_of(gradients.size(), 1));
    MethodBench bench{*method, gradients.size(), 1};
    bench.step(gradients);
    return -bench.x(0);
}

bool is_finite(double trim, std::size_t clients, double tail_index) {
    return test::make_method(
               "trimmed_mean_sgd", {{"trim", trim}}, test::facts_of(clients, 1))
        ->has_finite_mse(tail_index, clients);
}

}  // namespace

TEST_CASE("trim cuts the largest and the smallest numbers, one half is the median") {
    CHECK(aggregate(0.0, {5.0, -1.0, 2.0, 100.0}) == Approx(26.5).epsilon(1e-15));
    CHECK(aggregate(0.25, {5.0, -1.0, 2.0, 100.0}) == 3.5);
    CHECK(aggregate(0.5, {5.0, -1.0, 2.0, 100.0}) == 3.5);
    CHECK(aggregate(0.5, {5.0, -1.0, 1e300}) == 5.0);
    CHECK(aggregate(0.2, {5.0, -1.0, 2.0, 100.0, 8.0}) == 5.0);
    CHECK(aggregate(0.5, {7.0}) == 7.0);
}

TEST_CASE("a share of the clients is no client short of a whole number") {
    // Client i sends 2^-i: a client more or less at an end changes every aggregate.
    const auto with_trim = [](double trim) {
        model::Array gradients;
        for (int i = 0; i < 100; ++i) {
            gradients.insert(gradients.end(), model::lanes, std::ldexp(1.0, -i));
        }
        const auto method = test::make_method(
            "trimmed_mean_sgd", {{"trim", trim}}, test::facts_of(100, 1));
        MethodBench bench{*method, 100, 1};
        bench.step(gradients);
        return -bench.x(0);
    };
    for (int cut = 0; cut < 50; ++cut) {
        CAPTURE(cut);
        // Of 2^-cut .. 2^-(99 - cut).
        const double sum = std::ldexp(2.0, -cut) - std::ldexp(1.0, cut - 99);
        CHECK(with_trim(cut / 100.0) == Approx(sum / (100 - 2 * cut)).epsilon(1e-14));
    }
}

TEST_CASE("each coordinate is trimmed on its own") {
    const auto method = test::make_method("trimmed_mean_sgd",
                                          {{"step.scale", 1.0}, {"step.power", 0.0}},
                                          test::facts_of(3, 2));
    MethodBench bench{*method, 3, 2};

    bench.step({1.0, 30.0, 2.0, 10.0, 3.0, 20.0});

    CHECK(bench.x(0) == -2.0);
    CHECK(bench.x(1) == -20.0);
}

TEST_CASE("the median of equal noise is that noise") {
    const auto median = test::make_method("trimmed_mean_sgd", {}, test::facts_of(9, 1));

    CHECK(median->has_finite_mse(1.5, 9));
    CHECK_FALSE(median->has_finite_mse(1.5, 1));
    CHECK_FALSE(median->has_finite_mse(2.0, 1));
    CHECK(median->has_finite_mse(2.5, 1));
}

TEST_CASE("k + 1 clients must be far out before the trimmed mean is") {
    CHECK_FALSE(is_finite(0.0, 10, 1.5));
    CHECK(is_finite(0.1, 10, 1.5));
    CHECK_FALSE(is_finite(0.1, 10, 1.0));
    CHECK(is_finite(0.5, 10, 0.5));
    CHECK_FALSE(is_finite(0.5, 2, 1.5));
}
