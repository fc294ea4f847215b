#include <vector>

#include <doctest/doctest.h>

#include "model/problem.hpp"

using namespace tailrate;
using doctest::Approx;

namespace {

model::ProblemFacts facts_of(const std::vector<std::vector<double>>& residuals) {
    model::ResidualFacts gathered;
    for (const std::vector<double>& residual : residuals) {
        gathered.add(residual);
    }
    model::ProblemFacts facts;
    gathered.store(facts);
    return facts;
}

}  // namespace

TEST_CASE("the largest component and the longest residual gradient") {
    const model::ProblemFacts facts = facts_of({{3.0, -4.0}, {-4.5, 0.0}, {1.5, 4.0}});

    CHECK(facts.G == 4.5);
    CHECK(facts.max_residual_norm == 5.0);
}

TEST_CASE("skew is the largest mean cube of a component") {
    // (8 - 1 - 1) / 3 = 2 in the first, 0 in the second; G = 2.
    const model::ProblemFacts facts = facts_of({{2.0, 1.0}, {-1.0, -1.0}, {-1.0, 0.0}});

    CHECK(facts.residual_skew == Approx(2.0 / 8.0));
}

TEST_CASE("residual gradients in pairs, or none, have no skew") {
    CHECK(facts_of({{2.0, 1.0}, {-2.0, -1.0}}).residual_skew == 0.0);
    CHECK(facts_of({{0.0, 0.0}}).residual_skew == 0.0);
    CHECK(model::ProblemFacts{}.residual_skew == 0.0);
}
