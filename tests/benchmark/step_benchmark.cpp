#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <string_view>

#include "benchmark/method_step.hpp"
#include "benchmark/shared.hpp"
#include "core/contracts.hpp"
#include "core/registry.hpp"
#include "model/over_clients.hpp"

namespace tailrate::measure {
namespace {

/// An entry with parameters, and the end of its benchmarks' names.
struct Variant {
    const core::Entry<model::Method>* entry;
    core::Parameters parameters;
    std::string name;

    [[nodiscard]] std::shared_ptr<const model::Method> make() const {
        model::ProblemFacts facts;
        facts.clients = clients;
        facts.dimension = dimension;
        facts.L = 1.0;
        facts.mu = 1.0;
        return entry->make(parameters, facts);
    }
};

/// Every entry with constant thresholds, once for each way to clip that it has.
std::vector<Variant> variants() {
    std::vector<Variant> all;
    for (const auto& item : core::catalogue<model::Method>()) {
        const core::Entry<model::Method>& entry = item.second;
        core::Parameters parameters = typical(entry.parameters);
        if (parameters.has("threshold_growth")) {
            parameters.set("threshold_growth", 0.0);
        }
        const std::string name{entry.key};
        all.push_back({&entry, parameters, name});
        if (parameters.has("clip")) {
            parameters.set("clip", std::string{"component"});
            all.push_back({&entry, parameters, name + "/component"});
        }
    }
    return all;
}

/// What a method cannot do without besides reading and writing its arrays.
struct Needs {
    bool root_per_element = false;  ///< each with a division
    bool root_per_client = false;   ///< and lane
    std::size_t exchanges = 0;      ///< of whole vectors, in a sort over the clients
};

/// By the name of the variant; nothing for those that are not listed.
Needs needs_of(const std::string& name) {
    static const std::map<std::string_view, Needs> known{
        {"clipped_sgd", {.root_per_client = true}},
        {"clip21", {.root_per_client = true}},
        {"shifted_clip", {.root_per_client = true}},
        {"sclip_ef", {.root_per_element = true}},
        {"smooth_clip_sgd", {.root_per_element = true}},
        {"trimmed_mean_sgd", {.exchanges = 31}},  // Batcher's network for 10 clients
    };
    const auto found = known.find(name);
    return found == known.end() ? Needs{} : found->second;
}

void copy(benchmark::State& state) {
    MethodStep method{variants().front().make()};
    for (auto _ : state) {
        method.copy();
        benchmark::ClobberMemory();
    }
    count_items(state, elements);
}

void step(benchmark::State& state, const Variant& variant) {
    MethodStep method{variant.make()};
    for (auto _ : state) {
        method.copy_and_step();
        benchmark::ClobberMemory();
    }
    TAILRATE_ENSURES(method.is_ordinary());
    count_items(state, elements);
}

/// Reads and writes each array once.
template <bool has_root, bool has_memory>
void pass(std::size_t size, double* __restrict messages, double* __restrict memory) {
    for (std::size_t k = 0; k < size; ++k) {
        messages[k] = has_root ? 1.0 / std::sqrt(messages[k]) : -messages[k];
        if constexpr (has_memory) {
            memory[k] = -memory[k];
        }
    }
}

void pass(bool has_root, std::size_t size, double* messages, double* memory) {
    if (has_root) {
        memory == nullptr ? pass<true, false>(size, messages, memory)
                          : pass<true, true>(size, messages, memory);
    } else {
        memory == nullptr ? pass<false, false>(size, messages, memory)
                          : pass<false, true>(size, messages, memory);
    }
}

/// A pass over the messages and every client array with the roots of the method, two
/// vectors read and written for each exchange, and the sum of the messages.
void step_floor(benchmark::State& state, const Variant& variant) {
    const Needs needs = needs_of(variant.name);
    constexpr std::size_t vector_size = dimension * model::lanes;
    model::Array messages(elements, 2.0);
    model::Array lengths(clients * model::lanes, 2.0);
    model::Array sum(vector_size);
    std::vector<model::Array> arrays(variant.make()->client_arrays().size(),
                                     model::Array(elements, 2.0));
    for (auto _ : state) {
        pass(needs.root_per_element,
             elements,
             messages.data(),
             arrays.empty() ? nullptr : arrays.front().data());
        for (std::size_t k = 1; k < arrays.size(); ++k) {
            pass(false, elements, arrays[k].data(), nullptr);
        }
        if (needs.root_per_client) {
            pass(true, lengths.size(), lengths.data(), nullptr);
        }
        for (std::size_t k = 0; k < 2 * needs.exchanges; ++k) {
            double* vector = messages.data() + k % clients * vector_size;
            pass(false, vector_size, vector, nullptr);
        }
        model::add_clients(true, clients, vector_size, messages.data(), sum.data());
        benchmark::ClobberMemory();
    }
    count_items(state, elements);
}

}  // namespace

void register_steps() {
    benchmark::RegisterBenchmark("copy/messages", copy);
    for (const Variant& variant : variants()) {
        benchmark::RegisterBenchmark(
            ("step/" + variant.name).c_str(),
            [variant](benchmark::State& state) { step(state, variant); });
        benchmark::RegisterBenchmark(
            ("floor/step/" + variant.name).c_str(),
            [variant](benchmark::State& state) { step_floor(state, variant); });
    }
}

}  // namespace tailrate::measure
