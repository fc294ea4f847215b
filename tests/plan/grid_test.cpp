#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

/// The example of the format's documentation.
constexpr const char* documented = R"(
schema: 1
name: example               # [A-Za-z0-9_-]{1,64}
description: one line
master_seed: 1
seeds: 100
horizon: 100000             # integers may be written 1e5
points_per_decade: 10
metrics: [squared_error, optimality_gap]
problem: {kind: quadratic, clients: 10, dimension: 10, condition_number: 10, heterogeneity: 30, initial_distance: 10}
noise:                      # a list of maps is a union of families
  - {kind: student_t, tail_index: [1.2, 1.5], client_spread: 30}
method:
  - {kind: sgd, step: {scale: 2, shift: 20}}
  - {kind: clipped_sgd, clip: norm, clip_threshold: [3, 10, 30, 100, 300], step: {scale: 2, shift: 20}}
  - {kind: sclip_ef, clip_threshold: [10, 30], effective_step: 2}
rates: {window_decades: 1.5}
)";

std::string number(const core::Parameters& parameters, std::string_view name) {
    return parameters.has(name) ? core::to_text(parameters.value(name)) : "-";
}

/// "kind value value ...": the named parameters of one section, cell by cell.
std::vector<std::string> column(const Experiment& experiment,
                                Section section,
                                const std::vector<std::string>& names) {
    std::vector<std::string> texts;
    for (const Cell& cell : experiment.cells) {
        const Choice& choice = experiment.at(cell, section);
        std::string text = choice.kind;
        for (const std::string& name : names) {
            text += " " + number(choice.parameters, name);
        }
        texts.push_back(text);
    }
    return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the documented example gives its cells in order") {
    const Experiment experiment = parsed(documented);

    CHECK(experiment.name == "example");
    CHECK(experiment.description == "one line");
    CHECK(experiment.master_seed == 1);
    CHECK(experiment.seeds == 100);
    CHECK(experiment.horizon == 100000);
    CHECK(experiment.points_per_decade == 10);
    CHECK(experiment.metrics == Texts{"squared_error", "optimality_gap"});
    CHECK(experiment.window_decades == 1.5);
    REQUIRE(experiment.cells.size() == 16);
    CHECK(experiment.choices[0].size() == 1);
    CHECK(experiment.choices[1].size() == 1);
    CHECK(experiment.choices[2].size() == 2);
    CHECK(experiment.choices[3].size() == 8);
    const Texts methods{"sgd -",
                        "clipped_sgd 3",
                        "clipped_sgd 10",
                        "clipped_sgd 30",
                        "clipped_sgd 100",
                        "clipped_sgd 300",
                        "sclip_ef 10",
                        "sclip_ef 30"};
    Texts twice = methods;
    twice.insert(twice.end(), methods.begin(), methods.end());
    CHECK(column(experiment, Section::method, {"clip_threshold"}) == twice);
    const Texts laws =
        column(experiment, Section::noise, {"tail_index", "client_spread"});
    CHECK(laws.front() == "student_t 1.2 30");
    CHECK(laws[7] == "student_t 1.2 30");
    CHECK(laws[8] == "student_t 1.5 30");
}

TEST_CASE("defaults are filled in and kept in the order of the table") {
    const Experiment experiment = parsed(documented);

    CHECK(
        experiment.choices[0][0].text() ==
        "quadratic{clients: 10, instance_seed: 1, dimension: 10, condition_number: 10, "
        "heterogeneity: 30, initial_distance: 10, rotation: random, curvature_spread: "
        "0, "
        "residuals: gaussian}");
    CHECK(experiment.choices[1][0].text() == "server{}");
    CHECK(experiment.choices[2][0].text() ==
          "student_t{tail_index: 1.2, scale: 1, unit: raw, client_spread: 30, joint: "
          "independent}");
    CHECK_FALSE(experiment.choices[3][6].parameters.has("clip_scale"));
    CHECK(experiment.choices[3][6].parameters.real("effective_step") == 2.0);
    CHECK(experiment.choices[3][6].parameters.real("step.power") == 0.2);
}

TEST_CASE("lists multiply in file order with the last one fastest") {
    const Experiment experiment =
        parsed(sample_text(9,
                           "method: {kind: clipped_sgd, clip: [component, norm], step: "
                           "{shift: [0, 5], scale: "
                           "[1, 2]}, clip_threshold: [3, 1]}"));

    const Texts cells = column(experiment,
                               Section::method,
                               {"clip", "step.shift", "step.scale", "clip_threshold"});
    REQUIRE(cells.size() == 16);
    CHECK(Texts(cells.begin(), cells.begin() + 6) ==
          Texts{"clipped_sgd component 0 1 3",
                "clipped_sgd component 0 1 1",
                "clipped_sgd component 0 2 3",
                "clipped_sgd component 0 2 1",
                "clipped_sgd component 5 1 3",
                "clipped_sgd component 5 1 1"});
    CHECK(cells.back() == "clipped_sgd norm 5 2 1");
}

