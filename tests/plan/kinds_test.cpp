#include "plan/kinds.hpp"

#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "model/noise_field.hpp"
#include "model/problem.hpp"
#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

std::string problem_with_seed(const std::string& seed) {
    return sample_text(7,
                       "problem: {kind: quadratic, clients: 2, dimension: 2, "
                       "instance_seed: " +
                           seed + "}");
}

}  // namespace

TEST_CASE("what every problem and every noise has is one table for all readers") {
    const auto check = [](Section section,
                          const std::vector<core::ParameterSpec>& common) {
        for (const std::string& kind : kinds_of(section)) {
            for (const core::ParameterSpec& spec : common) {
                CAPTURE(kind);
                CAPTURE(spec.name);
                CHECK(find_parameter(section, kind, spec.name) == &spec);
            }
        }
    };
    check(Section::problem, model::problem_parameters());
    check(Section::noise, model::noise_parameters());
}

TEST_CASE("an instance seed is any integer from 0 to 2^63 - 1, to the last digit") {
    for (const std::int64_t seed :
         {INT64_C(0), INT64_C(9223372036854774785), INT64_MAX - 1, INT64_MAX}) {
        CAPTURE(seed);
        const Experiment experiment = parsed(problem_with_seed(std::to_string(seed)));
        CHECK(experiment.at(experiment.cells[0], Section::problem)
                  .parameters.integer("instance_seed") == seed);
    }
    CHECK(says(parse_error(problem_with_seed("9223372036854775808")),
               {"e.yaml:7:69: ", "beyond 2^63 - 1", "an integer >= 0"}));
    CHECK(allowed_text(*find_parameter(
              Section::problem, "quadratic", "instance_seed")) == "an integer >= 0");
}

}  // namespace tailrate::plan
