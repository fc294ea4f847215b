#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/errors.hpp"
#include "math/symmetric_eigenvalues.hpp"
#include "problems/problem_bench.hpp"

using namespace tailrate;
using model::Array;
using model::lanes;

namespace {

const std::vector<std::string> laws{"gaussian", "skewed", "two_groups", "one_client"};

std::unique_ptr<model::Problem> quadratic(
    std::initializer_list<test::Setting> settings) {
    return test::make_problem("quadratic", settings);
}

std::vector<double> array_of(const model::Problem& problem, const std::string& name) {
    for (const model::InstanceArray& array : problem.arrays()) {
        if (array.name == name) {
            return array.values;
        }
    }
    return {};
}

/// (clients x dimension) A_i (x* - b_i), from the arrays of the result file.
std::vector<double> residuals(const model::Problem& problem) {
    const std::size_t n = problem.facts().clients;
    const std::size_t d = problem.facts().dimension;
    const std::vector<double> a = array_of(problem, "A");
    const std::vector<double> b = array_of(problem, "b");
    std::vector<double> out(n * d, 0.0);
    for (std::size_t k = 0; k < n * d * d; ++k) {
        const std::size_t i = k / (d * d);
        const std::size_t column = k % d;
        out[k / d] += a[k] * (problem.facts().x_star[column] - b[i * d + column]);
    }
    return out;
}

std::string refused_parameter(std::initializer_list<test::Setting> settings) {
    try {
        quadratic(settings);
    } catch (const core::ParameterError& error) {
        return error.parameter();
    }
    return "none";
}

}  // namespace

TEST_CASE("without a rotation memory is linear in the dimension, and said to be so") {
    const auto bytes = [](std::int64_t dimension) {
        return quadratic({{"clients", std::int64_t{2}},
                          {"dimension", dimension},
                          {"rotation", std::string{"none"}}})
            ->bytes();
    };
    const auto linear = [](double dimension) { return 8.0 * 2.0 * 4.0 * dimension; };

    CHECK(bytes(100'000) < linear(100'000.0) + 8.0 * 4'194'304.0);
    CHECK(bytes(100'000) > linear(50'000.0) / 2.0);
}

TEST_CASE("the average Hessian has log-spaced eigenvalues") {
    for (const char* rotation : {"random", "none"}) {
        const auto problem = quadratic({{"clients", std::int64_t{7}},
                                        {"dimension", std::int64_t{20}},
                                        {"condition_number", 1000.0},
                                        {"curvature_spread", 0.9},
                                        {"rotation", std::string{rotation}}});
        const std::vector<double> a = array_of(*problem, "A");
        std::vector<double> mean(400, 0.0);
        for (std::size_t k = 0; k < a.size(); ++k) {
            mean[k % 400] += a[k] / 7.0;
        }

        const std::vector<double> eigenvalues = test::symmetric_eigenvalues(mean, 20);

        for (std::size_t j = 0; j < 20; ++j) {
            const double expected = std::pow(1000.0, static_cast<double>(j) / 19.0);
            CHECK(std::abs(eigenvalues[j] - expected) < 1e-13 * 1000.0);
        }
        CHECK(problem->facts().mu == 1.0);
        CHECK(problem->facts().L == 1000.0);
    }
}

TEST_CASE("the residuals are the client gradients at the minimizer") {
    for (const std::string& law : laws) {
        CAPTURE(law);
        const auto problem = quadratic({{"clients", std::int64_t{5}},
                                        {"heterogeneity", 30.0},
                                        {"initial_distance", 10.0},
                                        {"curvature_spread", 0.5},
                                        {"residuals", law}});
        const Array x = test::points_near_minimizer(*problem, 0.0);

        const Array gradients = test::gradients(*problem, {0, 5}, {x.data(), 0});

        const std::vector<double> expected = residuals(*problem);
        double squares = 0.0;
        std::vector<double> sum(5, 0.0);
        for (std::size_t k = 0; k < expected.size(); ++k) {
            CHECK(std::abs(gradients[k * lanes] - expected[k]) < 1e-12);
            squares += gradients[k * lanes] * gradients[k * lanes];
            sum[k % 5] += gradients[k * lanes];
        }
        CHECK(std::sqrt(squares / 5.0) == doctest::Approx(30.0).epsilon(1e-14));
        for (const double component : sum) {
            CHECK(std::abs(component) < 1e-13);
        }
    }
}

