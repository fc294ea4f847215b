#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tailrate::model {

/// Which rows of a data set belong to which client: client i has rows
/// order[starts[i]] .. order[starts[i + 1] - 1].
struct Partition {
    std::vector<std::size_t> order;   ///< (m) a permutation of the rows
    std::vector<std::size_t> starts;  ///< (clients + 1)
};

/// `iid`: rows in pseudo-random order, cut at floor(i m / n).
[[nodiscard]] Partition partition_iid(std::size_t rows,
                                      std::size_t clients,
                                      std::uint64_t instance_seed);

/// `by_label`: rows sorted by label, stably, cut at floor(i m / n).
[[nodiscard]] Partition partition_by_label(std::span<const double> labels,
                                           std::size_t clients);

/// `dirichlet`: for each class the shares of the clients are Dirichlet(alpha), that is
/// Gamma(alpha) numbers over their sum (Yurochkin et al., arXiv 1905.12022; Wang et
/// al., arXiv 2002.06440). The rows of the class, in the pseudo-random order of `iid`,
/// are cut by largest remainders. Clients may stay empty.
[[nodiscard]] Partition partition_dirichlet(std::span<const double> labels,
                                            std::size_t clients,
                                            double alpha,
                                            std::uint64_t instance_seed);

/// Parts of `total` in proportion to `shares` (sum 1): quotas rounded down, what is
/// left goes to the largest remainders, to the first of equal ones.
[[nodiscard]] std::vector<std::size_t> largest_remainders(
    std::size_t total, std::span<const double> shares);

}  // namespace tailrate::model
