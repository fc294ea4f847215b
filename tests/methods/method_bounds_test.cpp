#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "support/method_bench.hpp"
#include "support/method_cases.hpp"
#include "support/words.hpp"

using namespace tailrate;
using model::lanes;
using test::MethodBench;
using test::MethodCase;

namespace {

constexpr std::size_t clients = 3;
constexpr std::size_t dimension = 4;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Huge gradients. Half of the lanes see equal ones in every client, of one direction
/// for ten iterations: the longest moves there are.
model::Array huge_gradients(test::Words& words, std::uint64_t t) {
    const double common = t / 10 % 2 == 0 ? 1e9 : -1e9;
    model::Array values(clients * dimension * lanes);
    for (std::size_t k = 0; k < values.size(); ++k) {
        const double rough = words.signed_power(-3.0, 12.0);
        values[k] = k % 2 == 0 ? common : rough;
    }
    return values;
}

/// Largest |after - before| over the lanes.
double longest_move(const model::Array& before, const double* after) {
    model::Lanes squares{};
    for (std::size_t k = 0; k < before.size(); ++k) {
        squares[k % lanes] += (after[k] - before[k]) * (after[k] - before[k]);
    }
    double longest = 0.0;
    for (const double square : squares) {
        longest = std::max(longest, std::sqrt(square));
    }
    return longest;
}

}  // namespace

TEST_CASE("no gradients move the iterate further than the declared bound") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const auto method = choice.make(test::facts_of(clients, dimension));
        MethodBench bench{*method, clients, dimension};
        test::Words words{5};
        double carry = 0.0;

        for (std::uint64_t t = 0; t < 50; ++t) {
            CAPTURE(t);
            const double bound = method->largest_move(bench.state(), carry);
            const model::Array before(bench.x(), bench.x() + bench.state().size());
            bench.step(huge_gradients(words, t));

            CHECK(longest_move(before, bench.x()) <= bound * (1.0 + 1e-12));
        }
    }
}

TEST_CASE("the bound is attained by equal huge gradients in the first iteration") {
    for (const MethodCase& choice : test::method_cases()) {
        const auto method = choice.make(test::facts_of(clients, dimension));
        if (method->is_unbounded() || !choice.is_listed) {
            continue;
        }
        CAPTURE(choice.name());
        MethodBench bench{*method, clients, dimension};
        double carry = 0.0;
        const double bound = method->largest_move(bench.state(), carry);
        const model::Array origin(bench.state().size(), 0.0);

        bench.step(model::Array(clients * dimension * lanes, 1e9));

        CHECK(longest_move(origin, bench.x()) == doctest::Approx(bound).epsilon(1e-9));
    }
}

TEST_CASE("the bound is infinite exactly where the noise enters without a bound") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const auto method = choice.make(test::facts_of(clients, dimension));
        const MethodBench bench{*method, clients, dimension};
        double carry = 0.0;

        const double bound = method->largest_move(bench.state(), carry);

        CHECK(bound > 0.0);
        CHECK((bound == infinity) == method->is_unbounded());
    }
}

TEST_CASE("a bounded method has a finite mean squared error under every tail") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const auto method = choice.make(test::facts_of(clients, dimension));

        for (const std::size_t n : {1U, 3U, 100U}) {
            bool was_finite = !method->is_unbounded();
            for (const double tail_index : {0.5, 1.0, 1.5, 2.0, 2.5, 4.0, infinity}) {
                const bool is_finite = method->has_finite_mse(tail_index, n);
                CHECK((is_finite || !was_finite));
                was_finite = is_finite;
            }
            CHECK(method->has_finite_mse(infinity, n));
        }
    }
}

TEST_CASE("noise that the clients share has the tail of one client's") {
    for (const std::size_t n : {1U, 3U, 11U}) {
        for (const MethodCase& choice : test::method_cases()) {
            CAPTURE(choice.name());
            const auto method = choice.make(test::facts_of(n, dimension));

            CHECK(method->has_finite_mse(1.2, 1) == !method->is_unbounded());
            CHECK(method->has_finite_mse(2.0, 1) == !method->is_unbounded());
            CHECK(method->has_finite_mse(2.5, 1));
        }
    }
}

TEST_CASE("unclipped gradients need a variance, and 2 is no variance yet") {
    const auto method =
        test::make_method("sgd", {}, test::facts_of(clients, dimension));

    CHECK(method->is_unbounded());
    CHECK_FALSE(method->has_finite_mse(1.5, 10));
    CHECK_FALSE(method->has_finite_mse(2.0, 10));
    CHECK(method->has_finite_mse(2.0 + 1e-9, 10));
}

TEST_CASE("saturation is a part of each client and does not touch the state") {
    for (const MethodCase& choice : test::method_cases()) {
        const auto method = choice.make(test::facts_of(clients, dimension));
        if (!method->can_saturate()) {
            continue;
        }
        CAPTURE(choice.name());
        MethodBench bench{*method, clients, dimension};
        test::Words words{3};
        for (std::uint64_t t = 0; t < 15; ++t) {
            const model::Array gradients = huge_gradients(words, t);
            const std::vector<double> before = bench.all();
            model::Lanes whole{};
            model::Lanes cut{};

            method->add_saturation(
                bench.state(), {0, clients}, gradients.data(), whole);
            method->add_saturation(bench.state(), {0, 1}, gradients.data(), cut);
            method->add_saturation(bench.state(),
                                   {1, clients},
                                   gradients.data() + bench.state().size(),
                                   cut);

            CHECK(test::same_bits(before, bench.all()));
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                CHECK(whole[lane] >= 0.0);
                CHECK(whole[lane] <= static_cast<double>(clients) + 1e-12);
                CHECK(whole[lane] == cut[lane]);
            }
            bench.step(gradients);
        }
    }
}
