#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/errors.hpp"
#include "model/text_file.hpp"
#include "problems/problem_bench.hpp"

using namespace tailrate;
using model::Array;
using model::lanes;

namespace {

std::unique_ptr<model::Problem> logistic(
    std::initializer_list<test::Setting> settings) {
    return test::make_problem("logistic", settings);
}

/// x_k = scale (k - 14.5) in every lane.
Array ramp(double scale) {
    Array x(30 * lanes);
    for (std::size_t e = 0; e < x.size(); ++e) {
        const std::size_t k = e / lanes;
        x[e] = scale * (static_cast<double>(k) - 14.5);
    }
    return x;
}

std::string refused_parameter(std::initializer_list<test::Setting> settings) {
    try {
        logistic(settings);
    } catch (const core::ParameterError& error) {
        return error.parameter();
    }
    return "none";
}

/// Three rows of one feature, of about the size of this power of ten.
std::string three_rows(const std::string& power) {
    return "1 1:1" + power + "\n-1 1:2" + power + "\n1 1:4" + power + "\n";
}

/// The parameter that is refused with these data, raw, at two clients.
std::string refused_data(const std::string& text) {
    const test::TextFile file{text};
    return refused_parameter({{"data", file.path().string()},
                              {"features", std::string{"raw"}},
                              {"partition", std::string{"iid"}},
                              {"clients", std::int64_t{2}}});
}

}  // namespace

// The numbers of the next three tests come from numpy 1.24 and scipy 1.10 in double
// precision: the rows sorted by label (argsort, kind='stable') and cut at i * 569 // n,
// columns standardized by mean and std (ddof 0), l by linalg.eigvalsh of
// (1/n) sum_i A_i'A_i / (4 m_i), x* by Newton's method with linalg.solve until the
// gradient was below 1e-13, values by logaddexp.
TEST_CASE("standardized features, 10 clients, condition number 10") {
    const auto problem = logistic({{"clients", std::int64_t{10}}});
    const model::ProblemFacts& facts = problem->facts();
    const Array x = ramp(0.01);

    CHECK(facts.L - facts.mu == doctest::Approx(3.323016345250908).epsilon(1e-13));
    CHECK(facts.mu == doctest::Approx(0.369224038361212).epsilon(1e-13));
    CHECK(facts.f_star == doctest::Approx(0.31516227057220736).epsilon(1e-13));
    CHECK(facts.initial_distance == doctest::Approx(0.7093220037156186).epsilon(1e-12));
    CHECK(facts.G == doctest::Approx(0.1829077964469107).epsilon(1e-12));
    CHECK(facts.max_residual_norm ==
          doctest::Approx(0.35759918246504874).epsilon(1e-12));
    CHECK(facts.condition_number_local ==
          doctest::Approx(17.827225898463396).epsilon(1e-12));
    CHECK(test::lane_norm(test::full_gradient(*problem, x), 2) ==
          doctest::Approx(1.4011656020204373).epsilon(1e-13));
    CHECK(facts.f_star + test::gap_at(*problem, x)[2] ==
          doctest::Approx(0.748295299510692).epsilon(1e-13));
}

TEST_CASE("standardized features, condition number 1e8") {
    const auto problem =
        logistic({{"clients", std::int64_t{10}}, {"condition_number", 1e8}});
    const model::ProblemFacts& facts = problem->facts();

    CHECK(facts.mu == doctest::Approx(3.323016378481072e-08).epsilon(1e-13));
    CHECK(facts.f_star == doctest::Approx(0.025362012947498062).epsilon(1e-12));
    CHECK(facts.initial_distance == doctest::Approx(225.55335848751434).epsilon(1e-9));
}

TEST_CASE("raw features, 3 clients, condition number 100") {
    const auto problem =
        logistic({{"features", std::string{"raw"}}, {"condition_number", 100.0}});
    const model::ProblemFacts& facts = problem->facts();
    const Array x = ramp(1e-4);

    CHECK(facts.L - facts.mu == doctest::Approx(417217.30189137306).epsilon(1e-12));
    CHECK(facts.f_star == doctest::Approx(0.6278207205830303).epsilon(1e-12));
    CHECK(facts.initial_distance ==
          doctest::Approx(0.0043456034426059485).epsilon(1e-11));
    CHECK(facts.G == doctest::Approx(459.1616943805266).epsilon(1e-11));
    CHECK(test::lane_norm(test::full_gradient(*problem, x), 0) ==
          doctest::Approx(97.33017884318706).epsilon(1e-12));
    CHECK(facts.f_star + test::gap_at(*problem, x)[0] ==
          doctest::Approx(0.780875569234533).epsilon(1e-12));
}

TEST_CASE("the digest is that of the file") {
    CHECK(logistic({})->data_digest() ==
          "16b7fcb9898439dabfda3c187e557907e20fe56000e5b2b4beaa969da37dc4e5");
}

TEST_CASE("partitions: sorted rows differ most, random ones depend on the seed") {
    const auto heterogeneity = [](const char* partition, std::int64_t seed) {
        return logistic({{"clients", std::int64_t{3}},
                         {"partition", std::string{partition}},
                         {"instance_seed", seed}})
            ->facts()
            .max_residual_norm;
    };

    CHECK(heterogeneity("by_label", 1) > heterogeneity("iid", 1));
    CHECK(heterogeneity("by_label", 1) == heterogeneity("by_label", 2));
    CHECK(heterogeneity("iid", 1) != heterogeneity("iid", 2));
    CHECK(heterogeneity("dirichlet", 1) != heterogeneity("dirichlet", 2));
}

