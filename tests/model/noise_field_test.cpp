#include "model/noise_field.hpp"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "core/registry.hpp"

namespace tailrate::model {
namespace {

std::shared_ptr<const Noise> make_law(std::string_view key, double tail_index = 1.5) {
    core::Parameters parameters;
    parameters.set("tail_index", tail_index);
    parameters.set("skew", 0.0);
    return core::catalogue<Noise>().at(key).make(parameters);
}

struct Setting {
    std::string_view key = "student_t";
    Joint joint = Joint::independent;
    std::size_t dimension = 3;
    std::size_t clients = 4;
};

/// clients x dimension x lanes
Array draw(const Setting& setting,
           std::uint64_t first_seed = 0,
           std::uint64_t call = 0) {
    NoiseField field{
        setting.key, make_law(setting.key), setting.joint, 9, setting.dimension};
    Array draws(setting.clients * setting.dimension * lanes);
    field.draw(first_seed, call, {0, setting.clients}, draws.data());
    return draws;
}

double length_of(const double* vector, std::size_t dimension) {
    double sum = 0.0;
    for (std::size_t j = 0; j < dimension; ++j) {
        sum += vector[j * lanes] * vector[j * lanes];
    }
    return std::sqrt(sum);
}

TEST_CASE("a draw depends on client, call and seed, not on how it is asked for") {
    for (const Joint joint : {Joint::independent, Joint::spherical, Joint::common}) {
        const Setting setting{.joint = joint, .dimension = 5};
        const std::size_t size = setting.dimension * lanes;
        const Array all = draw(setting, 48, 7);

        NoiseField field{setting.key, make_law(setting.key), joint, 9, 5};
        Array part(2 * size);
        field.draw(16, 3, {0, 1}, part.data());
        field.draw(48, 7, {1, 3}, part.data());

        CHECK(std::equal(part.begin(), part.end(), &all[size]));
        CHECK(draw(setting, 64, 7) != all);
        CHECK(draw(setting, 48, 8) != all);
    }
}

TEST_CASE("seeds of overlapping blocks are the same seeds") {
    const Array from_0 = draw({});
    const Array from_5 = draw({}, 5);

    for (std::size_t row = 0; row < from_0.size() / lanes; ++row) {
        CHECK(from_5[row * lanes] == from_0[row * lanes + 5]);
    }
}

TEST_CASE("independent clients differ and common clients are equal") {
    const std::size_t size = 3 * lanes;
    const Array independent = draw({});
    const Array common = draw({.joint = Joint::common});

    CHECK_FALSE(std::equal(&independent[0], &independent[size], &independent[size]));
    for (std::size_t i = 0; i < 4; ++i) {
        // The first client of independent noise is what the clients share.
        CHECK(std::equal(&common[0], &common[size], &common[i * size]));
        CHECK(std::equal(&independent[0], &independent[size], &common[i * size]));
    }
}

TEST_CASE("coordinates are filled for every dimension and every draws_per_counter") {
    for (const std::string_view key : {"laplace", "student_t", "gaussian"}) {
        const Array longest = draw({.key = key, .dimension = 8, .clients = 1});
        for (std::size_t dimension = 1; dimension < 8; ++dimension) {
            const Array draws =
                draw({.key = key, .dimension = dimension, .clients = 1});
            CHECK(std::equal(draws.begin(), draws.end(), longest.begin()));
        }
    }
}

TEST_CASE("no noise is zero however it is joined") {
    for (const Joint joint : {Joint::independent, Joint::spherical, Joint::common}) {
        const Array draws = draw({.key = "none", .joint = joint});

        CHECK(
            std::all_of(draws.begin(), draws.end(), [](double z) { return z == 0.0; }));
    }
}

TEST_CASE("a spherical vector of dimension 1 is a draw of the law up to its sign") {
    const Array spherical = draw({.joint = Joint::spherical, .dimension = 1});
    const Array independent = draw({.dimension = 1});

    std::size_t flipped = 0;
    for (std::size_t k = 0; k < spherical.size(); ++k) {
        CHECK(std::abs(spherical[k]) ==
              doctest::Approx(std::abs(independent[k])).epsilon(1e-14));
        flipped += std::signbit(spherical[k]) != std::signbit(independent[k]) ? 1U : 0U;
    }
    // Binomial(64, 1/2): outside 12..52 with probability 3e-7.
    CHECK(flipped >= 12);
    CHECK(flipped <= 52);
}

TEST_CASE("the length of a spherical vector is one draw over the mean of a direction") {
    // E|u_1| = G(d/2) / (sqrt(pi) G((d+1)/2)), closed forms.
    struct Direction {
        std::size_t dimension;
        double mean;
    };

    for (const Direction direction : {Direction{2, 0.63661977236758134},  // 2/pi
                                      Direction{3, 0.5},
                                      Direction{4, 0.42441318157838759},  // 4/(3 pi)
                                      Direction{5, 0.375}}) {
        const Setting setting{.joint = Joint::spherical,
                              .dimension = direction.dimension};
        const Array vectors = draw(setting);
        const Array radii = draw({.dimension = 1});
        for (std::size_t i = 0; i < setting.clients; ++i) {
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                const double length =
                    length_of(&vectors[i * direction.dimension * lanes + lane],
                              direction.dimension);
                CHECK(
                    length * direction.mean ==
                    doctest::Approx(std::abs(radii[i * lanes + lane])).epsilon(1e-13));
            }
        }
    }
}

/// Sums over many spherical vectors z = r u / E|u_1|.
struct DirectionSums {
    double n = 0.0;
    std::vector<double> positive;    ///< per coordinate
    std::vector<double> squares;     ///< u_j^2
    std::vector<double> products;    ///< u_0 u_j
    std::vector<double> magnitudes;  ///< |z_j|
};

DirectionSums sum_directions(std::size_t dimension) {
    const std::size_t clients = 4096;
    const Array vectors = draw({.key = "laplace",
                                .joint = Joint::spherical,
                                .dimension = dimension,
                                .clients = clients});
    DirectionSums sums{.n = static_cast<double>(clients * lanes),
                       .positive = std::vector<double>(dimension),
                       .squares = std::vector<double>(dimension),
                       .products = std::vector<double>(dimension),
                       .magnitudes = std::vector<double>(dimension)};
    for (std::size_t k = 0; k < clients * lanes; ++k) {
        const double* vector = &vectors[k / lanes * dimension * lanes + k % lanes];
        const double length = length_of(vector, dimension);
        for (std::size_t j = 0; j < dimension; ++j) {
            const double u = vector[j * lanes] / length;
            sums.positive[j] += u > 0.0 ? 1.0 : 0.0;
            sums.squares[j] += u * u;
            sums.products[j] += vector[0] / length * u;
            sums.magnitudes[j] += std::abs(vector[j * lanes]);
        }
    }
    return sums;
}

TEST_CASE("spherical directions are isotropic and keep E|z_j|") {
    for (const std::size_t dimension : {2U, 3U, 6U}) {
        CAPTURE(dimension);
        const double d = static_cast<double>(dimension);
        const DirectionSums sums = sum_directions(dimension);
        const double root_n = std::sqrt(sums.n);
        for (std::size_t j = 0; j < dimension; ++j) {
            CAPTURE(j);
            // Five standard deviations each: false alarm 6e-7. Var u_j^2 = 2 (d-1)/(d^2
            // (d+2)), E (u_0 u_j)^2 = 1/(d (d+2)); for the Laplace law E|z_j| = 1 and
            // E z_j^2 = 2/(d E|u_1|^2) < pi.
            CHECK(std::abs(sums.positive[j] / sums.n - 0.5) < 2.5 / root_n);
            CHECK(std::abs(sums.squares[j] / sums.n - 1.0 / d) <
                  5.0 * std::sqrt(2.0 * (d - 1.0) / (d * d * (d + 2.0))) / root_n);
            if (j > 0) {
                CHECK(std::abs(sums.products[j] / sums.n) <
                      5.0 * std::sqrt(1.0 / (d * (d + 2.0))) / root_n);
            }
            CHECK(std::abs(sums.magnitudes[j] / sums.n - 1.0) < 7.4 / root_n);
        }
    }
}

TEST_CASE("spherical noise is refused for a law that is not symmetric") {
    const auto law = make_law("one_sided_pareto");

    CHECK_THROWS_AS((NoiseField{"one_sided_pareto", law, Joint::spherical, 1, 2}),
                    core::ContractViolation);
    CHECK_NOTHROW(NoiseField{"one_sided_pareto", law, Joint::common, 1, 2});
}

}  // namespace
}  // namespace tailrate::model