TEST_CASE("the value at the minimizer is that of the definition") {
    const auto problem = quadratic({{"heterogeneity", 4.0}, {"curvature_spread", 0.5}});
    const std::vector<double> b = array_of(*problem, "b");
    const std::vector<double> r = residuals(*problem);

    double sum = 0.0;
    for (std::size_t k = 0; k < b.size(); ++k) {
        sum += 0.5 * r[k] * (problem->facts().x_star[k % 5] - b[k]);
    }

    CHECK(problem->facts().f_star == doctest::Approx(sum / 3.0).epsilon(1e-13));
}

TEST_CASE("two groups pull in opposite directions, one client against the others") {
    const auto groups =
        residuals(*quadratic({{"clients", std::int64_t{4}},
                              {"heterogeneity", 2.0},
                              {"residuals", std::string{"two_groups"}}}));
    const auto single =
        residuals(*quadratic({{"clients", std::int64_t{4}},
                              {"heterogeneity", 2.0},
                              {"residuals", std::string{"one_client"}}}));

    for (std::size_t j = 0; j < 5; ++j) {
        CHECK(groups[j] == doctest::Approx(-groups[5 + j]));
        CHECK(groups[j] == doctest::Approx(groups[10 + j]));
        CHECK(single[j] == doctest::Approx(-3.0 * single[5 + j]));
        CHECK(single[5 + j] == doctest::Approx(single[15 + j]));
    }
}

// 50000 numbers: the mean of the cubes of a centred exponential law is 2 with standard
// deviation sqrt(265 - 4) / sqrt(50000) = 0.072, of a normal law 0 with 0.017; 5 times
// that is wrong with probability 6e-7. The seed is fixed.
TEST_CASE("skewed residuals have skewness 2, gaussian ones 0") {
    struct Law {
        std::string key;
        double skewness;
        double bound;
    };

    for (const Law& law : {Law{"skewed", 2.0, 0.37}, Law{"gaussian", 0.0, 0.09}}) {
        CAPTURE(law.key);
        const auto problem = quadratic({{"clients", std::int64_t{1000}},
                                        {"dimension", std::int64_t{50}},
                                        {"heterogeneity", std::sqrt(50.0)},
                                        {"rotation", std::string{"none"}},
                                        {"residuals", law.key}});
        double cubes = 0.0;
        for (const double value : residuals(*problem)) {
            cubes += value * value * value;
        }
        CHECK(std::abs(cubes / 50000.0 - law.skewness) < law.bound);
    }
}

TEST_CASE("instances that differ in one parameter share their directions") {
    const auto base = quadratic({{"heterogeneity", 3.0}});
    const auto steeper =
        quadratic({{"heterogeneity", 3.0}, {"condition_number", 100.0}});
    const auto farther = quadratic({{"heterogeneity", 6.0}, {"initial_distance", 2.0}});
    const auto longer =
        quadratic({{"heterogeneity", 3.0}, {"dimension", std::int64_t{6}}});
    const std::vector<double> r = residuals(*base);
    const std::vector<double> r_steeper = residuals(*steeper);
    const std::vector<double> r_farther = residuals(*farther);

    CHECK(base->facts().x_star == steeper->facts().x_star);
    for (std::size_t j = 0; j < 5; ++j) {
        const double ratio = longer->facts().x_star[j] / base->facts().x_star[j];
        CHECK(farther->facts().x_star[j] == 2.0 * base->facts().x_star[j]);
        CHECK(ratio ==
              doctest::Approx(longer->facts().x_star[0] / base->facts().x_star[0]));
    }
    for (std::size_t k = 0; k < r.size(); ++k) {
        CHECK(r_steeper[k] == doctest::Approx(r[k]).epsilon(1e-11));
        CHECK(r_farther[k] == doctest::Approx(2.0 * r[k]).epsilon(1e-11));
    }
}

TEST_CASE("another instance seed gives another instance") {
    const auto first = quadratic({{"heterogeneity", 3.0}});
    const auto second =
        quadratic({{"heterogeneity", 3.0}, {"instance_seed", std::int64_t{2}}});

    CHECK(first->facts().x_star != second->facts().x_star);
    CHECK(array_of(*first, "A") != array_of(*second, "A"));
    CHECK(residuals(*first) != residuals(*second));
}

// A simulated instance of another stream had 15.6 at spread 0.5 and 23.1 at 0.9. For
// 10 clients the largest factor is about 1 + s 0.45, the least 1 - s 0.45.
TEST_CASE("the spread of the curvatures raises the local condition number") {
    const auto local = [](double spread) {
        return quadratic({{"clients", std::int64_t{10}},
                          {"dimension", std::int64_t{10}},
                          {"curvature_spread", spread}})
            ->facts()
            .condition_number_local;
    };

    CHECK(local(0.0) == 10.0);
    CHECK(local(0.5) > 11.0);
    CHECK(local(0.5) < 20.0);
    CHECK(local(0.9) > local(0.5));
    CHECK(local(0.9) < 45.0);
}

