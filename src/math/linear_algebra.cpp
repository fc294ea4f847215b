#include "math/linear_algebra.hpp"

#include <cmath>

#include "core/contracts.hpp"

namespace tailrate::math {

namespace {

/// A square matrix by rows.
struct SquareView {
    std::span<double> entries;
    std::size_t d;

    [[nodiscard]] double& operator()(std::size_t row, std::size_t column) const {
        return entries[row * d + column];
    }

    [[nodiscard]] std::span<double> row(std::size_t i) const {
        return entries.subspan(i * d, d);
    }
};

/// a <- (1 - 2 v v') a on rows and columns from `first`; v is a unit vector, 0 before.
void reflect(SquareView a, std::span<const double> v, std::size_t first) {
    std::vector<double> products(a.d, 0.0);
    for (std::size_t i = first; i < a.d; ++i) {
        const std::span<const double> row = a.row(i);
        for (std::size_t j = first; j < a.d; ++j) {
            products[j] = std::fma(v[i], row[j], products[j]);
        }
    }
    for (std::size_t i = first; i < a.d; ++i) {
        const std::span<double> row = a.row(i);
        const double twice = 2.0 * v[i];
        for (std::size_t j = first; j < a.d; ++j) {
            row[j] = std::fma(-twice, products[j], row[j]);
        }
    }
}

/// The unit vector whose reflection takes column k of a, from row k on, to a multiple
/// of the first unit vector.
std::vector<double> householder_vector(SquareView a, std::size_t k) {
    std::vector<double> v(a.d, 0.0);
    for (std::size_t i = k; i < a.d; ++i) {
        v[i] = a(i, k);
    }
    v[k] += std::copysign(norm(v), v[k]);
    const double length = norm(v);
    TAILRATE_EXPECTS(length > 0.0);
    for (double& entry : v) {
        entry /= length;
    }
    return v;
}

}  // namespace

double dot(std::span<const double> a, std::span<const double> b) {
    TAILRATE_EXPECTS(a.size() == b.size());
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum = std::fma(a[i], b[i], sum);
    }
    return sum;
}

double norm(std::span<const double> a) {
    return std::sqrt(dot(a, a));
}

std::vector<double> haar_orthogonal(std::size_t d, std::span<const double> normals) {
    TAILRATE_EXPECTS(d > 0 && normals.size() == d * d);
    std::vector<double> triangle(normals.begin(), normals.end());
    const SquareView r{triangle, d};
    std::vector<std::vector<double>> reflections;
    reflections.reserve(d);
    for (std::size_t k = 0; k < d; ++k) {
        reflections.push_back(householder_vector(r, k));
        reflect(r, reflections.back(), k);
    }

    // Q = H_0 ... H_(d-1) D, D the signs of the diagonal of R: without D the law of Q
    // would depend on the sign convention of the reflections.
    std::vector<double> orthogonal(d * d, 0.0);
    const SquareView q{orthogonal, d};
    for (std::size_t k = 0; k < d; ++k) {
        q(k, k) = std::copysign(1.0, r(k, k));
    }
    for (std::size_t k = d; k-- > 0;) {
        reflect(q, reflections[k], k);
    }
    return orthogonal;
}

}  // namespace tailrate::math
