#include <cstring>
#include <vector>

#include <doctest/doctest.h>

#include "problems/problem_bench.hpp"
#include "problems/problem_cases.hpp"

using namespace tailrate;
using model::Array;
using model::lanes;

namespace {

bool same_bits(const Array& a, const Array& b) {
    return a.size() == b.size() &&
           std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace

TEST_CASE("ranges of clients, shared and own points give the same bits") {
    for (const test::ProblemCase& own : test::problem_cases()) {
        CAPTURE(own.name);
        const auto problem = own.make();
        const std::size_t n = problem->facts().clients;
        const Array x = test::points_near_minimizer(*problem, 1.0);
        Array copies;
        for (std::size_t i = 0; i < n; ++i) {
            copies.insert(copies.end(), x.begin(), x.end());
        }

        const Array together = test::gradients(*problem, {0, n}, {x.data(), 0});
        const Array own_points =
            test::gradients(*problem, {0, n}, {copies.data(), x.size()});
        Array pieces;
        for (std::size_t i = 0; i < n; ++i) {
            const Array piece = test::gradients(*problem, {i, i + 1}, {x.data(), 0});
            pieces.insert(pieces.end(), piece.begin(), piece.end());
        }

        CHECK(same_bits(together, own_points));
        CHECK(same_bits(together, pieces));
    }
}

TEST_CASE("gradients are added to what is there") {
    for (const test::ProblemCase& own : test::problem_cases()) {
        CAPTURE(own.name);
        const auto problem = own.make();
        const std::size_t n = problem->facts().clients;
        const Array x = test::points_near_minimizer(*problem, 1.0);
        const Array alone = test::gradients(*problem, {0, n}, {x.data(), 0});
        Array sum(alone.size());
        Array expected(alone.size());
        for (std::size_t e = 0; e < sum.size(); ++e) {
            sum[e] = static_cast<double>(e % 5) - 2.0;
            expected[e] = alone[e] + sum[e];
        }
        Array scratch(problem->scratch_size() + 1);

        problem->add_gradients(
            {1, 0, 0}, {0, n}, {x.data(), 0}, sum.data(), scratch.data());

        CHECK(same_bits(sum, expected));
    }
}

TEST_CASE("lanes do not mix") {
    for (const test::ProblemCase& own : test::problem_cases()) {
        CAPTURE(own.name);
        const auto problem = own.make();
        const std::size_t n = problem->facts().clients;
        const Array x = test::points_near_minimizer(*problem, 1.0);
        Array changed = x;
        for (std::size_t e = 5; e < x.size(); e += lanes) {
            changed[e] = 2.0 * x[e] + 1.0;
        }

        const Array before = test::gradients(*problem, {0, n}, {x.data(), 0});
        const Array after = test::gradients(*problem, {0, n}, {changed.data(), 0});

        bool only_that_lane = true;
        bool has_changed = false;
        for (std::size_t e = 0; e < before.size(); ++e) {
            only_that_lane =
                only_that_lane && (e % lanes == 5 || before[e] == after[e]);
            has_changed = has_changed || before[e] != after[e];
        }
        CHECK(only_that_lane);
        CHECK(has_changed);
    }
}

TEST_CASE("the same parameters give the same instance") {
    for (const test::ProblemCase& own : test::problem_cases()) {
        CAPTURE(own.name);
        const auto first = own.make();
        const auto second = own.make();
        const Array x = test::points_near_minimizer(*first, 1.0);
        const model::ClientRange range{0, first->facts().clients};

        CHECK(first->facts().x_star == second->facts().x_star);
        CHECK(first->facts().f_star == second->facts().f_star);
        CHECK(same_bits(test::gradients(*first, range, {x.data(), 0}),
                        test::gradients(*second, range, {x.data(), 0})));
    }
}

TEST_CASE("shapes of the arrays match their values") {
    for (const test::ProblemCase& own : test::problem_cases()) {
        CAPTURE(own.name);
        for (const model::InstanceArray& array : own.make()->arrays()) {
            CAPTURE(array.name);
            std::size_t size = 1;
            for (const std::size_t length : array.shape) {
                size *= length;
            }
            CHECK(array.shape.size() == array.dimensions.size());
            CHECK(array.values.size() == size);
        }
    }
}
