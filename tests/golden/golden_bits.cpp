#include "golden/golden_bits.hpp"

#include <array>
#include <span>

#include "core/registry.hpp"
#include "core/sha256.hpp"
#include "model/normals.hpp"
#include "plan/study.hpp"
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

/// Defaults, and for required numbers a value inside the range: 1.5 where it may be.
core::Parameters typical(const std::vector<core::ParameterSpec>& table) {
    core::Parameters parameters;
    for (const core::ParameterSpec& spec : table) {
        if (spec.default_value) {
            parameters.set(spec.name, *spec.default_value);
        } else if (spec.type == core::ValueType::integer) {
            parameters.set(spec.name, std::int64_t{4});
        } else if (spec.type == core::ValueType::path) {
            parameters.set(spec.name, std::string{"breast_cancer.libsvm"});
        } else if (spec.name != "clip_scale") {
            parameters.set(spec.name, spec.range.contains(1.5) ? 1.5 : 0.25);
        }
    }
    return parameters;
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

/// The parts between the catalogues: noise factors, joint laws, schedules, stepping and
/// recording of a method made here.
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

std::string bits_of(const core::Entry<model::Noise>& entry) {
    const std::shared_ptr<const model::Noise> law =
        entry.make(typical(entry.parameters));
    model::NoiseField field{entry.key, law, model::Joint::independent, 1, 9};
    model::Array draws(4 * 9 * model::lanes);
    core::Sha256 hash;
    for (std::uint64_t call = 0; call < 50; ++call) {
        field.draw(0, call, {0, 4}, draws.data());
        hash.update(std::as_bytes(std::span{draws}));
    }
    const std::array<double, 2> facts{law->mean_absolute(), law->median_absolute()};
    hash.update(std::as_bytes(std::span{facts}));
    return core::hex(hash.finish());
}

std::string bits_of(const core::Entry<model::Method>& entry) {
    const auto problem = std::make_shared<Bowl>(5, 7);
    const std::shared_ptr<const model::Method> method =
        entry.make(typical(entry.parameters), problem->facts());
    const plan::CellParts parts = parts_of(problem, method);
    return digest_of(Run{parts, 8, draws_for(problem->facts(), horizon)}.record());
}

std::string bits_of(const core::Entry<model::Problem>& entry) {
    core::Parameters parameters = typical(entry.parameters);
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
    problem->add_gradients({}, {0, 3}, {x.data(), 0}, gradients.data(), scratch.data());
    model::Lanes gap{};
    problem->optimality_gap(x.data(), gap);
    core::Sha256 hash;
    hash.update(std::as_bytes(std::span{problem->facts().x_star}));
    hash.update(std::as_bytes(std::span{gradients}));
    hash.update(std::as_bytes(std::span{gap}));
    return core::hex(hash.finish());
}

template <class Interface>
void add_catalogue(const std::string& name, std::map<std::string, GoldenBits>& bits) {
    for (const auto& [key, entry] : core::catalogue<Interface>()) {
        bits[name + "." + std::string{key}] = {entry.version, bits_of(entry)};
    }
}

}  // namespace

std::map<std::string, GoldenBits> compute_bits() {
    std::map<std::string, GoldenBits> bits;
    bits["stream"] = {random::stream_version, stream_bits()};
    bits["engine"] = {plan::engine_version, engine_bits()};
    add_catalogue<model::Noise>("noise", bits);
    add_catalogue<model::Problem>("problem", bits);
    add_catalogue<model::Method>("method", bits);
    return bits;
}

}  // namespace tailrate::test
