#pragma once

// Dense linear algebra for set-up: row-major, sums from the first index to the last.

#include <cstddef>
#include <span>
#include <vector>

namespace tailrate::math {

[[nodiscard]] double dot(std::span<const double> a, std::span<const double> b);

/// Euclidean norm; the squares must be neither too large nor too small for a double.
[[nodiscard]] double norm(std::span<const double> a);

/// Haar distributed orthogonal matrix (d, d) from d * d independent standard normals:
/// QR by Householder reflections with the signs of Mezzadri, Notices AMS 54 (2007) 592.
[[nodiscard]] std::vector<double> haar_orthogonal(std::size_t d,
                                                  std::span<const double> normals);

/// The x with a x = b for a symmetric positive definite a (d, d), by Cholesky; only the
/// lower triangle of a is read.
[[nodiscard]] std::vector<double> solve_spd(std::vector<double> a,
                                            std::vector<double> b,
                                            std::size_t d);

/// Eigenvalues of a symmetric a (d, d), ascending; only the lower triangle is read.
/// Where asked for, column j of `vectors` (d, d) is the unit eigenvector of eigenvalue
/// j.
[[nodiscard]] std::vector<double> symmetric_eigenvalues(
    std::span<const double> a, std::size_t d, std::vector<double>* vectors = nullptr);

}  // namespace tailrate::math
