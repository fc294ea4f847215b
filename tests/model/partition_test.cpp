#include "model/partition.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

using namespace tailrate;
using model::Partition;

namespace {

std::vector<double> alternating_labels(std::size_t rows) {
    std::vector<double> labels(rows);
    for (std::size_t j = 0; j < rows; ++j) {
        labels[j] = j % 3 == 0 ? 1.0 : -1.0;
    }
    return labels;
}

bool is_permutation_of_rows(const Partition& partition) {
    std::vector<std::size_t> sorted = partition.order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t j = 0; j < sorted.size(); ++j) {
        if (sorted[j] != j) {
            return false;
        }
    }
    return partition.starts.front() == 0 && partition.starts.back() == sorted.size();
}

/// Of 50 clients in each of two classes with 500 rows.
std::vector<double> shares_of(const Partition& partition) {
    std::vector<double> shares(100, 0.0);
    for (std::size_t i = 0; i < 50; ++i) {
        for (std::size_t k = partition.starts[i]; k < partition.starts[i + 1]; ++k) {
            shares[2 * i + (partition.order[k] < 500 ? 0 : 1)] += 1.0 / 500.0;
        }
    }
    return shares;
}

}  // namespace

TEST_CASE("rows sorted by label keep their order within a label") {
    const Partition partition = model::partition_by_label(alternating_labels(7), 3);

    CHECK(partition.order == std::vector<std::size_t>{1, 2, 4, 5, 0, 3, 6});
    CHECK(partition.starts == std::vector<std::size_t>{0, 2, 4, 7});
}

TEST_CASE("random order depends on the seed and not on the number of clients") {
    const Partition first = model::partition_iid(1000, 7, 1);
    const Partition fewer = model::partition_iid(1000, 3, 1);
    const Partition other = model::partition_iid(1000, 7, 2);

    CHECK(is_permutation_of_rows(first));
    CHECK(first.order == fewer.order);
    CHECK(first.order != other.order);
    CHECK(first.starts[3] == 3 * 1000 / 7);
}

// Of 3000 rows in 3 parts the number of the first 1000 rows in the first part is
// hypergeometric: mean 333.3, standard deviation 12.2; 5 times that is wrong with
// probability 6e-7. The seed is fixed.
TEST_CASE("random order mixes the rows") {
    const Partition partition = model::partition_iid(3000, 3, 1);
    const auto low = std::count_if(partition.order.begin(),
                                   partition.order.begin() + 1000,
                                   [](std::size_t row) { return row < 1000; });

    CHECK(std::abs(static_cast<double>(low) - 1000.0 / 3.0) < 61.0);
}

TEST_CASE("largest remainders") {
    const auto parts = [](std::size_t total, std::vector<double> shares) {
        return model::largest_remainders(total, shares);
    };

    CHECK(parts(10, {0.5, 0.3, 0.2}) == std::vector<std::size_t>{5, 3, 2});
    CHECK(parts(3, {0.5, 0.25, 0.25}) == std::vector<std::size_t>{1, 1, 1});
    CHECK(parts(1, {0.25, 0.25, 0.25, 0.25}) == std::vector<std::size_t>{1, 0, 0, 0});
    CHECK(parts(7, {1.0, 0.0}) == std::vector<std::size_t>{7, 0});
    CHECK(parts(0, {0.5, 0.5}) == std::vector<std::size_t>{0, 0});
}

TEST_CASE("dirichlet parts hold every row once, small and large alpha included") {
    const std::vector<double> labels = alternating_labels(999);
    for (const double alpha : {1e-4, 0.1, 0.5, 1.0, 10.0, 1e6}) {
        CAPTURE(alpha);
        const Partition partition = model::partition_dirichlet(labels, 5, alpha, 1);
        CHECK(is_permutation_of_rows(partition));
    }
}

TEST_CASE("a large alpha divides the classes evenly, a small one gives them whole") {
    const std::vector<double> labels = alternating_labels(3000);
    const Partition even = model::partition_dirichlet(labels, 5, 1e6, 1);
    const Partition whole = model::partition_dirichlet(labels, 5, 1e-4, 1);

    std::size_t used = 0;
    for (std::size_t i = 0; i < 5; ++i) {
        const double size = static_cast<double>(even.starts[i + 1] - even.starts[i]);
        CHECK(std::abs(size - 600.0) < 10.0);
        used += whole.starts[i + 1] > whole.starts[i] ? 1U : 0U;
    }
    CHECK(used <= 2);
}

// A share under Dirichlet(a, .., a) of 50 clients has mean 1/50 and variance
// (1/50)(49/50) / (50 a + 1). 1000 instances with two classes give 1e5 shares; as the
// kurtosis is near that of Gamma(a), 3 + 6/a, the standard error of the variance is
// sqrt((2 + 6/a) / 1e5) of it, and 5 times that is wrong with probability 6e-7.
// Rounding to 500 rows adds 1/12 of 1/500^2. The seeds are fixed.
TEST_CASE("dirichlet shares have the variance of their law") {
    std::vector<double> labels(1000, -1.0);
    std::fill(labels.begin() + 500, labels.end(), 1.0);
    for (const double alpha : {0.5, 1.0, 5.0}) {
        CAPTURE(alpha);
        double squares = 0.0;
        for (std::uint64_t seed = 0; seed < 1000; ++seed) {
            const Partition partition =
                model::partition_dirichlet(labels, 50, alpha, seed);
            for (const double share : shares_of(partition)) {
                squares += (share - 0.02) * (share - 0.02);
            }
        }
        const double variance = 0.02 * 0.98 / (50.0 * alpha + 1.0);
        const double error = std::sqrt((2.0 + 6.0 / alpha) / 1e5) * variance;

        CHECK(std::abs(squares / 1e5 - 3.3e-7 - variance) < 5.0 * error);
    }
}
