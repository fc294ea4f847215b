#include "runner/noise_digest.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "core/sha256.hpp"
#include "model/noise_field.hpp"

namespace tailrate::runner {
namespace {

constexpr std::size_t most_calls = 256;
constexpr std::size_t most_clients = 2;
constexpr std::size_t most_coordinates = 4;

/// What is drawn of a client: coordinates per call, and calls.
struct Extent {
    std::size_t dimension;
    std::size_t calls;
};

/// A coordinate of a spherical vector is of no use without the others: the dimension is
/// whole, and there are fewer calls.
Extent extent_of(model::Joint joint, std::size_t dimension) {
    if (joint != model::Joint::spherical) {
        return {std::min(most_coordinates, dimension), most_calls};
    }
    const std::size_t calls = most_calls * most_coordinates / dimension;
    return {dimension, std::clamp<std::size_t>(calls, 1, most_calls)};
}

std::string digest_of(const plan::Study& study, std::size_t cell) {
    const plan::Experiment& experiment = study.experiment();
    const plan::Choice& noise =
        experiment.at(experiment.cells[cell], plan::Section::noise);
    const model::Joint joint = model::joint_of(noise.parameters);
    const model::ProblemFacts& facts = study.problem(cell).facts();
    const std::size_t clients = std::min(most_clients, facts.clients);
    const Extent extent = extent_of(joint, facts.dimension);
    const std::vector<double> factors = study.noise_factors(cell);
    model::NoiseField field{noise.kind,
                            study.parts(cell).law,
                            joint,
                            static_cast<std::uint64_t>(experiment.master_seed),
                            extent.dimension};
    model::Array draws(extent.dimension * model::lanes);
    core::Sha256 hash;
    for (std::uint64_t call = 0; call < extent.calls; ++call) {
        for (std::size_t i = 0; i < clients; ++i) {
            field.draw(0, call, {i, i + 1}, draws.data());
            for (double& draw : draws) {
                draw *= factors[i];
            }
            hash.update(std::as_bytes(std::span{draws}));
        }
    }
    return core::hex(hash.finish());
}

}  // namespace

std::vector<std::string> noise_digests(const plan::Study& study) {
    const plan::Experiment& experiment = study.experiment();
    // Cells with one noise and one problem meet the same draws.
    std::map<std::array<std::uint32_t, 2>, std::string> known;
    std::vector<std::string> digests;
    digests.reserve(experiment.cells.size());
    for (std::size_t cell = 0; cell < experiment.cells.size(); ++cell) {
        const plan::Cell& place = experiment.cells[cell];
        const std::array<std::uint32_t, 2> key{place.at(plan::Section::noise),
                                               place.at(plan::Section::problem)};
        auto found = known.find(key);
        if (found == known.end()) {
            found = known.emplace(key, digest_of(study, cell)).first;
        }
        digests.push_back(found->second);
    }
    return digests;
}

}  // namespace tailrate::runner
