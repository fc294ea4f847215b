#include "model/partition.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/contracts.hpp"
#include "math/elementary.hpp"
#include "model/normals.hpp"
#include "random/address.hpp"

namespace tailrate::model {
namespace {

std::vector<std::size_t> all_rows(std::size_t rows) {
    std::vector<std::size_t> order(rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

/// Rows sorted by a uniform number of their own, equal numbers by row.
std::vector<std::size_t> shuffled(std::size_t rows, std::uint64_t instance_seed) {
    const InstanceRandom random{instance_seed, "partition"};
    std::vector<double> keys(rows);
    for (std::size_t j = 0; j < rows; ++j) {
        keys[j] = random.uniform(j / random::row_limit, j % random::row_limit);
    }
    std::vector<std::size_t> order = all_rows(rows);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return keys[a] < keys[b];
    });
    return order;
}

Partition cut_evenly(std::vector<std::size_t> order, std::size_t clients) {
    Partition partition{std::move(order), {}};
    for (std::size_t i = 0; i <= clients; ++i) {
        partition.starts.push_back(i * partition.order.size() / clients);
    }
    return partition;
}

/// log of a Gamma(alpha) number: the method of Marsaglia and Tsang, ACM TOMS 26 (2000)
/// 363, without its squeeze, for alpha + 1, times U^(1/alpha), their remark for small
/// alpha. Logarithms, since U^(1/alpha) underflows for small alpha. Attempt k of class
/// c takes the numbers at coordinate 2 k + c.
class LogGamma {
  public:
    LogGamma(double alpha, std::uint64_t instance_seed)
        : alpha_{alpha},
          normals_{instance_seed, "dirichlet_normal"},
          acceptance_{instance_seed, "dirichlet_acceptance"},
          boosts_{instance_seed, "dirichlet_boost"} {}

    [[nodiscard]] double operator()(std::size_t client, std::size_t label_class) const {
        const double d = alpha_ + 1.0 - 1.0 / 3.0;
        const double c = 1.0 / std::sqrt(9.0 * d);
        const double boost = math::log(boosts_.uniform(client, label_class)) / alpha_;
        for (std::size_t coordinate = label_class; coordinate < random::row_limit;
             coordinate += 2) {
            const double x = normals_.normal(client, coordinate);
            const double root = 1.0 + c * x;
            if (root <= 0.0) {
                continue;
            }
            const double v = root * root * root;
            const double bound = 0.5 * x * x + d - d * v + d * math::log(v);
            if (math::log(acceptance_.uniform(client, coordinate)) < bound) {
                return math::log(d * v) + boost;
            }
        }
        core::fail_contract(__FILE__, __LINE__, "no gamma number accepted");
    }

  private:
    double alpha_;
    InstanceRandom normals_;
    InstanceRandom acceptance_;
    InstanceRandom boosts_;
};

std::vector<double> dirichlet(const LogGamma& log_gamma,
                              std::size_t clients,
                              std::size_t label_class) {
    std::vector<double> shares(clients);
    for (std::size_t i = 0; i < clients; ++i) {
        shares[i] = log_gamma(i, label_class);
    }
    const double largest = *std::max_element(shares.begin(), shares.end());
    double sum = 0.0;
    for (double& share : shares) {
        share = math::exp(share - largest);
        sum += share;
    }
    for (double& share : shares) {
        share /= sum;
    }
    return shares;
}

}  // namespace

Partition partition_iid(std::size_t rows,
                        std::size_t clients,
                        std::uint64_t instance_seed) {
    return cut_evenly(shuffled(rows, instance_seed), clients);
}

Partition partition_by_label(std::span<const double> labels, std::size_t clients) {
    std::vector<std::size_t> order = all_rows(labels.size());
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return labels[a] < labels[b];
    });
    return cut_evenly(std::move(order), clients);
}

Partition partition_dirichlet(std::span<const double> labels,
                              std::size_t clients,
                              double alpha,
                              std::uint64_t instance_seed) {
    TAILRATE_EXPECTS(alpha > 0.0);
    const LogGamma log_gamma{alpha, instance_seed};
    std::vector<std::vector<std::size_t>> owned(clients);
    for (const std::size_t label_class : {std::size_t{0}, std::size_t{1}}) {
        std::vector<std::size_t> members = shuffled(labels.size(), instance_seed);
        std::erase_if(members, [&](std::size_t row) {
            return (labels[row] > 0.0) != (label_class == 1);
        });
        const std::vector<std::size_t> counts = largest_remainders(
            members.size(), dirichlet(log_gamma, clients, label_class));
        auto next = members.begin();
        for (std::size_t i = 0; i < clients; ++i) {
            const auto end = next + static_cast<std::ptrdiff_t>(counts[i]);
            owned[i].insert(owned[i].end(), next, end);
            next = end;
        }
    }
    Partition partition{{}, {0}};
    for (const std::vector<std::size_t>& rows : owned) {
        partition.order.insert(partition.order.end(), rows.begin(), rows.end());
        partition.starts.push_back(partition.order.size());
    }
    return partition;
}

std::vector<std::size_t> largest_remainders(std::size_t total,
                                            std::span<const double> shares) {
    std::vector<std::size_t> counts(shares.size());
    std::vector<double> remainders(shares.size());
    std::size_t left = total;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const double quota = shares[i] * static_cast<double>(total);
        counts[i] = std::min(static_cast<std::size_t>(quota), left);
        remainders[i] = quota - static_cast<double>(counts[i]);
        left -= counts[i];
    }
    std::vector<std::size_t> order = all_rows(shares.size());
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return remainders[a] > remainders[b];
    });
    for (std::size_t k = 0; left > 0; k = (k + 1) % order.size(), --left) {
        ++counts[order[k]];
    }
    return counts;
}

}  // namespace tailrate::model
