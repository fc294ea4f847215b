#include "golden/golden_bits.hpp"

#include <array>
#include <span>

#include "core/registry.hpp"
#include "core/sha256.hpp"
#include "golden/golden_settings.hpp"
#include "model/noise_field.hpp"
#include "model/normals.hpp"
#include "plan/study.hpp"
#include "random/uniform.hpp"
#include "runner/stepper.hpp"
#include "support/bowl.hpp"
#include "support/stepper_run.hpp"

namespace tailrate::test {
namespace {

std::string digest_of(std::span<const double> values) {
    core::Sha256 hash;
    hash.update(std::as_bytes(values));
    return core::hex(hash.finish());
}

std::string stream_bits() {
    const random::Stream stream{7, "noise", "law"};
    alignas(64) std::array<std::uint64_t, 3 * random::lanes> first{};
    alignas(64) std::array<std::uint64_t, 3 * random::lanes> second{};
    const random::Place place{
        .first_seed = 5, .client = 70000, .row = 9, .call = 123456789012};
    random::fill_words(stream, place, 3, first.data(), second.data());
    core::Sha256 hash;
    hash.update(std::as_bytes(std::span{first}));
    hash.update(std::as_bytes(std::span{second}));
    return core::hex(hash.finish());
}

/// The parts between the catalogues: noise factors, schedules, stepping and recording
/// of a method made here.
std::string engine_bits() {
    class Plain final : public model::Method {
      public:
        Plain()
            : step_{declare_schedule({.scale = 0.7, .power = -0.6, .shift = 2.5})} {}

        void server(const model::Step& step, double* aggregate) const override {
            model::descend(step.at(step_), step.size(), aggregate, step.at(iterate()));
        }

      private:
        model::ScheduleId step_;
    };

    const auto problem = std::make_shared<Bowl>(5, 7);
    plan::CellParts parts = parts_of(problem, std::make_shared<Plain>());
    parts.noise_factors = model::client_scales(5, 30.0);
    model::Array draws(static_cast<std::size_t>(horizon) * 5 * 7 * model::lanes);
    const model::InstanceRandom random{3, "golden"};
    for (std::size_t k = 0; k < draws.size(); ++k) {
        draws[k] = random.normal(k / 1000, k % 1000);
    }
    return digest_of(Run{parts, 8, draws}.record());
}

/// A joint law over clients and coordinates, of a law made here with one and with two
/// draws per counter.
std::string joint_bits(model::Joint joint) {
    class Uniform final : public model::Noise {
      public:
        explicit Uniform(std::size_t per_counter) : per_counter_{per_counter} {}

        [[nodiscard]] double tail_index() const override { return 9.0; }

        [[nodiscard]] double mean_absolute() const override { return 0.5; }

        [[nodiscard]] double median_absolute() const override { return 0.5; }

        [[nodiscard]] std::size_t draws_per_counter() const override {
            return per_counter_;
        }

        void transform(std::size_t rows,
                       const std::uint64_t* first,
                       const std::uint64_t* second,
                       double* draws) const override {
            for (std::size_t k = 0; k < rows * model::lanes; ++k) {
                const std::size_t row = per_counter_ * (k / model::lanes);
                double* draw = draws + row * model::lanes + k % model::lanes;
                draw[0] = random::unit_interval(first[k]) - 0.5;
                if (per_counter_ == 2) {
                    draw[model::lanes] = random::unit_interval(second[k]) - 0.5;
                }
            }
        }

      private:
        std::size_t per_counter_;
    };

    core::Sha256 hash;
    for (const std::size_t per_counter : {1U, 2U}) {
        model::NoiseField field{
            "law", std::make_shared<Uniform>(per_counter), joint, 7, 9};
        model::Array draws(std::size_t{4} * 9 * model::lanes);
        for (std::uint64_t call = 0; call < 50; ++call) {
            field.draw(16, call, {1, 5}, draws.data());
            hash.update(std::as_bytes(std::span{draws}));
        }
    }
    return core::hex(hash.finish());
}

std::string bits_of(const core::Entry<model::Noise>& entry,
                    const core::Parameters& parameters) {
    const std::shared_ptr<const model::Noise> law = entry.make(parameters);
    model::NoiseField field{entry.key, law, model::Joint::independent, 1, 9};
    model::Array draws(std::size_t{4} * 9 * model::lanes);
    core::Sha256 hash;
    for (std::uint64_t call = 0; call < 50; ++call) {
        field.draw(0, call, {0, 4}, draws.data());
        hash.update(std::as_bytes(std::span{draws}));
    }
    const std::array<double, 2> facts{law->mean_absolute(), law->median_absolute()};
    hash.update(std::as_bytes(std::span{facts}));
    return core::hex(hash.finish());
}

std::string bits_of(const core::Entry<model::Method>& entry,
                    const core::Parameters& parameters) {
    const auto problem = std::make_shared<Bowl>(5, 7);
    const std::shared_ptr<const model::Method> method =
        entry.make(parameters, problem->facts());
    const plan::CellParts parts = parts_of(problem, method);
    return digest_of(Run{parts, 8, draws_for(problem->facts(), horizon)}.record());
}

/// What a result file tells of an instance, and what the metrics compute at x.
void add_instance(const model::Problem& problem,
                  const model::Array& x,
                  core::Sha256& hash) {
    const model::ProblemFacts& facts = problem.facts();
    const std::array<double, 8> numbers{facts.f_star,
                                        facts.L,
                                        facts.mu,
                                        facts.condition_number_local,
                                        facts.G,
                                        facts.max_residual_norm,
                                        facts.initial_distance,
                                        facts.residual_skew};
    hash.update(std::as_bytes(std::span{numbers}));
    for (const model::InstanceArray& array : problem.arrays()) {
        hash.update(std::as_bytes(std::span{array.values}));
    }
    model::Array out(x.size());
    problem.full_gradient(x.data(), out.data());
    hash.update(std::as_bytes(std::span{out}));
    problem.centred(x.data(), out.data());
    hash.update(std::as_bytes(std::span{out}));
}

std::string bits_of(const core::Entry<model::Problem>& entry,
                    const core::Parameters& given) {
    core::Parameters parameters = given;
    parameters.set("clients", std::int64_t{3});
    parameters.set("instance_seed", std::int64_t{1});
    const std::unique_ptr<model::Problem> problem =
        entry.make(parameters, TAILRATE_SOURCE_DIR "/experiments/data");
    const std::size_t size = problem->facts().dimension * model::lanes;
    model::Array x(size);
    for (std::size_t k = 0; k < size; ++k) {
        x[k] = 0.01 * static_cast<double>(k % 37) - 0.1;
    }
    model::Array gradients(3 * size, 0.0);
    model::Array scratch(problem->scratch_size());
    problem->add_gradients({.master_seed = 7, .first_seed = 16, .call = 5},
                           {0, 3},
                           {x.data(), 0},
                           gradients.data(),
                           scratch.data());
    model::Lanes gap{};
    problem->optimality_gap(x.data(), gap);
    core::Sha256 hash;
    hash.update(std::as_bytes(std::span{problem->facts().x_star}));
    hash.update(std::as_bytes(std::span{gradients}));
    hash.update(std::as_bytes(std::span{gap}));
    if (!(given == typical(entry.parameters))) {
        add_instance(*problem, x, hash);
    }
    return core::hex(hash.finish());
}

template <class Interface>
void add_catalogue(const std::string& name, std::map<std::string, GoldenBits>& bits) {
    for (const auto& [key, entry] : core::catalogue<Interface>()) {
        for (const Setting& setting : settings_of(entry.parameters)) {
            bits[name + "." + std::string{key} + setting.name] = {
                entry.version, bits_of(entry, setting.parameters)};
        }
    }
}

}  // namespace

std::map<std::string, GoldenBits> compute_bits() {
    std::map<std::string, GoldenBits> bits;
    bits["stream"] = {random::stream_version, stream_bits()};
    bits["engine"] = {plan::engine_version, engine_bits()};
    bits["engine/independent"] = {plan::engine_version,
                                  joint_bits(model::Joint::independent)};
    bits["engine/spherical"] = {plan::engine_version,
                                joint_bits(model::Joint::spherical)};
    bits["engine/common"] = {plan::engine_version, joint_bits(model::Joint::common)};
    add_catalogue<model::Noise>("noise", bits);
    add_catalogue<model::Problem>("problem", bits);
    add_catalogue<model::Method>("method", bits);
    return bits;
}

}  // namespace tailrate::test
