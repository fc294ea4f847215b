#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "problems/problem_bench.hpp"
#include "problems/problem_cases.hpp"

using namespace tailrate;
using model::Array;
using model::lanes;

namespace {

/// grad f of one lane times the direction.
double slope(const Array& gradient, const Array& direction, std::size_t lane) {
    double sum = 0.0;
    for (std::size_t e = lane; e < gradient.size(); e += lanes) {
        sum += gradient[e] * direction[e];
    }
    return sum;
}

Array moved(const Array& x, const Array& direction, double step) {
    Array out(x.size());
    for (std::size_t e = 0; e < x.size(); ++e) {
        out[e] = x[e] + step * direction[e];
    }
    return out;
}

/// One normal vector (dimension x lanes).
Array direction_for(const model::Problem& problem) {
    const model::InstanceRandom random{7, "test direction"};
    Array direction(problem.facts().dimension * lanes);
    for (std::size_t e = 0; e < direction.size(); ++e) {
        direction[e] = random.normal(0, e);
    }
    return direction;
}

}  // namespace

TEST_CASE("the gradient is the central difference of the value") {
    for (const test::ProblemCase& own : test::problem_cases()) {
        CAPTURE(own.name);
        const auto problem = own.make();
        const Array x = test::points_near_minimizer(*problem, 1.0);
        const Array direction = direction_for(*problem);
        const double length = test::lane_norm(direction, 0);
        const double h = 1e-5 * problem->facts().initial_distance / length;

        const Array gradient = test::full_gradient(*problem, x);
        const model::Lanes above = test::gap_at(*problem, moved(x, direction, h));
        const model::Lanes below = test::gap_at(*problem, moved(x, direction, -h));

        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double difference = (above[lane] - below[lane]) / (2.0 * h);
            const double scale = test::lane_norm(gradient, lane) * length;
            CHECK(std::abs(difference - slope(gradient, direction, lane)) <
                  1e-7 * scale);
        }
    }
}

TEST_CASE("the minimizer has a zero gradient and the least value") {
    for (const test::ProblemCase& own : test::problem_cases()) {
        CAPTURE(own.name);
        const auto problem = own.make();
        const model::ProblemFacts& facts = problem->facts();
        Array x(facts.dimension * lanes);
        for (std::size_t e = 0; e < x.size(); ++e) {
            x[e] = facts.x_star[e / lanes];
        }
        const Array start(x.size(), 0.0);
        const double at_start =
            test::lane_norm(test::full_gradient(*problem, start), 0);

        CHECK(test::lane_norm(test::full_gradient(*problem, x), 3) <=
              1e-12 * std::max(1.0, at_start));
        CHECK(test::gap_at(*problem, x)[3] == 0.0);
        for (const double distance : {1e-12, 1e-6, 1e-2, 1.0, 100.0}) {
            const Array near = test::points_near_minimizer(*problem, distance);
            for (const double gap : test::gap_at(*problem, near)) {
                CHECK(gap > 0.0);
            }
        }
    }
}

TEST_CASE("the gap near the minimizer is quadratic, without cancellation") {
    for (const test::ProblemCase& own : test::problem_cases()) {
        CAPTURE(own.name);
        const auto problem = own.make();
        const model::ProblemFacts& facts = problem->facts();
        for (const double distance : {1e-3, 1e-5, 1e-7}) {
            const Array x = test::points_near_minimizer(*problem, distance);
            const model::Lanes gap = test::gap_at(*problem, x);
            Array offset(x.size());
            problem->centred(x.data(), offset.data());
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                const double length = test::lane_norm(offset, lane);
                CHECK(gap[lane] >= 0.5 * facts.mu * length * length * (1.0 - 1e-12));
                CHECK(gap[lane] <= 0.5 * facts.L * length * length * (1.0 + 1e-12));
            }
        }
    }
}

TEST_CASE("L and mu bound the curvature between sampled points") {
    for (const test::ProblemCase& own : test::problem_cases()) {
        CAPTURE(own.name);
        const auto problem = own.make();
        const model::ProblemFacts& facts = problem->facts();
        const Array pair = test::points_near_minimizer(*problem, 1.0, 2);
        const auto middle = pair.begin() + static_cast<std::ptrdiff_t>(pair.size() / 2);
        const Array x{pair.begin(), middle};
        const Array y{middle, pair.end()};
        const Array step = moved(y, x, -1.0);

        const Array change = moved(
            test::full_gradient(*problem, y), test::full_gradient(*problem, x), -1.0);

        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double length = test::lane_norm(step, lane);
            const double product = slope(change, step, lane);
            CHECK(product >= facts.mu * length * length * (1.0 - 1e-9));
            CHECK(test::lane_norm(change, lane) <= facts.L * length * (1.0 + 1e-9));
        }
        CHECK(facts.condition_number ==
              doctest::Approx(facts.L / facts.mu).epsilon(1e-12));
        CHECK(facts.condition_number_local >= facts.condition_number * (1.0 - 1e-12));
    }
}

TEST_CASE("the mean of the client gradients is the full gradient") {
    for (const test::ProblemCase& own : test::problem_cases()) {
        CAPTURE(own.name);
        const auto problem = own.make();
        const std::size_t n = problem->facts().clients;
        const Array x = test::points_near_minimizer(*problem, 1.0);

        const Array own_gradients = test::gradients(*problem, {0, n}, {x.data(), 0});

        const Array full = test::full_gradient(*problem, x);
        Array difference(x.size());
        double scale = problem->facts().max_residual_norm;
        for (std::size_t e = 0; e < x.size(); ++e) {
            double sum = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                sum += own_gradients[i * x.size() + e];
            }
            difference[e] = sum / static_cast<double>(n) - full[e];
        }
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            scale = std::max(scale, test::lane_norm(full, lane));
        }
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            CHECK(test::lane_norm(difference, lane) <= 1e-13 * scale);
        }
    }
}

TEST_CASE("the facts hold at the minimizer") {
    for (const test::ProblemCase& own : test::problem_cases()) {
        CAPTURE(own.name);
        const auto problem = own.make();
        const model::ProblemFacts& facts = problem->facts();
        const Array x = test::points_near_minimizer(*problem, 0.0);

        const Array residuals =
            test::gradients(*problem, {0, facts.clients}, {x.data(), 0});

        double largest = 0.0;
        double largest_norm = 0.0;
        for (std::size_t i = 0; i < facts.clients; ++i) {
            const auto first =
                residuals.begin() + static_cast<std::ptrdiff_t>(i * x.size());
            const Array residual{first, first + static_cast<std::ptrdiff_t>(x.size())};
            largest_norm = std::max(largest_norm, test::lane_norm(residual, 0));
            for (const double value : residual) {
                largest = std::max(largest, std::abs(value));
            }
        }
        double squares = 0.0;
        for (const double value : facts.x_star) {
            squares += value * value;
        }
        const double rounding = 1e-12 * std::max(1.0, facts.L * facts.initial_distance);
        CHECK(std::abs(facts.G - largest) <= rounding);
        CHECK(std::abs(facts.max_residual_norm - largest_norm) <= rounding);
        CHECK(facts.initial_distance ==
              doctest::Approx(std::sqrt(squares)).epsilon(1e-14));
        CHECK(facts.x_star.size() == facts.dimension);
        CHECK(problem->gradient_cost() > 0.0);
    }
}
