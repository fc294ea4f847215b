#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

namespace tailrate::test {

/// Eigenvalues of a symmetric matrix (d, d), ascending, by another library than the
/// program's own code, which they are held against.
inline std::vector<double> symmetric_eigenvalues(std::span<const double> a,
                                                 std::size_t d) {
    using Matrix =
        Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const auto size = static_cast<Eigen::Index>(d);
    const Matrix matrix = Eigen::Map<const Matrix>(a.data(), size, size);
    const Eigen::SelfAdjointEigenSolver<Matrix> solver{matrix, Eigen::EigenvaluesOnly};
    const auto& values = solver.eigenvalues();
    return {values.data(), values.data() + values.size()};
}

}  // namespace tailrate::test
