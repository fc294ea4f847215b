// Neighbouring draws are independent in the tail, where marginal tests see nothing:
// the sine twin of Bailey's method exceeds its 99.9 % quantile together with the cosine
// in 30 to 50 of 100 cases.

#include <algorithm>
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "model/noise_field.hpp"
#include "noises/law_cases.hpp"

namespace tailrate::noises {
namespace {

/// One axis of an array of draws: how far apart neighbours lie, and their number.
struct Axis {
    std::string name;
    std::size_t stride;
    std::size_t length;
};

constexpr std::size_t lanes = model::lanes;
constexpr std::size_t dimension = 16;
constexpr std::size_t clients = 8;
constexpr std::size_t calls = 64;
constexpr std::size_t blocks = 8;

/// |z| as blocks x calls x clients x coordinates x lanes.
std::vector<double> draw_all(const LawCase& law_case) {
    model::NoiseField field{
        law_case.key, law_case.make(), model::Joint::independent, 5, dimension};
    const std::size_t size = clients * dimension * lanes;
    model::Array part(size);
    std::vector<double> all;
    for (std::size_t block = 0; block < blocks; ++block) {
        for (std::size_t call = 0; call < calls; ++call) {
            field.draw(block * lanes, call, {0, clients}, part.data());
            all.insert(all.end(), part.begin(), part.end());
        }
    }
    for (double& z : all) {
        z = std::abs(z);
    }
    return all;
}

std::size_t joint_exceedances(const std::vector<double>& sizes,
                              const Axis& axis,
                              double quantile) {
    std::size_t together = 0;
    for (std::size_t k = 0; k < sizes.size(); ++k) {
        if ((k / axis.stride) % axis.length + 1 < axis.length && sizes[k] > quantile &&
            sizes[k + axis.stride] > quantile) {
            ++together;
        }
    }
    return together;
}

TEST_CASE("neighbouring draws are not large together") {
    const std::vector<Axis> axes{
        {"seeds", 1, lanes},
        {"coordinates", lanes, dimension},
        {"coordinates two apart", 2 * lanes, dimension / 2},
        {"clients", dimension * lanes, clients},
        {"calls", clients * dimension * lanes, calls},
        {"blocks of seeds", calls * clients * dimension * lanes, blocks}};
    for (const LawCase& law_case :
         {LawCase{"gaussian"},
          LawCase{"laplace"},
          LawCase{"log_squared"},
          LawCase{"student_t", {{"tail_index", 1.5}}},
          LawCase{"stable", {{"tail_index", 1.5}}},
          LawCase{"symmetric_pareto", {{"tail_index", 1.5}}},
          LawCase{"one_sided_pareto", {{"tail_index", 1.5}}},
          LawCase{"contaminated_gaussian", {{"eps", 0.1}, {"k", 10.0}}}}) {
        const std::vector<double> sizes = draw_all(law_case);
        std::vector<double> sorted = sizes;
        const auto at = static_cast<std::ptrdiff_t>(sizes.size() / 1000 * 999);
        std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
        const double quantile = sorted[static_cast<std::size_t>(at)];
        for (const Axis& axis : axes) {
            CAPTURE(law_case.name());
            CAPTURE(axis.name);
            // About 1000 exceedances, 1e6 pairs, so the number of joint ones is nearly
            // Poisson(1): P(more than 9) = 1e-7.
            CHECK(joint_exceedances(sizes, axis, quantile) <= 9);
        }
    }
}

}  // namespace
}  // namespace tailrate::noises
