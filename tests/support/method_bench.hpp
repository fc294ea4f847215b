#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/contracts.hpp"
#include "core/registry.hpp"
#include "model/method.hpp"
#include "model/problem.hpp"

namespace tailrate::test {

using Entry = core::Entry<model::Method>;
using Settings = std::vector<std::pair<std::string, core::Value>>;

inline const Entry& method_entry(std::string_view key) {
    const auto found = core::catalogue<model::Method>().find(key);
    TAILRATE_EXPECTS(found != core::catalogue<model::Method>().end());
    return found->second;
}

/// The value for a required parameter of an entry that the tests do not know.
inline core::Value plain_value(const core::ParameterSpec& spec) {
    switch (spec.type) {
        case core::ValueType::real:
            return 1.0;
        case core::ValueType::integer:
            return std::int64_t{1};
        default:
            return spec.choices.empty() ? std::string{} : spec.choices.front();
    }
}

/// Every parameter of the entry: as in `settings`, else its default, else 1.
inline core::Parameters complete(const Entry& entry, const Settings& settings) {
    core::Parameters parameters;
    for (const core::ParameterSpec& spec : entry.parameters) {
        const auto set =
            std::find_if(settings.begin(), settings.end(), [&](const auto& s) {
                return s.first == spec.name;
            });
        if (set != settings.end()) {
            parameters.set(spec.name, set->second);
        } else if (spec.default_value) {
            parameters.set(spec.name, *spec.default_value);
        } else if (!spec.optional) {
            parameters.set(spec.name, plain_value(spec));
        }
    }
    return parameters;
}

inline std::unique_ptr<model::Method> make_method(std::string_view key,
                                                  const Settings& settings,
                                                  const model::ProblemFacts& facts) {
    const Entry& entry = method_entry(key);
    return entry.make(complete(entry, settings), facts);
}

/// Facts of an instance with n clients in R^d, L = 4 and mu = 0.5.
inline model::ProblemFacts facts_of(std::size_t clients, std::size_t dimension) {
    model::ProblemFacts facts;
    facts.clients = clients;
    facts.dimension = dimension;
    facts.x_star.assign(dimension, 0.0);
    facts.L = 4.0;
    facts.mu = 0.5;
    facts.condition_number = 8.0;
    return facts;
}

/// The state of one method for one block, stepped by plain loops with gradients that
/// the test gives: what a run is, without tiles, chunks, noise and records.
class MethodBench {
  public:
    MethodBench(const model::Method& method, std::size_t clients, std::size_t dimension)
        : method_{method},
          schedules_(method.schedules().size()) {
        step_.clients = clients;
        step_.dimension = dimension;
        for (std::size_t k = 0; k < method.server_arrays().size(); ++k) {
            server_.emplace_back(step_.size(), 0.0);
        }
        for (std::size_t k = 0; k < method.client_arrays().size(); ++k) {
            client_.emplace_back(clients * step_.size(), 0.0);
        }
        for (model::Array& array : server_) {
            server_pointers_.push_back(array.data());
        }
        for (model::Array& array : client_) {
            client_pointers_.push_back(array.data());
        }
        step_.server_arrays = server_pointers_.data();
        step_.client_arrays = client_pointers_.data();
        step_.schedules = schedules_.data();
        prepare();
    }

    ~MethodBench() = default;
    MethodBench(const MethodBench&) = delete;
    MethodBench& operator=(const MethodBench&) = delete;
    MethodBench(MethodBench&&) = delete;
    MethodBench& operator=(MethodBench&&) = delete;

    /// One iteration; the clients are served in ranges that end at `ends`.
    void step(model::Array gradients, const std::vector<std::size_t>& ends) {
        std::size_t first = 0;
        for (const std::size_t last : ends) {
            method_.clients(
                step_, {first, last}, gradients.data() + first * step_.size());
            first = last;
        }
        if (method_.aggregate() == model::Aggregate::all) {
            method_.server(step_, gradients.data());
            ++step_.t;
            prepare();
            return;
        }
        model::Array mean(step_.size(), 0.0);
        for (std::size_t i = 0; i < step_.clients; ++i) {
            for (std::size_t k = 0; k < step_.size(); ++k) {
                mean[k] += gradients[i * step_.size() + k];
            }
        }
        const double part = 1.0 / static_cast<double>(step_.clients);
        for (double& value : mean) {
            value *= part;
        }
        method_.server(step_, mean.data());
        ++step_.t;
        prepare();
    }

    /// One iteration, one client after the other.
    void step(const model::Array& gradients) {
        std::vector<std::size_t> ends;
        for (std::size_t i = 1; i <= step_.clients; ++i) {
            ends.push_back(i);
        }
        step(gradients, ends);
    }

    /// One iteration with the same (client x dimension) gradients in every lane.
    void step(std::initializer_list<double> gradients) {
        step(in_all_lanes(gradients));
    }

    /// One iteration with the gradients of `problem` at the iterate.
    void step(const model::Problem& problem) { step(gradients(problem)); }

    [[nodiscard]] model::Array gradients(const model::Problem& problem) const {
        model::Array values(step_.clients * step_.size(), 0.0);
        model::Array scratch(problem.scratch_size());
        problem.add_gradients(
            {}, {0, step_.clients}, {x(), 0}, values.data(), scratch.data());
        return values;
    }

    [[nodiscard]] static model::Array in_all_lanes(
        std::initializer_list<double> values) {
        model::Array rows;
        for (const double value : values) {
            rows.insert(rows.end(), model::lanes, value);
        }
        return rows;
    }

    [[nodiscard]] const model::Step& state() const { return step_; }

    [[nodiscard]] const double* x() const { return step_.at(method_.iterate()); }

    [[nodiscard]] double x(std::size_t j, std::size_t lane = 0) const {
        return x()[j * model::lanes + lane];
    }

    /// Coordinate j of client i's memory.
    [[nodiscard]] double memory(std::size_t i,
                                std::size_t j,
                                std::size_t lane = 0) const {
        return step_.at(*method_.memory(), i)[j * model::lanes + lane];
    }

    /// Every number of the state, for comparisons bit by bit.
    [[nodiscard]] std::vector<double> all() const {
        std::vector<double> numbers;
        for (const auto* arrays : {&server_, &client_}) {
            for (const model::Array& array : *arrays) {
                numbers.insert(numbers.end(), array.begin(), array.end());
            }
        }
        return numbers;
    }

  private:
    void prepare() {
        for (std::size_t s = 0; s < schedules_.size(); ++s) {
            method_.schedules()[s].fill(step_.t, {&schedules_[s], 1});
        }
    }

    const model::Method& method_;
    std::vector<double> schedules_;
    std::vector<model::Array> server_, client_;
    std::vector<double*> server_pointers_, client_pointers_;
    model::Step step_;
};

/// Whether two arrays hold the same bits; NaNs are equal only with equal payloads.
template <class First, class Second>
[[nodiscard]] bool same_bits(const First& a, const Second& b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](double u, double v) {
               return std::bit_cast<std::uint64_t>(u) ==
                      std::bit_cast<std::uint64_t>(v);
           });
}

}  // namespace tailrate::test
