#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <string_view>

#include "benchmark/method_step.hpp"
#include "benchmark/shared.hpp"
#include "core/contracts.hpp"
#include "core/registry.hpp"
#include "model/lane_vector.hpp"
#include "model/over_clients.hpp"
#include "model/smooth_clip.hpp"

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

/// What a method cannot do without besides the mean of the messages and a move of the
/// iterate.
struct Needs {
    bool message_pass = false;      ///< messages differ from gradients, by no root
    bool root_per_element = false;  ///< each under a quotient
    bool root_per_client = false;   ///< and lane
    bool root_at_server = false;    ///< per lane
    std::size_t exchanges = 0;      ///< of whole vectors, in a sort over the clients
};

/// By the name of the variant; nothing for those that are not listed.
Needs needs_of(const std::string& name) {
    const Needs norm{.message_pass = true, .root_per_client = true};
    const Needs smooth{.root_per_element = true};
    const std::map<std::string_view, Needs> known{
        {"clipped_sgd", norm},
        {"clip21", norm},
        {"shifted_clip", norm},
        {"clipped_sgd/component", {.message_pass = true}},
        {"clipped_server_sgd", {.root_at_server = true}},
        {"sclip_ef", smooth},
        {"smooth_clip_sgd", smooth},
        {"trimmed_mean_sgd", {.exchanges = 31}},  // Batcher's network for 10 clients
    };
    const auto found = known.find(name);
    return found == known.end() ? Needs{} : found->second;
}

/// Reads and writes an array once.
void pass(std::size_t size, double* values) {
    for (std::size_t k = 0; k < size; ++k) {
        values[k] = -values[k];
    }
}

/// Messages and a memory in one loop.
void pass(std::size_t size, double* __restrict messages, double* __restrict memory) {
    for (std::size_t k = 0; k < size; ++k) {
        messages[k] = -messages[k];
        memory[k] = -memory[k];
    }
}

/// A square root and a division for each lane.
void pass_roots(double* values) {
    for (std::size_t lane = 0; lane < model::lanes; ++lane) {
        values[lane] = 1.0 / std::sqrt(std::abs(values[lane]));
    }
}

/// Messages, and a memory where there is one, with a quotient by a root for each
/// message, taken as by smooth clipping.
void pass_over_roots(std::size_t size, double* messages, double* memory) {
    using model::LaneVector;
    constexpr std::size_t group = model::registers_per_group * LaneVector::width;
    TAILRATE_EXPECTS(size % group == 0);
    const LaneVector one = LaneVector::all(1.0);
    model::LaneBits doubt = model::LaneBits::all(0);
    for (std::size_t first = 0; first < size; first += group) {
        for (std::size_t r = 0; r < model::registers_per_group; ++r) {
            const std::size_t k = first + r * LaneVector::width;
            const LaneVector message = LaneVector::load(messages + k);
            const LaneVector square = message * message;
            const bool is_by_root =
                r + model::registers_by_root >= model::registers_per_group;
            const LaneVector quotient =
                is_by_root ? one / root(square) : over_root(one, square, doubt);
            quotient.store(messages + k);
            if (memory != nullptr) {
                (LaneVector::all(0.0) - LaneVector::load(memory + k)).store(memory + k);
            }
        }
    }
    bool is_doubted = doubt.any();
    benchmark::DoNotOptimize(is_doubted);
}

/// The floor of another method: the same arrays and aggregate, each array that the
/// method changes read and written once, with its square roots and divisions.
class Floor final : public model::Method {
  public:
    Floor(const model::Method& method, const Needs& needs)
        : aggregate_{method.aggregate()},
          needs_{needs},
          roots_{declare_server_array("roots")} {
        for (std::size_t k = 0; k < method.client_arrays().size(); ++k) {
            memory_.push_back(declare_client_array("m" + std::to_string(k)));
        }
    }

