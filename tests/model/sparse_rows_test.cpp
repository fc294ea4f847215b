#include "model/sparse_rows.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "math/symmetric_eigenvalues.hpp"
#include "support/words.hpp"

using namespace tailrate;
using model::SparseRows;

namespace {

/// Rows with about `density` of their entries stored.
SparseRows random_rows(std::size_t m, std::size_t d, double density) {
    test::Words words{3};
    SparseRows rows{.dimension = d};
    for (std::size_t j = 0; j < m; ++j) {
        for (std::size_t k = 0; k < d; ++k) {
            if (words.uniform(0.0, 1.0) < density) {
                rows.columns.push_back(static_cast<std::uint32_t>(k));
                rows.values.push_back(words.uniform(-1.0, 1.0));
            }
        }
        rows.starts.push_back(rows.values.size());
    }
    return rows;
}

}  // namespace

TEST_CASE("standardized columns have mean 0 and variance 1, constant ones are 0") {
    const SparseRows rows{.dimension = 4,
                          .starts = {0, 3, 5, 7},
                          .columns = {0, 1, 3, 1, 3, 0, 3},
                          .values = {3.0, 1.0, 0.1, 4.0, 0.1, 6.0, 0.1}};

    const SparseRows out = model::standardized(rows);

    CHECK(out.dimension == 4);
    CHECK(out.columns == std::vector<std::uint32_t>{0, 1, 0, 1, 0, 1});
    const double a = std::sqrt(1.5);
    const std::vector<double> expected{0.0,
                                       -2.0 / std::sqrt(26.0),
                                       -a,
                                       7.0 / std::sqrt(26.0),
                                       a,
                                       -5.0 / std::sqrt(26.0)};
    for (std::size_t k = 0; k < expected.size(); ++k) {
        CHECK(out.values[k] == doctest::Approx(expected[k]).epsilon(1e-15));
    }
}

TEST_CASE("the largest eigenvalue agrees with the dense one") {
    constexpr std::size_t d = 60;
    const SparseRows rows = random_rows(200, d, 0.3);
    std::vector<double> weights(200);
    for (std::size_t j = 0; j < 200; ++j) {
        weights[j] = 1.0 + static_cast<double>(j % 7);
    }
    std::vector<double> gram(d * d, 0.0);
    for (std::size_t j = 20; j < 180; ++j) {
        const model::SparseRow row = rows.row(j);
        for (std::size_t a = 0; a < row.values.size(); ++a) {
            for (std::size_t b = 0; b < row.values.size(); ++b) {
                gram[row.columns[a] * d + row.columns[b]] +=
                    weights[j] * row.values[a] * row.values[b];
            }
        }
    }

    CHECK(model::largest_eigenvalue(rows, 20, 180, weights) ==
          doctest::Approx(test::symmetric_eigenvalues(gram, d).back()).epsilon(1e-13));
}

TEST_CASE("the largest eigenvalue of rank one, of zero rows and in one dimension") {
    const SparseRows rank_one{
        .dimension = 3, .starts = {0, 2}, .columns = {0, 2}, .values = {3.0, -4.0}};
    const SparseRows empty{.dimension = 3, .starts = {0, 0, 0}};
    const SparseRows line{
        .dimension = 1, .starts = {0, 1, 2}, .columns = {0, 0}, .values = {2.0, 1.0}};

    CHECK(model::largest_eigenvalue(rank_one, 0, 1, std::vector{2.0}) ==
          doctest::Approx(50.0).epsilon(1e-14));
    CHECK(model::largest_eigenvalue(empty, 0, 2, std::vector{1.0, 1.0}) == 0.0);
    CHECK(model::largest_eigenvalue(line, 0, 2, std::vector{1.0, 1.0}) ==
          doctest::Approx(5.0).epsilon(1e-14));
}

TEST_CASE("nearly equal largest eigenvalues are told apart") {
    SparseRows rows{.dimension = 100};
    for (std::uint32_t k = 0; k < 100; ++k) {
        rows.columns.push_back(k);
        rows.values.push_back(1.0 + 1e-4 * k);
        rows.starts.push_back(k + 1);
    }

    const double found =
        model::largest_eigenvalue(rows, 0, 100, std::vector<double>(100, 1.0));

    CHECK(found == doctest::Approx(1.0099 * 1.0099).epsilon(1e-14));
}