TEST_CASE("small numbers by hand: one dimension, diagonal Hessian") {
    const auto problem = quadratic({{"clients", std::int64_t{2}},
                                    {"dimension", std::int64_t{1}},
                                    {"condition_number", 1.0},
                                    {"heterogeneity", 3.0},
                                    {"initial_distance", 4.0},
                                    {"residuals", std::string{"two_groups"}},
                                    {"rotation", std::string{"none"}}});
    const double x_star = problem->facts().x_star[0];
    Array x(lanes, x_star + 0.5);

    const Array gradients = test::gradients(*problem, {0, 2}, {x.data(), 0});

    CHECK(std::abs(x_star) == 4.0);
    CHECK(std::abs(gradients[0] - 0.5) == doctest::Approx(3.0));
    CHECK(gradients[0] + gradients[lanes] == doctest::Approx(1.0));
    CHECK(problem->facts().f_star == doctest::Approx(4.5));
    CHECK(test::gap_at(*problem, x)[0] == doctest::Approx(0.125));
    CHECK(problem->facts().G == doctest::Approx(3.0));
}

TEST_CASE("arrays are A where it is small, else lambda and the rotation") {
    const auto names = [](const model::Problem& problem) {
        std::string text;
        for (const model::InstanceArray& array : problem.arrays()) {
            text += array.name + " ";
        }
        return text;
    };
    const test::Setting none{"rotation", std::string{"none"}};

    CHECK(names(*quadratic({})) == "b A ");
    CHECK(names(*quadratic({none})) == "b A ");
    CHECK(names(*quadratic({{"dimension", std::int64_t{2000}}, none})) == "b lambda ");
    CHECK(names(*quadratic({{"dimension", std::int64_t{120}},
                            {"clients", std::int64_t{300}}})) == "b lambda Q ");
}

TEST_CASE("equal and different Hessians give the same gradient where they agree") {
    const double least = std::numeric_limits<double>::denorm_min();
    const auto equal =
        quadratic({{"heterogeneity", 3.0}, {"dimension", std::int64_t{11}}});
    const auto different = quadratic({{"heterogeneity", 3.0},
                                      {"dimension", std::int64_t{11}},
                                      {"curvature_spread", least}});
    const Array x = test::points_near_minimizer(*equal, 1.0);

    CHECK(test::gradients(*equal, {0, 3}, {x.data(), 0}) ==
          test::gradients(*different, {0, 3}, {x.data(), 0}));
}

TEST_CASE("numbers whose powers are no doubles are refused by name") {
    for (const char* name : {"condition_number", "heterogeneity", "initial_distance"}) {
        CAPTURE(name);
        CHECK(refused_parameter({{name, 1.1e50}}) == name);
        CHECK(refused_parameter({{name, 1e300}}) == name);
        CHECK(refused_parameter({{name, 1e50}}) == "none");
    }
    for (const char* name : {"heterogeneity", "initial_distance"}) {
        CHECK(refused_parameter({{name, 0.9e-50}}) == name);
        CHECK(refused_parameter({{name, 1e-300}}) == name);
        CHECK(refused_parameter({{name, 1e-50}}) == "none");
    }
}

TEST_CASE("at the ends of what is allowed an instance and its start are numbers") {
    for (const double distance : {1e-50, 1e50}) {
        for (const double heterogeneity : {0.0, 1e-50, 1e50}) {
            for (const double condition_number : {1.0, 1e50}) {
                const auto problem = quadratic({{"initial_distance", distance},
                                                {"heterogeneity", heterogeneity},
                                                {"condition_number", condition_number},
                                                {"residuals", std::string{"skewed"}},
                                                {"curvature_spread", 0.9}});
                const model::ProblemFacts& facts = problem->facts();
                CHECK(std::isfinite(facts.f_star));
                CHECK(std::isfinite(facts.max_residual_norm));
                CHECK((facts.residual_skew > 0.0) == (heterogeneity > 0.0));
                test::check_start(*problem);
            }
        }
    }
}

TEST_CASE("values that contradict each other are refused by name") {
    CHECK(refused_parameter({{"clients", std::int64_t{1}}, {"heterogeneity", 1.0}}) ==
          "heterogeneity");
    CHECK(refused_parameter({{"dimension", std::int64_t{1}}}) == "condition_number");
    CHECK(refused_parameter({{"dimension", std::int64_t{10000}}}) == "dimension");
    CHECK(refused_parameter({{"clients", std::int64_t{1}}}) == "none");
}
