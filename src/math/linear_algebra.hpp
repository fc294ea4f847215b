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

}  // namespace tailrate::math
