#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "model/normals.hpp"

namespace tailrate::model {
namespace {

TEST_CASE("instance randomness depends on seed, purpose, client and coordinate") {
    std::set<double> values;
    for (const std::uint64_t seed : {1U, 2U}) {
        for (const char* purpose : {"rotation", "residuals"}) {
            const InstanceRandom instance{seed, purpose};
            for (const std::uint64_t client : {0U, 1U, 70000U}) {
                for (const std::uint64_t coordinate : {0U, 1U, 70000U}) {
                    values.insert(instance.uniform(client, coordinate));
                    values.insert(instance.normal(client, coordinate));
                }
            }
        }
    }
    CHECK(values.size() == 2 * 2 * 9 * 2);
}

TEST_CASE("the same place of an instance holds the same number") {
    const InstanceRandom once{3, "rotation"};
    const InstanceRandom again{3, "rotation"};

    CHECK(once.uniform(2, 5) == again.uniform(2, 5));
    CHECK(once.normal(2, 5) == again.normal(2, 5));
}

/// sup |empirical - cdf| over the sample points.
template <class Cdf>
double distance(std::vector<double> sample, Cdf cdf) {
    std::sort(sample.begin(), sample.end());
    const double n = static_cast<double>(sample.size());
    double largest = 0.0;
    for (std::size_t k = 0; k < sample.size(); ++k) {
        const double share = cdf(sample[k]);
        const double below = static_cast<double>(k) / n;
        largest = std::max({largest, share - below, below + 1.0 / n - share});
    }
    return largest;
}

TEST_CASE("instance numbers are uniform and normal") {
    const InstanceRandom instance{11, "test"};
    std::vector<double> uniforms;
    std::vector<double> normals;
    for (std::uint64_t client = 0; client < 200; ++client) {
        for (std::uint64_t coordinate = 0; coordinate < 500; ++coordinate) {
            uniforms.push_back(instance.uniform(client, coordinate));
            normals.push_back(instance.normal(client, coordinate));
        }
    }
    // Dvoretzky-Kiefer-Wolfowitz with Massart's constant: 2 exp(-2 n x^2) = 1e-6.
    const double bound = std::sqrt(std::log(2e6) / 2e5);

    CHECK(distance(uniforms, [](double u) { return u; }) < bound);
    CHECK(distance(normals, [](double z) {
              return 0.5 * std::erfc(-z / std::sqrt(2.0));
          }) < bound);
}

}  // namespace
}  // namespace tailrate::model
