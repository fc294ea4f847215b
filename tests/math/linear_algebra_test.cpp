#include "math/linear_algebra.hpp"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "math/elementary.hpp"
#include "ulp.hpp"

namespace tailrate::math {
namespace {

/// Standard normals by Box & Muller.
std::vector<double> draw_normals(Splitmix& random, std::size_t count) {
    std::vector<double> normals;
    for (std::size_t i = 0; i < count; ++i) {
        const double radius = std::sqrt(-2.0 * log(1.0 - random.uniform(0.0, 1.0)));
        normals.push_back(radius * cospi(random.uniform(0.0, 2.0)));
    }
    return normals;
}

std::vector<double> column(const std::vector<double>& a, std::size_t d, std::size_t j) {
    std::vector<double> entries;
    for (std::size_t i = 0; i < d; ++i) {
        entries.push_back(a[i * d + j]);
    }
    return entries;
}

/// Largest entry of |Q'Q - I|.
double distance_from_orthogonal(const std::vector<double>& q, std::size_t d) {
    double worst = 0.0;
    for (std::size_t i = 0; i < d; ++i) {
        for (std::size_t j = 0; j < d; ++j) {
            const double expected = i == j ? 1.0 : 0.0;
            const double product = dot(column(q, d, i), column(q, d, j));
            worst = std::max(worst, std::abs(product - expected));
        }
    }
    return worst;
}

TEST_CASE("dot and norm give hand-computed values") {
    const std::vector<double> a{1.0, 2.0, 3.0};
    const std::vector<double> b{4.0, -5.0, 6.0};

    CHECK(dot(a, b) == 12.0);
    CHECK(norm(std::vector<double>{3.0, 4.0}) == 5.0);
    CHECK(dot({}, {}) == 0.0);
    CHECK_THROWS_AS(static_cast<void>(dot(a, {})), core::ContractViolation);
}

TEST_CASE("haar_orthogonal is orthogonal") {
    Splitmix random{30};
    for (const std::size_t d : {1U, 2U, 3U, 10U, 57U, 100U}) {
        CAPTURE(d);
        const std::vector<double> q = haar_orthogonal(d, draw_normals(random, d * d));
        CHECK(distance_from_orthogonal(q, d) <= 1e-14);
    }
}

TEST_CASE("haar_orthogonal is Gram-Schmidt with a positive diagonal") {
    // Columns (3, 4) and (1, 0): q_1 = (3, 4)/5, and q_2 = (4, -3)/5, whose product
    // with (1, 0) is positive.
    const std::vector<double> q = haar_orthogonal(2, std::vector<double>{3, 1, 4, 0});
    const std::vector<double> expected{0.6, 0.8, 0.8, -0.6};

    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(std::abs(q[i] - expected[i]) <= 1e-15);
    }
    CHECK(haar_orthogonal(1, std::vector<double>{-2.0}).front() == -1.0);
}

TEST_CASE("haar_orthogonal has the moments and signs of the Haar measure") {
    // Over 4000 matrices of order 3: an entry has mean 0 and variance 1/3; the trace
    // has mean 0 and variance 1; the determinant is 1 in half of the cases. Bounds at 5
    // standard deviations: false alarm below 6e-7 each.
    Splitmix random{31};
    const int n = 4000;
    double corner = 0.0;
    double corner_square = 0.0;
    double trace = 0.0;
    double trace_square = 0.0;
    int n_positive = 0;
    for (int i = 0; i < n; ++i) {
        const std::vector<double> q = haar_orthogonal(3, draw_normals(random, 9));
        const double determinant = q[0] * (q[4] * q[8] - q[5] * q[7]) -
                                   q[1] * (q[3] * q[8] - q[5] * q[6]) +
                                   q[2] * (q[3] * q[7] - q[4] * q[6]);
        CHECK(std::abs(std::abs(determinant) - 1.0) <= 1e-14);
        n_positive += determinant > 0.0 ? 1 : 0;
        const double sum = q[0] + q[4] + q[8];
        corner += q[0] / n;
        corner_square += q[0] * q[0] / n;
        trace += sum / n;
        trace_square += sum * sum / n;
    }
    const double bound = 5.0 / std::sqrt(n);

    CHECK(std::abs(corner) <= bound * std::sqrt(1.0 / 3.0));
    CHECK(std::abs(corner_square - 1.0 / 3.0) <= bound * std::sqrt(4.0 / 45.0));
    CHECK(std::abs(trace) <= bound);
    CHECK(std::abs(trace_square - 1.0) <= bound * std::sqrt(2.0));
    CHECK(std::abs(n_positive - n / 2) <= bound * n / 2);
}

}  // namespace
}  // namespace tailrate::math
