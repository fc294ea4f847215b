#include "plan/labels.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

using Texts = std::vector<std::string>;

Texts varying(const Experiment& experiment) {
    Texts names;
    for (const VaryingParameter& parameter : varying_parameters(experiment)) {
        names.push_back(std::string{section_name(parameter.section)} + " " +
                        parameter.name);
    }
    return names;
}

}  // namespace

TEST_CASE("a single cell is called by its method") {
    const Experiment experiment = parsed(sample_text());

    CHECK(labels(experiment) == Texts{"sclip_ef"});
    CHECK(varying(experiment).empty());
}

TEST_CASE("a label names what varies among the choices of a kind") {
    const Experiment experiment = parsed(
        "schema: 1\nname: x\nhorizon: 10\n"
        "problem: {kind: quadratic, clients: 2, dimension: 2, condition_number: [1, "
        "10]}\n"
        "noise: {kind: student_t, tail_index: [1.2, 2]}\n"
        "method:\n"
        "  - {kind: sgd, step: {scale: 2, shift: 20}}\n"
        "  - {kind: sclip_ef, clip_threshold: 10, clip_scale: 3}\n"
        "  - {kind: sclip_ef, clip_threshold: [10, 30], effective_step: 2}\n");

    const Texts names = labels(experiment);

    REQUIRE(names.size() == 16);
    CHECK(names[0] == "sgd tail_index=1.2 condition_number=1");
    CHECK(names[1] ==
          "sclip_ef clip_threshold=10 clip_scale=3 tail_index=1.2 condition_number=1");
    CHECK(
        names[7] ==
        "sclip_ef clip_threshold=30 effective_step=2 tail_index=2 condition_number=1");
    CHECK(std::set<std::string>(names.begin(), names.end()).size() == 16);
    CHECK(varying(experiment) == Texts{"problem condition_number",
                                       "noise tail_index",
                                       "method step.scale",
                                       "method step.power",
                                       "method step.shift",
                                       "method clip_threshold"});
}

TEST_CASE("a default is told only where it alone tells two cells apart") {
    const Experiment experiment = parsed(
        "schema: 1\nname: x\nhorizon: 10\n"
        "problem: {kind: quadratic, clients: 2, dimension: 2, condition_number: [1, "
        "10]}\n"
        "noise: {kind: none}\n"
        "method:\n"
        "  - {kind: clipped_sgd, clip_threshold: [3, 10], step: {scale: 2}}\n"
        "  - {kind: clipped_sgd, clip: component, clip_threshold: 3, "
        "threshold_growth: 0.3, step: {scale: 2}}\n");

    const Texts names = labels(experiment);

    REQUIRE(names.size() == 6);
    CHECK(names[0] == "clipped_sgd clip_threshold=3 condition_number=1");
    CHECK(names[2] ==
          "clipped_sgd clip_threshold=3 threshold_growth=0.3 clip=component "
          "condition_number=1");
    CHECK(names[4] == "clipped_sgd clip_threshold=10 condition_number=10");
}

TEST_CASE("kinds are named where a section has several") {
    const Experiment experiment = parsed(
        sample_text(8, "noise: [{kind: none}, {kind: student_t, tail_index: 2}]"));

    CHECK(labels(experiment) == Texts{"sclip_ef none", "sclip_ef student_t"});
}

}  // namespace tailrate::plan
