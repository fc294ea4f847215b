#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "support/bowl.hpp"
#include "support/method_bench.hpp"
#include "support/method_cases.hpp"
#include "support/words.hpp"

using namespace tailrate;
using model::lanes;
using test::Bowl;
using test::MethodBench;
using test::MethodCase;

namespace {

constexpr std::size_t clients = 3;
constexpr std::size_t dimension = 4;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

double squared_error(const MethodBench& bench, const std::vector<double>& x_star) {
    double sum = 0.0;
    for (std::size_t j = 0; j < x_star.size(); ++j) {
        sum += (bench.x(j) - x_star[j]) * (bench.x(j) - x_star[j]);
    }
    return sum;
}

/// Gradients that differ in every client, coordinate and lane, some of them large.
model::Array rough_gradients(test::Words& words, std::size_t n, std::size_t d) {
    model::Array values(n * d * lanes);
    for (double& value : values) {
        value = words.signed_power(-2.0, 2.0);
    }
    return values;
}

/// State after some iterations with rough gradients, served in ranges ending at `ends`.
std::vector<double> state_after_run(const model::Method& method,
                                    const std::vector<std::size_t>& ends) {
    MethodBench bench{method, clients, dimension};
    test::Words words{7};
    for (int t = 0; t < 20; ++t) {
        bench.step(rough_gradients(words, clients, dimension), ends);
    }
    return bench.all();
}

/// State after some iterations in which lane `lane` meets its gradients times 1 +
/// change.
std::vector<double> state_with_other_lane(const model::Method& method,
                                          std::size_t lane,
                                          double change) {
    MethodBench bench{method, clients, dimension};
    test::Words words{11};
    for (int t = 0; t < 10; ++t) {
        model::Array gradients = rough_gradients(words, clients, dimension);
        for (std::size_t k = lane; k < gradients.size(); k += lanes) {
            gradients[k] += change * gradients[k];
        }
        bench.step(gradients);
    }
    return bench.all();
}

/// Lanes in which two states differ in a bit.
std::array<bool, lanes> unlike_lanes(const std::vector<double>& a,
                                     const std::vector<double>& b) {
    std::array<bool, lanes> unlike{};
    for (std::size_t k = 0; k < a.size(); ++k) {
        if (std::bit_cast<std::uint64_t>(a[k]) != std::bit_cast<std::uint64_t>(b[k])) {
            unlike[k % lanes] = true;
        }
    }
    return unlike;
}

std::array<bool, lanes> only(std::size_t lane) {
    std::array<bool, lanes> expected{};
    expected[lane] = true;
    return expected;
}

}  // namespace

TEST_CASE("the catalogue has the eight methods") {
    for (const char* key : {"sgd",
                            "clipped_sgd",
                            "clipped_server_sgd",
                            "sclip_ef",
                            "smooth_clip_sgd",
                            "clip21",
                            "shifted_clip",
                            "trimmed_mean_sgd"}) {
        CAPTURE(key);
        CHECK(core::catalogue<model::Method>().count(key) == 1);
    }
}

TEST_CASE("without noise every method approaches the minimizer of unlike clients") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const auto method = choice.make(Bowl{clients, dimension}.facts());
        // Order statistics are biased by gradients that differ at x*.
        const bool takes_means = method->aggregate() == model::Aggregate::mean;
        const Bowl bowl{clients, dimension, takes_means ? 0.1 : 0.0};
        MethodBench bench{*method, clients, dimension};

        double error = squared_error(bench, bowl.facts().x_star);
        const double start = error;
        for (const int horizon : {30, 300, 3000}) {
            const double before = error;
            while (bench.state().t < static_cast<std::uint64_t>(horizon)) {
                bench.step(bowl);
            }
            error = squared_error(bench, bowl.facts().x_star);
            CHECK((error < before || error < 1e-24 * start));
        }
        CHECK(error < 1e-2 * start);
    }
}

TEST_CASE("the state does not depend on how clients are cut into ranges") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const auto method = choice.make(test::facts_of(clients, dimension));

        const std::vector<double> whole = state_after_run(*method, {3});

        CHECK(test::same_bits(whole, state_after_run(*method, {1, 2, 3})));
        CHECK(test::same_bits(whole, state_after_run(*method, {1, 3})));
        CHECK(test::same_bits(whole, state_after_run(*method, {2, 3})));
    }
}

TEST_CASE("a second run from a fresh state has the same bits") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const auto method = choice.make(test::facts_of(clients, dimension));

        const std::vector<double> first = state_after_run(*method, {3});
        const std::vector<double> second = state_after_run(*method, {3});

        CHECK(test::same_bits(first, second));
    }
}

TEST_CASE("gradients of one seed move that seed only") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const auto method = choice.make(test::facts_of(clients, dimension));
        const std::vector<double> plain = state_with_other_lane(*method, 7, 0.0);

        for (const std::size_t lane : {0U, 7U, 15U}) {
            CHECK(unlike_lanes(plain, state_with_other_lane(*method, lane, 0.01)) ==
                  only(lane));
        }
    }
}

TEST_CASE("a seed whose gradients are not finite leaves the others alone") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const auto method = choice.make(test::facts_of(clients, dimension));
        const std::vector<double> plain = state_with_other_lane(*method, 3, 0.0);

        for (const double fault : {not_a_number, infinity, -infinity}) {
            const std::vector<double> other = state_with_other_lane(*method, 3, fault);

            CHECK(unlike_lanes(plain, other) == only(3));
        }
    }
}

TEST_CASE("one client in one dimension is enough") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const Bowl bowl{1, 1};
        const auto method = choice.make(bowl.facts());
        MethodBench bench{*method, 1, 1};

        for (int t = 0; t < 1000; ++t) {
            bench.step(bowl);
        }

        CHECK(bench.x(0) == doctest::Approx(bowl.facts().x_star[0]).epsilon(0.1));
    }
}

TEST_CASE("equal lanes stay equal") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const Bowl bowl{clients, dimension};
        const auto method = choice.make(bowl.facts());
        MethodBench bench{*method, clients, dimension};

        for (int t = 0; t < 25; ++t) {
            bench.step(bowl);
        }

        const std::vector<double> state = bench.all();
        for (std::size_t k = 0; k < state.size(); ++k) {
            REQUIRE(state[k] == state[k - k % lanes]);
        }
    }
}

TEST_CASE(
    "a method declares one oracle call, its iterate and a state that starts at 0") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const auto method = choice.make(test::facts_of(clients, dimension));

        CHECK(method->oracle_calls() == 1);
        CHECK(method->server_arrays()[method->iterate().index].name == "x");
        for (const model::StateArray& array : method->server_arrays()) {
            CHECK_FALSE(array.per_client);
        }
        for (const model::StateArray& array : method->client_arrays()) {
            CHECK(array.per_client);
        }
    }
}