    void clients(const model::Step& step,
                 model::ClientRange range,
                 double* values) const override {
        const std::size_t size = range.size() * step.size();
        double* memory = memory_.empty() ? nullptr : step.at(memory_[0], range.first);
        if (needs_.root_per_element) {
            pass_over_roots(size, values, memory);
        } else if (needs_.message_pass && memory != nullptr) {
            pass(size, values, memory);
        } else if (needs_.message_pass || memory != nullptr) {
            pass(size, memory == nullptr ? values : memory);
        }
        for (std::size_t k = 1; k < memory_.size(); ++k) {
            pass(size, step.at(memory_[k], range.first));
        }
        for (std::size_t i = 0; needs_.root_per_client && i < range.size(); ++i) {
            pass_roots(values + i * step.size());
        }
    }

    [[nodiscard]] model::Aggregate aggregate() const override { return aggregate_; }

    void server(const model::Step& step, double* aggregate) const override {
        if (needs_.root_at_server) {
            pass_roots(step.at(roots_));
        }
        for (std::size_t k = 0; k < 2 * needs_.exchanges; ++k) {
            pass(step.size(), aggregate + k % step.clients * step.size());
        }
        model::descend(1e-3, step.size(), aggregate, step.at(iterate()));
    }

  private:
    model::Aggregate aggregate_;
    Needs needs_;
    model::ServerArray roots_;
    std::vector<model::ClientArray> memory_;
};

void copy(benchmark::State& state) {
    MethodStep method{variants().front().make()};
    for (auto _ : state) {
        method.copy();
        benchmark::ClobberMemory();
    }
    count_items(state, elements);
}

void step(benchmark::State& state, MethodStep& method) {
    for (auto _ : state) {
        method.copy_and_step();
        benchmark::ClobberMemory();
    }
    count_items(state, elements);
}

void step_of(benchmark::State& state, const Variant& variant) {
    MethodStep method{variant.make()};
    step(state, method);
    TAILRATE_ENSURES(method.is_ordinary());
}

void floor_of(benchmark::State& state, const Variant& variant) {
    MethodStep method{std::make_shared<Floor>(*variant.make(), needs_of(variant.name))};
    step(state, method);
}

/// The mean of the messages, the whole of an iteration of sgd but for the move.
void sum_messages(benchmark::State& state) {
    const model::Array messages(elements, 2.0);
    model::Array sum(dimension * model::lanes);
    for (auto _ : state) {
        model::add_clients(true, clients, sum.size(), messages.data(), sum.data());
        benchmark::ClobberMemory();
    }
    count_items(state, elements);
}

/// Adds all messages into eight registers, whatever their client.
void read_messages(benchmark::State& state) {
    using model::LaneVector;
    constexpr std::size_t registers = 8;
    const model::Array messages(elements, 2.0);
    model::Array sum(registers * LaneVector::width);
    for (auto _ : state) {
        auto totals = model::zeros<registers>();
        for (std::size_t k = 0; k < elements; k += sum.size()) {
            for (std::size_t r = 0; r < registers; ++r) {
                totals[r] =
                    totals[r] + LaneVector::load(&messages[k + r * LaneVector::width]);
            }
        }
        for (std::size_t r = 0; r < registers; ++r) {
            totals[r].store(&sum[r * LaneVector::width]);
        }
        benchmark::ClobberMemory();
    }
    count_items(state, elements);
}

}  // namespace

void register_steps() {
    benchmark::RegisterBenchmark("copy/messages", copy);
    benchmark::RegisterBenchmark("sum/messages", sum_messages);
    benchmark::RegisterBenchmark("floor/sum/messages", read_messages);
    for (const Variant& variant : variants()) {
        benchmark::RegisterBenchmark(
            ("step/" + variant.name).c_str(),
            [variant](benchmark::State& state) { step_of(state, variant); });
        benchmark::RegisterBenchmark(
            ("floor/step/" + variant.name).c_str(),
            [variant](benchmark::State& state) { floor_of(state, variant); });
    }
}

}  // namespace tailrate::measure
