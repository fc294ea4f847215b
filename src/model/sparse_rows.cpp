#include "model/sparse_rows.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/contracts.hpp"
#include "math/linear_algebra.hpp"
#include "model/normals.hpp"

namespace tailrate::model {
namespace {

constexpr std::size_t steps_between_checks = 16;
constexpr std::size_t most_lanczos_steps = 4096;

/// Mean and standard deviation of every column, 0 for both where it is constant.
struct ColumnMoments {
    std::vector<double> mean;
    std::vector<double> deviation;
};

ColumnMoments column_moments(const SparseRows& rows) {
    const std::size_t d = rows.dimension;
    const double m = static_cast<double>(rows.size());
    ColumnMoments moments{std::vector<double>(d, 0.0), std::vector<double>(d, 0.0)};
    std::vector<std::size_t> stored(d, 0);
    std::vector<double> least(d, 0.0);
    std::vector<double> largest(d, 0.0);
    for (std::size_t k = 0; k < rows.values.size(); ++k) {
        const std::size_t column = rows.columns[k];
        const double value = rows.values[k];
        least[column] = stored[column] == 0 ? value : std::min(least[column], value);
        largest[column] =
            stored[column] == 0 ? value : std::max(largest[column], value);
        ++stored[column];
        moments.mean[column] += value / m;
    }
    for (std::size_t k = 0; k < rows.values.size(); ++k) {
        const double offset = rows.values[k] - moments.mean[rows.columns[k]];
        moments.deviation[rows.columns[k]] += offset * offset / m;
    }
    for (std::size_t column = 0; column < d; ++column) {
        const std::size_t absent = rows.size() - stored[column];
        if (absent > 0) {
            least[column] = std::min(least[column], 0.0);
            largest[column] = std::max(largest[column], 0.0);
        }
        const double mean = moments.mean[column];
        const double variance =
            moments.deviation[column] + static_cast<double>(absent) / m * mean * mean;
        const bool is_constant = least[column] == largest[column];
        moments.deviation[column] = is_constant ? 0.0 : std::sqrt(variance);
    }
    return moments;
}

/// Whether the symmetric tridiagonal matrix has an eigenvalue >= x (Sturm sequence).
bool has_eigenvalue_above(std::span<const double> diagonal,
                          std::span<const double> beside,
                          double x) {
    double pivot = diagonal[0] - x;
    for (std::size_t k = 1; k < diagonal.size() && pivot < 0.0; ++k) {
        pivot = diagonal[k] - x - beside[k - 1] * beside[k - 1] / pivot;
    }
    return !(pivot < 0.0);
}

/// Largest eigenvalue of a symmetric tridiagonal matrix, by bisection to the last bit.
double largest_tridiagonal(std::span<const double> diagonal,
                           std::span<const double> beside) {
    double low = *std::max_element(diagonal.begin(), diagonal.end());
    double high = low;
    for (std::size_t k = 0; k < diagonal.size(); ++k) {
        const double left = k > 0 ? beside[k - 1] : 0.0;
        const double right = k + 1 < diagonal.size() ? beside[k] : 0.0;
        high = std::max(high, diagonal[k] + left + right);  // Gershgorin
    }
    while (true) {
        const double middle = low + (high - low) / 2;
        if (!(low < middle && middle < high)) {
            return low;
        }
        (has_eigenvalue_above(diagonal, beside, middle) ? low : high) = middle;
    }
}

/// The Lanczos process without reorthogonalization: rounding brings copies of
/// eigenvalues that are already found but leaves the largest one right (Paige, J. Inst.
/// Maths Applics 18 (1976) 341).
struct Lanczos {
    std::vector<double> v;              ///< next vector to multiply, of length 1
    std::vector<double> before = {};    ///< the one before it
    std::vector<double> diagonal = {};  ///< of the tridiagonal matrix
    std::vector<double> beside = {};    ///< and what stands beside its diagonal

