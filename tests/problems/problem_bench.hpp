#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "core/registry.hpp"
#include "model/normals.hpp"
#include "model/problem.hpp"

namespace tailrate::test {

using Setting = std::pair<std::string_view, core::Value>;

inline const std::filesystem::path data_folder =
    std::filesystem::path{TAILRATE_SOURCE_DIR} / "experiments" / "data";

/// The defaults of a problem, three clients, a small value for what has no default, and
/// `settings` in place of these.
inline core::Parameters problem_parameters(
    std::string_view key, std::initializer_list<Setting> settings = {}) {
    core::Parameters parameters;
    parameters.set("clients", std::int64_t{3});
    parameters.set("instance_seed", std::int64_t{1});
    for (const core::ParameterSpec& spec :
         core::catalogue<model::Problem>().at(key).parameters) {
        if (spec.default_value) {
            parameters.set(spec.name, *spec.default_value);
        } else if (spec.type == core::ValueType::path) {
            parameters.set(spec.name, std::string{"breast_cancer.libsvm"});
        } else if (spec.type == core::ValueType::integer) {
            parameters.set(spec.name, std::int64_t{5});
        } else if (spec.type == core::ValueType::real) {
            parameters.set(spec.name, 10.0);
        }
    }
    for (const Setting& setting : settings) {
        parameters.set(setting.first, setting.second);
    }
    return parameters;
}

inline std::unique_ptr<model::Problem> make_problem(
    std::string_view key, const core::Parameters& parameters) {
    return core::catalogue<model::Problem>().at(key).make(parameters, data_folder);
}

inline std::unique_ptr<model::Problem> make_problem(
    std::string_view key, std::initializer_list<Setting> settings = {}) {
    return make_problem(key, problem_parameters(key, settings));
}

/// `vectors` vectors (dimension x lanes) x* + distance |x0 - x*| (normals) / sqrt(d),
/// other normals in every vector, coordinate and lane.
inline model::Array points_near_minimizer(const model::Problem& problem,
                                          double distance,
                                          std::size_t vectors = 1) {
    const model::ProblemFacts& facts = problem.facts();
    const std::size_t size = facts.dimension * model::lanes;
    const model::InstanceRandom random{99, "test points"};
    model::Array points(vectors * size);
    const double scale = distance * facts.initial_distance /
                         std::sqrt(static_cast<double>(facts.dimension));
    for (std::size_t e = 0; e < points.size(); ++e) {
        points[e] = facts.x_star[e % size / model::lanes] +
                    scale * random.normal(e / size, e % size);
    }
    return points;
}

/// Gradients of clients first .. last - 1 at the points, starting from 0.
inline model::Array gradients(const model::Problem& problem,
                              model::ClientRange range,
                              model::Points points,
                              const model::OracleCall& call = {1, 0, 0}) {
    model::Array out(range.size() * problem.facts().dimension * model::lanes, 0.0);
    model::Array scratch(problem.scratch_size() + 1);
    problem.add_gradients(call, range, points, out.data(), scratch.data());
    return out;
}

inline model::Lanes gap_at(const model::Problem& problem, const model::Array& x) {
    model::Lanes gap{};
    problem.optimality_gap(x.data(), gap);
    return gap;
}

inline model::Array full_gradient(const model::Problem& problem,
                                  const model::Array& x) {
    model::Array gradient(x.size());
    problem.full_gradient(x.data(), gradient.data());
    return gradient;
}

/// Euclidean norm of one lane of a vector (dimension x lanes).
inline double lane_norm(const model::Array& vector, std::size_t lane) {
    double sum = 0.0;
    for (std::size_t e = lane; e < vector.size(); e += model::lanes) {
        sum += vector[e] * vector[e];
    }
    return std::sqrt(sum);
}

/// At x = 0, where runs start and what they are measured against, every error is a
/// number, and the squared error no rounded one.
inline void check_start(const model::Problem& problem) {
    const model::Array start(problem.facts().dimension * model::lanes, 0.0);
    const double distance = problem.facts().initial_distance;
    CHECK(std::isnormal(distance * distance));
    CHECK(std::isfinite(gap_at(problem, start)[0]));
    CHECK(std::isfinite(lane_norm(full_gradient(problem, start), 0)));
}

}  // namespace tailrate::test
