#pragma once

#include <memory>
#include <string>
#include <vector>

#include "problems/problem_bench.hpp"

namespace tailrate::test {

struct ProblemCase {
    std::string name;
    std::string key;
    core::Parameters parameters;

    [[nodiscard]] std::unique_ptr<model::Problem> make() const {
        return make_problem(key, parameters);
    }
};

/// Every entry of the catalogue with its defaults, with one client, and with each
/// choice of each parameter; heterogeneous where it can be.
inline std::vector<ProblemCase> problem_cases() {
    std::vector<ProblemCase> cases;
    for (const auto& [key, entry] : core::catalogue<model::Problem>()) {
        const std::string name{key};
        core::Parameters usual = problem_parameters(key);
        core::Parameters single = usual;
        single.set("clients", std::int64_t{1});
        cases.push_back({name + " with one client", name, single});
        if (usual.has("heterogeneity")) {
            usual.set("heterogeneity", 3.0);
            usual.set("curvature_spread", 0.5);
        }
        for (const core::ParameterSpec& spec : entry.parameters) {
            for (const std::string& choice : spec.choices) {
                core::Parameters chosen = usual;
                chosen.set(spec.name, choice);
                std::string text = name;
                text.append(" ").append(spec.name).append(" ").append(choice);
                cases.push_back({text, name, chosen});
            }
        }
    }
    core::Parameters line = problem_parameters("quadratic",
                                               {{"dimension", std::int64_t{1}},
                                                {"condition_number", 1.0},
                                                {"clients", std::int64_t{1}}});
    cases.push_back({"quadratic in one dimension", "quadratic", line});
    return cases;
}

}  // namespace tailrate::test
