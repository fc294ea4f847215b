#include "math/linear_algebra.hpp"

#include <cmath>
#include <utility>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

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

/// The lower triangle of a becomes L with a = L L'.
void factor_cholesky(SquareView a) {
    for (std::size_t j = 0; j < a.d; ++j) {
        for (std::size_t i = j; i < a.d; ++i) {
            const double sum = dot(a.row(i).first(j), a.row(j).first(j));
            a(i, j) -= sum;
        }
        TAILRATE_EXPECTS(a(j, j) > 0.0);
        const double pivot = std::sqrt(a(j, j));
        for (std::size_t i = j; i < a.d; ++i) {
            a(i, j) /= pivot;
        }
    }
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

std::vector<double> solve_spd(std::vector<double> a,
                              std::vector<double> b,
                              std::size_t d) {
    TAILRATE_EXPECTS(a.size() == d * d && b.size() == d);
    const SquareView l{a, d};
    factor_cholesky(l);
    std::vector<double> x = std::move(b);
    for (std::size_t i = 0; i < d; ++i) {
        const std::span<const double> known{x.data(), i};
        x[i] = (x[i] - dot(l.row(i).first(i), known)) / l(i, i);
    }
    for (std::size_t i = d; i-- > 0;) {
        x[i] /= l(i, i);
        for (std::size_t j = 0; j < i; ++j) {
            x[j] = std::fma(-l(i, j), x[i], x[j]);
        }
    }
    return x;
}

std::vector<double> symmetric_eigenvalues(std::span<const double> a,
                                          std::size_t d,
                                          std::vector<double>* vectors) {
    TAILRATE_EXPECTS(d > 0 && a.size() == d * d);
    using Matrix =
        Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const auto size = static_cast<Eigen::Index>(d);
    const Matrix matrix = Eigen::Map<const Matrix>(a.data(), size, size);
    const int options =
        vectors == nullptr ? Eigen::EigenvaluesOnly : Eigen::ComputeEigenvectors;
    const Eigen::SelfAdjointEigenSolver<Matrix> solver{matrix, options};
    TAILRATE_ENSURES(solver.info() == Eigen::Success);
    if (vectors != nullptr) {
        vectors->resize(d * d);
        Eigen::Map<Matrix>{vectors->data(), size, size} = solver.eigenvectors();
    }
    const auto& values = solver.eigenvalues();
    return {values.data(), values.data() + values.size()};
}

}  // namespace tailrate::math
