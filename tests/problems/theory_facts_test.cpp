#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "problems/problem_bench.hpp"

using namespace tailrate;

namespace {

model::ProblemFacts quadratic(const std::string& residuals, std::int64_t clients) {
    return test::make_problem(
               "quadratic",
               {{"residuals", residuals}, {"heterogeneity", 3.0}, {"clients", clients}})
        ->facts();
}

}  // namespace

TEST_CASE("residual gradients of two equal groups have no skew") {
    CHECK(quadratic("two_groups", 6).residual_skew < 1e-12);
    CHECK(quadratic("gaussian", 2).residual_skew < 1e-12);
    CHECK(quadratic("one_client", 6).residual_skew > 0.01);
    CHECK(quadratic("skewed", 6).residual_skew > 0.01);
    CHECK(quadratic("gaussian", 6).residual_skew > 0.001);
}

TEST_CASE("a quadratic has one curvature, a logistic cost has not") {
    CHECK(quadratic("gaussian", 3).is_quadratic);
    CHECK_FALSE(quadratic("gaussian", 3).draws_rows);
    CHECK_FALSE(test::make_problem("logistic")->facts().is_quadratic);
}

TEST_CASE("a batch is noise of the problem's own") {
    CHECK_FALSE(test::make_problem("logistic")->facts().draws_rows);
    CHECK(test::make_problem("logistic", {{"batch", std::int64_t{4}}})
              ->facts()
              .draws_rows);
}
