#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

/// Everything of an experiment beside its cells.
std::string settings_text(const Experiment& experiment) {
    std::string text = experiment.name + "|" + experiment.description + "|" +
                       core::to_text(experiment.window_decades);
    if (experiment.keep == Keep::summary) {
        text += "|summary";
    }
    if (experiment.tuning) {
        text += "|" + std::to_string(experiment.tuning->first_seed) + "+" +
                std::to_string(experiment.tuning->seeds);
    }
    for (const std::int64_t number : {experiment.master_seed,
                                      experiment.seeds,
                                      experiment.horizon,
                                      experiment.points_per_decade}) {
        text += "|" + std::to_string(number);
    }
    for (const std::string& metric : experiment.metrics) {
        text += "|" + metric;
    }
    return text;
}

/// The settings and the choices of every cell.
std::vector<std::string> content(const Experiment& experiment) {
    std::vector<std::string> texts{settings_text(experiment)};
    for (const Cell& cell : experiment.cells) {
        std::string text;
        for (const Section section :
             {Section::problem, Section::network, Section::noise, Section::method}) {
            text += experiment.at(cell, section).text() + " ";
        }
        texts.push_back(text);
    }
    return texts;
}

void check_round_trip(const Experiment& experiment) {
    CAPTURE(experiment.completed);

    const Experiment again = parsed(experiment.completed);

    CHECK(again.completed == experiment.completed);
    CHECK(content(again) == content(experiment));
    CHECK(again.cells == experiment.cells);
}

}  // namespace

TEST_CASE("the completed text has every default") {
    CHECK(
        parsed(sample_text()).completed ==
        "schema: 1\n"
        "name: \"sample\"\n"
        "description: \"\"\n"
        "master_seed: 1\n"
        "seeds: 20\n"
        "horizon: 1000\n"
        "points_per_decade: 10\n"
        "metrics: [squared_error]\n"
        "problem:\n"
        "  - {kind: quadratic, clients: 2, instance_seed: 1, dimension: 2, "
        "condition_number: 10, heterogeneity: 0, initial_distance: 1, rotation: "
        "random, "
        "curvature_spread: 0, residuals: gaussian}\n"
        "network:\n"
        "  - {kind: server}\n"
        "noise:\n"
        "  - {kind: student_t, tail_index: 1.5, scale: 1, unit: raw, client_spread: 1, "
        "joint: independent}\n"
        "method:\n"
        "  - {kind: sclip_ef, step: {scale: 1, power: 0.2, shift: 0, relative_to: "
        "one}, "
        "clip_threshold: 10, threshold_growth: 0.3, effective_step: 2, clip_power: "
        "0.5, "
        "weight: 0.5, weight_power: 0.5}\n"
        "rates: {window_decades: 1.5}\n");
}

TEST_CASE("the completed text reads back as the same experiment") {
    check_round_trip(parsed(sample_text()));
    check_round_trip(
        parsed(sample_text(9,
                           "method: [{kind: clipped_sgd, clip: [component, norm], "
                           "step: {shift: [0, 5], scale: "
                           "[1, 2e-300]}, clip_threshold: [3, 1]}, {kind: clip21, "
                           "clip_threshold: [0.1, 1e300], "
                           "step: {scale: [1, 0.3333333333333333], power: 1}}]")));
    check_round_trip(
        parsed(sample_text(6,
                           "description: \"a \\\"quoted\\\" \\\\ text: with # signs, "
                           "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"")));
    check_round_trip(parsed(sample_text(2, "name: \"null\"")));
    check_round_trip(parsed(sample_text(3, "master_seed: 9223372036854775807")));
    check_round_trip(parsed(sample_text(6, "tuning: {first_seed: 1e9, seeds: 50}")));
    check_round_trip(parsed(sample_text(6, "keep: summary")));
}

TEST_CASE("the completed text says what is kept only where it is a summary") {
    const std::string usual = parsed(sample_text()).completed;

    const Experiment seeds = parsed(sample_text(6, "keep: seeds"));
    const Experiment summary = parsed(sample_text(), {.set = {"keep=summary"}});

    CHECK(seeds.keep == Keep::seeds);
    CHECK(seeds.completed == usual);
    CHECK(summary.keep == Keep::summary);
    CHECK(summary.completed.find("\nkeep: summary\nproblem:") != std::string::npos);
    CHECK(summary.completed.size() == usual.size() + 14);
}

TEST_CASE("parts, overrides and data paths survive the completed text") {
    const std::string parts =
        "parts:\n"
        "  - {}\n"
        "  - noise: [{kind: none, client_spread: [1, 2]}, {kind: gaussian}]\n"
        "    method: {kind: sgd, step: {power: [1, 0.5], scale: [1, 2]}}\n"
        "  - problem: {kind: logistic, data: \"a b's.txt\", condition_number: [9, 3], "
        "clients: 3}\n"
        "    network: {kind: server}\n";
    check_round_trip(parsed(sample_text(10, parts)));
    check_round_trip(parsed(
        sample_text(10, parts),
        {.set = {"problem.clients=[4, 2]", "method.step.shift=[1, 0]"}, .seeds = 3}));
}

}  // namespace tailrate::plan
