#include <atomic>
#include <cstdlib>
#include <new>

#include <doctest/doctest.h>

#include "core/registry.hpp"
#include "model/noise_field.hpp"
#include "support/bowl.hpp"
#include "support/method_cases.hpp"
#include "support/stepper_run.hpp"

namespace {

std::atomic<long> allocations{0};

void* allocate(std::size_t size, std::size_t alignment) {
    ++allocations;
    const std::size_t whole = (size + alignment - 1) / alignment * alignment;
    if (void* memory = std::aligned_alloc(alignment, whole)) {
        return memory;
    }
    throw std::bad_alloc{};
}

}  // namespace

// This program counts what it allocates.
void* operator new(std::size_t size) {
    return allocate(size, alignof(std::max_align_t));
}

/// std::stable_sort's; that it throws all the same ends the test.
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return allocate(size, alignof(std::max_align_t));
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept {
    std::free(memory);
}

void operator delete(void* memory,
                     std::size_t /*size*/,
                     std::align_val_t /*alignment*/) noexcept {
    std::free(memory);
}

using namespace tailrate;

namespace {

constexpr std::size_t clients = 5;
constexpr std::size_t dimension = 7;
constexpr std::size_t iterations = 8;

}  // namespace

TEST_CASE("between checkpoints no method allocates") {
    const auto bowl = std::make_shared<test::Bowl>(clients, dimension);
    const model::Array draws = test::draws_for(bowl->facts(), iterations);
    const std::vector<std::int64_t> times{0, 1000};
    const metrics::RecordLayout layout{metrics::all_metrics(), times.size(), dimension};
    for (const test::MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        std::vector<double> record(layout.size());
        runner::Workspace workspace;
        runner::Stepper stepper{test::parts_of(bowl, choice.make(bowl->facts())),
                                layout,
                                times,
                                1,
                                0,
                                iterations,
                                record,
                                workspace};
        stepper.advance(iterations, draws.data());  // the workspace finds its size

        const long before = allocations;
        stepper.advance(iterations, draws.data());
        CHECK(allocations == before);
    }
}

TEST_CASE("no law and no way to join its draws allocates") {
    model::Array draws(clients * dimension * model::lanes);
    for (const auto& registered : core::catalogue<model::Noise>()) {
        const std::string key{registered.first};
        const auto& entry = registered.second;
        core::Parameters parameters;
        for (const core::ParameterSpec& spec : entry.parameters) {
            parameters.set(spec.name, spec.default_value.value_or(1.5));
        }
        const std::shared_ptr<const model::Noise> law = entry.make(parameters);
        for (const model::Joint joint : {model::Joint::independent,
                                         model::Joint::common,
                                         model::Joint::spherical}) {
            CAPTURE(key);
            if (joint == model::Joint::spherical && !law->is_symmetric()) {
                continue;
            }
            model::NoiseField field{key, law, joint, 1, dimension};

            const long before = allocations;
            field.draw(0, 3, {0, clients}, draws.data());
            CHECK(allocations == before);
        }
    }
}
