#include "model/ridge_logistic.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "math/linear_algebra.hpp"

using namespace tailrate;
using model::RidgeLogistic;
using model::SparseRows;

namespace {

SparseRows rows_of(const std::vector<std::vector<double>>& dense) {
    SparseRows rows{.dimension = dense.front().size()};
    for (const std::vector<double>& row : dense) {
        for (std::size_t k = 0; k < row.size(); ++k) {
            rows.columns.push_back(static_cast<std::uint32_t>(k));
            rows.values.push_back(row[k]);
        }
        rows.starts.push_back(rows.values.size());
    }
    return rows;
}

/// Expected loss_above_tangent(s, step).
struct Excess {
    double s;
    double step;
    double expected;
};

}  // namespace

TEST_CASE("sigmoid and loss neither overflow nor lose small values") {
    CHECK(model::sigmoid(0.0) == 0.5);
    CHECK(model::sigmoid(-700.0) == doctest::Approx(std::exp(-700.0)).epsilon(1e-14));
    CHECK(model::sigmoid(1e308) == 1.0);
    CHECK(model::sigmoid(-1e308) == 0.0);
    CHECK(model::logistic_loss(0.0) == doctest::Approx(std::log(2.0)).epsilon(1e-15));
    CHECK(model::logistic_loss(50.0) ==
          doctest::Approx(std::exp(-50.0)).epsilon(1e-14));
    CHECK(model::logistic_loss(-1e300) == 1e300);
}

// Reference values by Python's decimal module with 120 digits and more.
TEST_CASE("the excess over the tangent is accurate for small and large arguments") {
    for (const Excess& own : {Excess{0.0, 1e-12, 1.25e-25},
                              Excess{0.0, -0.2, 0.0049916888216465305},
                              Excess{0.0, 0.3, 0.011208063908581808},
                              Excess{0.0, 20.0, 9.306852821501208},
                              Excess{0.0, -900.0, 449.30685281944005},
                              Excess{0.75, 0.001, 1.0893448004417909e-07},
                              Excess{0.75, -0.26, 0.007579606276963831},
                              Excess{0.75, -2.0, 0.4734154735812589},
                              Excess{0.75, 900.0, 288.3522997360314},
                              Excess{-0.75, -1e-07, 1.0894749557950225e-15},
                              Excess{-0.75, 0.25, 0.00700065285905498},
                              Excess{-0.75, 2.0, 0.4734154735812589},
                              Excess{-0.75, -50.0, 15.654194035115452},
                              Excess{3.0, 1e-12, 2.258832986544925e-26},
                              Excess{3.0, -0.2, 0.0009603000787159843},
                              Excess{3.0, 0.3, 0.0018596692501872511},
                              Excess{3.0, 20.0, 0.8999301120802123},
                              Excess{3.0, -900.0, 854.2681267886162},
                              Excess{-3.0, 0.001, 2.2595146500183757e-08},
                              Excess{-3.0, -0.26, 0.0014132694162014812},
                              Excess{-3.0, -2.0, 0.05297974327050957},
                              Excess{-3.0, 900.0, 854.2681267886162},
                              Excess{30.0, -1e-07, 4.678811640379598e-28},
                              Excess{30.0, 0.25, 2.695068691895148e-15},
                              Excess{30.0, 2.0, 1.0624039523748271e-13},
                              Excess{30.0, -50.0, 20.00000000205638},
                              Excess{-30.0, 1e-12, 4.678811484420771e-38},
                              Excess{-30.0, -0.2, 1.7527532522616606e-15},
                              Excess{-30.0, 0.3, 4.6655992297209184e-15},
                              Excess{-30.0, 20.0, 4.539889725176382e-05},
                              Excess{-30.0, -900.0, 8.412503048986529e-11},
                              Excess{300.0, 0.001, 2.5732422923010532e-137},
                              Excess{300.0, -0.26, 1.9012348038642134e-132},
                              Excess{300.0, -2.0, 2.259573958469358e-130},
                              Excess{300.0, 900.0, 4.628231999948401e-128}}) {
        CAPTURE(own.s);
        CAPTURE(own.step);
        CHECK(model::loss_above_tangent(own.s, own.step) ==
              doctest::Approx(own.expected).epsilon(1e-14));
    }
    CHECK(model::loss_above_tangent(1.0, 0.0) == 0.0);
}

// f(x) = log(1 + exp(-x)) + (mu/2) x^2 has f'(x) = 0 where mu x = 1 / (1 + exp(x)):
// with mu = 1 / (1 + e), x = 1.
TEST_CASE("the minimizer of one row by hand") {
    const SparseRows rows = rows_of({{1.0}});
    const double mu = 1.0 / (1.0 + std::exp(1.0));

    const auto x = model::minimizer({&rows, 0, {1.0}, mu});

    REQUIRE(x.has_value());
    CHECK(x->front() == doctest::Approx(1.0).epsilon(1e-15));
}

TEST_CASE("the minimizer is found from far away and through flat regions") {
    const SparseRows rows = rows_of({{1000.0, 1.0}, {-999.0, 1.0}, {1.0, -3.0}});
    for (const double mu : {1e3, 1.0, 1e-3, 1e-6}) {
        CAPTURE(mu);
        const RidgeLogistic f{&rows, 0, {0.25, 0.25, 0.5}, mu};

        const auto x = model::minimizer(f);

        REQUIRE(x.has_value());
        CHECK(math::norm(f.gradient(*x)) < 1e-12 * 1000.0);
    }
}

TEST_CASE("no minimizer is claimed where the data overflow") {
    const SparseRows rows = rows_of({{1e300, 1e300}, {-1e300, 1e300}});

    CHECK_FALSE(model::minimizer({&rows, 0, {0.5, 0.5}, 1e-300}).has_value());
}

TEST_CASE("the gradient is the slope of the value, over a part of the rows too") {
    const SparseRows rows = rows_of({{9.0, 9.0}, {1.0, 2.0}, {-0.5, 1.5}});
    const RidgeLogistic f{&rows, 1, {0.75, 0.25}, 0.1};
    const std::vector<double> x{0.3, -0.7};

    const std::vector<double> gradient = f.gradient(x);

    for (std::size_t k = 0; k < 2; ++k) {
        std::vector<double> above = x;
        std::vector<double> below = x;
        above[k] += 1e-6;
        below[k] -= 1e-6;
        const double slope = (f.value(above) - f.value(below)) / 2e-6;
        CHECK(gradient[k] == doctest::Approx(slope).epsilon(1e-8));
    }
}