// 4000 calls in 16 lanes give 64000 gradients of batches of 4 rows. Each coordinate of
// their mean is within 5.5 standard errors of the full gradient; 90 coordinates, false
// alarm below 4e-6. The seed is fixed.
TEST_CASE("mini-batch gradients average to the full gradient") {
    const auto batches = logistic({{"batch", std::int64_t{4}}});
    const auto full = logistic({});
    const Array x = ramp(0.01);
    const Array expected = test::gradients(*full, {0, 3}, {x.data(), 0});
    constexpr std::uint64_t calls = 4000;
    std::vector<double> sums(90, 0.0);
    std::vector<double> squares(90, 0.0);

    for (std::uint64_t call = 0; call < calls; ++call) {
        const Array drawn =
            test::gradients(*batches, {0, 3}, {x.data(), 0}, {1, 32, call});
        for (std::size_t e = 0; e < drawn.size(); ++e) {
            const double offset = drawn[e] - expected[e];
            sums[e / lanes] += offset;
            squares[e / lanes] += offset * offset;
        }
    }

    constexpr double n = static_cast<double>(calls * lanes);
    for (std::size_t k = 0; k < 90; ++k) {
        CAPTURE(k);
        const double mean = sums[k] / n;
        const double error = std::sqrt((squares[k] / n - mean * mean) / n);
        CHECK(error > 0.0);
        CHECK(std::abs(mean) < 5.5 * error);
    }
}

TEST_CASE("the rows of a mini-batch depend on its address only") {
    const auto problem = logistic({{"batch", std::int64_t{3}}});
    const auto other =
        logistic({{"batch", std::int64_t{3}}, {"condition_number", 50.0}});
    const Array zero(30 * lanes, 0.0);
    const model::Points points{zero.data(), 0};

    const Array first = test::gradients(*problem, {0, 3}, points, {1, 16, 5});

    CHECK(first == test::gradients(*problem, {0, 3}, points, {1, 16, 5}));
    CHECK(first == test::gradients(*other, {0, 3}, points, {1, 16, 5}));
    CHECK(first != test::gradients(*problem, {0, 3}, points, {1, 16, 6}));
    CHECK(first != test::gradients(*problem, {0, 3}, points, {1, 32, 5}));
    CHECK(first != test::gradients(*problem, {0, 3}, points, {2, 16, 5}));
}

// At x = 0 every row adds half of itself, so that the sum over 17 rows less that over
// the first 16 is half a row. The second 16 rows are others than the first: the means
// differ.
TEST_CASE("a batch longer than a tile continues the rows of the shorter one") {
    const Array zero(30 * lanes, 0.0);
    const auto mean_of = [&](std::int64_t batch) {
        return test::gradients(
            *logistic({{"batch", batch}}), {1, 2}, {zero.data(), 0}, {1, 0, 0});
    };

    const Array sixteen = mean_of(16);
    const Array seventeen = mean_of(17);
    const Array thirty_two = mean_of(32);

    double largest = 0.0;
    double shift = 0.0;
    for (std::size_t e = 0; e < sixteen.size(); ++e) {
        largest = std::max(largest, std::abs(17.0 * seventeen[e] - 16.0 * sixteen[e]));
        shift = std::max(shift, std::abs(thirty_two[e] - sixteen[e]));
    }
    CHECK(largest < 6.5);  // half the largest standardized feature, 12.1
    CHECK(shift > 0.1);
}

TEST_CASE("far points give finite values of the right growth") {
    const auto problem = logistic({{"clients", std::int64_t{10}}});
    for (const double scale : {1e3, 1e8, 1e150}) {
        const Array x = ramp(scale);
        const double mu = problem->facts().mu;
        const double length = test::lane_norm(x, 0);
        const double gap = test::gap_at(*problem, x)[0];
        CHECK(std::isfinite(gap));
        CHECK(gap > 0.5 * mu * length * length * (1.0 - 1e-2));
        CHECK(std::isfinite(test::lane_norm(test::full_gradient(*problem, x), 0)));
    }
}

TEST_CASE("data so large, so small or so alike that a run is no run are refused") {
    for (const std::string power : {"e52", "e120", "e160", "e-52", "e-120", "e-160"}) {
        CAPTURE(power);
        CHECK(refused_data(three_rows(power)) == "data");
    }
    // The two classes are one: the gradient at 0 is 0.
    CHECK(refused_data("1 1:1\n1 1:-1\n-1 1:1\n-1 1:-1\n") == "data");
}

TEST_CASE("at the ends of what is allowed an instance and its start are numbers") {
    for (const std::string power : {"e-49", "e0", "e49"}) {
        for (const double condition_number : {1.0 + 1e-15, 10.0, 1e50}) {
            CAPTURE(power);
            CAPTURE(condition_number);
            const test::TextFile file{three_rows(power)};
            const auto problem = logistic({{"data", file.path().string()},
                                           {"condition_number", condition_number},
                                           {"features", std::string{"raw"}},
                                           {"clients", std::int64_t{2}}});
            CHECK(std::isfinite(problem->facts().condition_number_local));
            CHECK(std::isfinite(problem->facts().residual_skew));
            test::check_start(*problem);
        }
    }
}

TEST_CASE("values that the data do not allow are refused by name") {
    const std::string dirichlet = "dirichlet";

    CHECK(refused_parameter({{"clients", std::int64_t{570}}}) == "clients");
    CHECK(refused_parameter({{"clients", std::int64_t{100}},
                             {"partition", dirichlet},
                             {"alpha", 0.01}}) == "partition");
    CHECK(refused_parameter({{"clients", std::int64_t{569}}}) == "none");
    CHECK(refused_parameter({{"condition_number", 1.1e50}}) == "condition_number");
    CHECK_THROWS_AS(logistic({{"data", std::string{"nothing.libsvm"}}}),
                    core::ParameterError);
}