    /// Takes the product of the matrix and v; false when v spans what was left.
    [[nodiscard]] bool advance(std::vector<double> product);

    [[nodiscard]] double largest() const {
        const std::size_t size = diagonal.size();
        return largest_tridiagonal(diagonal, std::span{beside}.first(size - 1));
    }
};

bool Lanczos::advance(std::vector<double> product) {
    diagonal.push_back(math::dot(product, v));
    before.resize(v.size(), 0.0);
    const double back = beside.empty() ? 0.0 : beside.back();
    for (std::size_t k = 0; k < product.size(); ++k) {
        product[k] -= diagonal.back() * v[k] + back * before[k];
    }
    const double length = math::norm(product);
    beside.push_back(length);
    before = std::exchange(v, std::move(product));
    for (double& value : v) {
        value /= length;
    }
    return length > 0.0;
}

/// Normal starting vector of length 1.
std::vector<double> starting_vector(std::size_t dimension) {
    const InstanceRandom random{0, "lanczos"};
    std::vector<double> v(dimension);
    for (std::size_t k = 0; k < dimension; ++k) {
        v[k] = random.normal(0, k);
    }
    const double length = math::norm(v);
    for (double& value : v) {
        value /= length;
    }
    return v;
}

}  // namespace

SparseRow SparseRows::row(std::size_t j) const {
    const std::size_t first = starts[j];
    const std::size_t count = starts[j + 1] - first;
    return {{values.data() + first, count}, {columns.data() + first, count}};
}

void SparseRows::append(const SparseRow& row) {
    values.insert(values.end(), row.values.begin(), row.values.end());
    columns.insert(columns.end(), row.columns.begin(), row.columns.end());
    starts.push_back(values.size());
}

double dot(const SparseRow& row, std::span<const double> x) {
    double sum = 0.0;
    for (std::size_t k = 0; k < row.values.size(); ++k) {
        sum = std::fma(row.values[k], x[row.columns[k]], sum);
    }
    return sum;
}

void add_multiple(const SparseRow& row, double factor, std::span<double> x) {
    for (std::size_t k = 0; k < row.values.size(); ++k) {
        x[row.columns[k]] = std::fma(factor, row.values[k], x[row.columns[k]]);
    }
}

SparseRows standardized(const SparseRows& rows) {
    const ColumnMoments moments = column_moments(rows);
    SparseRows out{.dimension = rows.dimension};
    std::vector<double> dense(rows.dimension);
    for (std::size_t j = 0; j < rows.size(); ++j) {
        std::fill(dense.begin(), dense.end(), 0.0);
        add_multiple(rows.row(j), 1.0, dense);
        for (std::size_t column = 0; column < dense.size(); ++column) {
            if (moments.deviation[column] > 0.0) {
                out.columns.push_back(static_cast<std::uint32_t>(column));
                out.values.push_back((dense[column] - moments.mean[column]) /
                                     moments.deviation[column]);
            }
        }
        out.starts.push_back(out.values.size());
    }
    return out;
}

double largest_eigenvalue(const SparseRows& rows,
                          std::size_t first,
                          std::size_t last,
                          std::span<const double> weights) {
    TAILRATE_EXPECTS(first <= last && last <= rows.size());
    Lanczos process{starting_vector(rows.dimension)};
    double found = -1.0;
    for (std::size_t step = 1;; ++step) {
        std::vector<double> product(rows.dimension, 0.0);
        for (std::size_t j = first; j < last; ++j) {
            add_multiple(
                rows.row(j), weights[j] * dot(rows.row(j), process.v), product);
        }
        const bool is_last =
            !process.advance(std::move(product)) || step == most_lanczos_steps;
        if (is_last || step % steps_between_checks == 0) {
            const double now = process.largest();
            if (is_last || now - found <= 4e-16 * now) {
                return now;
            }
            found = now;
        }
    }
}

}  // namespace tailrate::model