TEST_CASE("the sections multiply with problem slowest and method fastest") {
    const Experiment experiment = parsed(
        "schema: 1\nname: x\nhorizon: 1e3\n"
        "method: [{kind: sgd, step: {scale: 1}}, {kind: clip21, clip_threshold: 1, "
        "step: "
        "{scale: 1}}]\n"
        "noise: [{kind: none}, {kind: student_t, tail_index: [2, 3]}]\n"
        "problem: {kind: quadratic, clients: [1, 2], dimension: 1, condition_number: "
        "1}\n");

    CHECK(column(experiment, Section::problem, {"clients"}) == Texts{"quadratic 1",
                                                                     "quadratic 1",
                                                                     "quadratic 1",
                                                                     "quadratic 1",
                                                                     "quadratic 1",
                                                                     "quadratic 1",
                                                                     "quadratic 2",
                                                                     "quadratic 2",
                                                                     "quadratic 2",
                                                                     "quadratic 2",
                                                                     "quadratic 2",
                                                                     "quadratic 2"});
    CHECK(column(experiment, Section::noise, {"tail_index"}) == Texts{"none -",
                                                                      "none -",
                                                                      "student_t 2",
                                                                      "student_t 2",
                                                                      "student_t 3",
                                                                      "student_t 3",
                                                                      "none -",
                                                                      "none -",
                                                                      "student_t 2",
                                                                      "student_t 2",
                                                                      "student_t 3",
                                                                      "student_t 3"});
    CHECK(experiment.horizon == 1000);
    CHECK(column(experiment, Section::method, {})[1] == "clip21");
}

TEST_CASE("parts are expanded one after the other and share what they leave out") {
    std::string text = sample_text(8, "");
    text +=
        "parts:\n"
        "  - noise: {kind: student_t, tail_index: 1.2}\n"
        "    method: {kind: sgd, step: {scale: [1, 2]}}\n"
        "  - noise: [{kind: none}, {kind: student_t, tail_index: 1.2}]\n"
        "  - noise: {kind: student_t, tail_index: 1.2}\n"
        "    problem: {kind: quadratic, clients: 5, dimension: 2}\n";

    const Experiment experiment = parsed(text);

    CHECK(column(experiment, Section::noise, {"tail_index"}) == Texts{"student_t 1.2",
                                                                      "student_t 1.2",
                                                                      "none -",
                                                                      "student_t 1.2",
                                                                      "student_t 1.2"});
    CHECK(column(experiment, Section::method, {"step.scale"}) ==
          Texts{"sgd 1", "sgd 2", "sclip_ef 1", "sclip_ef 1", "sclip_ef 1"});
    CHECK(
        column(experiment, Section::problem, {"clients"}) ==
        Texts{
            "quadratic 2", "quadratic 2", "quadratic 2", "quadratic 2", "quadratic 5"});
    CHECK(experiment.choices[2].size() == 2);
    CHECK(experiment.cells[0].at(Section::noise) ==
          experiment.cells[4].at(Section::noise));
}

TEST_CASE("a section that no part uses gives no choices but is checked") {
    const std::string part =
        "parts: [{method: {kind: sgd, step: {scale: 1}}}]\nrates: {}";

    const Experiment experiment = parsed(sample_text(10, part));

    CHECK(experiment.cells.size() == 1);
    CHECK(experiment.choices[3].size() == 1);
    std::string wrong = sample_text(10, part);
    wrong.replace(wrong.find("clip_threshold: 10"), 18, "clip_threshold: 0 ");
    CHECK(says(parse_error(wrong), {"e.yaml:9:42", "clip_threshold"}));
}

TEST_CASE("metrics always hold squared_error and have one order") {
    CHECK(parsed(sample_text(6, "metrics: [iterate_mean, optimality_gap]")).metrics ==
          Texts{"squared_error", "optimality_gap", "iterate_mean"});
    CHECK(parsed(sample_text(6, "")).metrics == Texts{"squared_error"});
}

TEST_CASE("a value knows where it was written") {
    const Experiment experiment =
        parsed(sample_text(9, "method: {kind: sgd, step: {scale: [1, 2]}}"));
    const Choice& second = experiment.choices[3][1];

    CHECK(second.place("step.scale").line == 9);
    CHECK(second.place("step.scale").column == 39);
    CHECK(second.place("step.shift").column == 9);
    CHECK(second.place("step.shift").file == "e.yaml");
    CHECK(experiment.choices[1][0].place("kind").line == 1);
}

}  // namespace tailrate::plan
