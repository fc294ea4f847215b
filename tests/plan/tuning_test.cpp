#include "plan/tuning.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

constexpr const char* two_laws = "noise: {kind: student_t, tail_index: [1.2, 1.5]}";
constexpr const char* two_maps =
    "method:\n"
    "  - {kind: clipped_sgd, clip_threshold: [3, 1, 0.1], step: {scale: [1, 2]}}\n"
    "  - {kind: sgd, step: {scale: 1}}";

/// The sample with other noise, methods and, at its end, `more`.
std::string text_with(const std::string& noise,
                      const std::string& method,
                      const std::string& more = {}) {
    std::string text;
    for (std::size_t k = 0; k + 3 < sample_lines().size(); ++k) {
        text += sample_lines()[k] + "\n";
    }
    return text + noise + "\n" + method + "\n" + more + "\n";
}

using Cells = std::vector<std::uint32_t>;

std::vector<Cells> cells_of(const Setting& setting) {
    std::vector<Cells> cells;
    for (const Candidates& candidates : setting.candidates) {
        cells.push_back(candidates.cells);
    }
    return cells;
}

std::vector<std::string> edges(const std::string& method, std::size_t cell) {
    const Experiment experiment = parsed(sample_text(9, method));
    const Choice& choice = experiment.at(experiment.cells.at(cell), Section::method);
    return axes_at_edge(method_grids(experiment).front(), choice.parameters);
}

Experiment tuned(const Experiment& experiment,
                 const std::vector<Cells>& winners,
                 const std::string& folder = {}) {
    return parse(tuned_text(experiment, {1'000'000'000, 20}, winners, folder),
                 "tuned.yaml",
                 folder,
                 {});
}

}  // namespace

TEST_CASE("the note on the tuning is read and moves no seed") {
    const std::string text = sample_text(10, "tuning: {first_seed: 1e9, seeds: 50}");

    const Experiment experiment = parsed(text);

    REQUIRE(experiment.tuning.has_value());
    CHECK(experiment.tuning->first_seed == 1'000'000'000);
    CHECK(experiment.tuning->seeds == 50);
    CHECK(experiment.first_seed == 0);
    CHECK(experiment.seeds == 20);
    CHECK_FALSE(parsed(sample_text()).tuning.has_value());
}

TEST_CASE("a map's lists are its grid, in file order") {
    const std::vector<MethodGrid> grids =
        method_grids(parsed(sample_text(9, two_maps)));

    REQUIRE(grids.size() == 2);
    CHECK(grids[0].kind == "clipped_sgd");
    CHECK(grids[0].place.line == 10);
    REQUIRE(grids[0].axes.size() == 2);
    CHECK(grids[0].axes[0].name == "clip_threshold");
    CHECK(grids[0].axes[0].values == std::vector<core::Value>{3.0, 1.0, 0.1});
    CHECK(grids[0].axes[1].name == "step.scale");
    CHECK(grids[1].axes.empty());
}

TEST_CASE("without a list there is nothing to tune") {
    const Experiment experiment = parsed(sample_text());

    const std::string error =
        input_error([&] { static_cast<void>(method_grids(experiment)); });

    CHECK(begins_with(error, "e.yaml:9:9: "));
    CHECK(says(error, {"nothing to tune", "a list"}));
}

TEST_CASE("cells compete within a problem, network and noise and within their map") {
    const Experiment experiment = parsed(text_with(two_laws, two_maps));

    const std::vector<Setting> settings = settings_of(experiment);

    REQUIRE(settings.size() == 2);
    CHECK(cells_of(settings[0]) == std::vector<Cells>{{0, 1, 2, 3, 4, 5}, {6}});
    CHECK(cells_of(settings[1]) == std::vector<Cells>{{7, 8, 9, 10, 11, 12}, {13}});
}

TEST_CASE("equal choices of two parts belong to the maps of their parts") {
    const Experiment experiment = parsed(sample_text(
        9,
        "parts:\n"
        "  - {noise: {kind: none}, method: {kind: sgd, step: {scale: [1, 2]}}}\n"
        "  - {noise: {kind: gaussian}, method: {kind: sgd, step: {scale: [2, 4]}}}\n"
        "  - {noise: {kind: none}, method: {kind: sgd, step: {scale: [8, 9]}}}\n"));

    const std::vector<Setting> settings = settings_of(experiment);

    CHECK(experiment.method_map_of == Cells{0, 0, 1, 1, 2, 2});
    REQUIRE(settings.size() == 2);
    CHECK(cells_of(settings[0]) == std::vector<Cells>{{0, 1}, {4, 5}});
    CHECK(cells_of(settings[1]) == std::vector<Cells>{{2, 3}});
    CHECK(settings[1].candidates[0].method_map == 1);
}

TEST_CASE("the edge of an axis is its smallest and largest number of three or more") {
    const std::string thresholds =
        "method: {kind: clipped_sgd, clip: [norm, component], clip_threshold: [3, 10, "
        "1], step: {scale: [1, 2]}}";
    // Cells: clip, then the thresholds 3, 10, 1, then two steps.
    CHECK(edges(thresholds, 0).empty());
    CHECK(edges(thresholds, 2) == std::vector<std::string>{"clip_threshold"});
    CHECK(edges(thresholds, 5) == std::vector<std::string>{"clip_threshold"});
    CHECK(edges(thresholds, 6).empty());

    // No shift is below 0, no power above 2: nothing lies beyond.
    const std::string ends =
        "method: {kind: sgd, step: {scale: 1, shift: [0, 5, 9], power: [1, 1.5, 2]}}";
    CHECK(edges(ends, 0) == std::vector<std::string>{"step.power"});
    CHECK(edges(ends, 2).empty());
    CHECK(edges(ends, 8) == std::vector<std::string>{"step.shift"});
}

TEST_CASE(
    "a tuned experiment has the winners of each setting and says who chose them") {
    const Experiment experiment =
        parsed(text_with(two_laws, two_maps, "tuning: {first_seed: 1.5e9, seeds: 3}"));

    const Experiment found = tuned(experiment, {{4, 6}, {8}});

    REQUIRE(found.cells.size() == 3);
    const std::vector<std::uint32_t> from{4, 6, 8};
    for (std::size_t k = 0; k < from.size(); ++k) {
        for (const Section section :
             {Section::problem, Section::network, Section::noise, Section::method}) {
            CHECK(found.at(found.cells[k], section).text() ==
                  experiment.at(experiment.cells[from[k]], section).text());
        }
    }
    CHECK(found.name == "sample-tuned");
    CHECK(found.seeds == 20);
    CHECK(found.horizon == 1000);
    REQUIRE(found.tuning.has_value());
    CHECK(found.tuning->first_seed == 1'000'000'000);
    CHECK(found.tuning->seeds == 20);
}

TEST_CASE("numbers of a tuned experiment keep every bit") {
    const Experiment experiment =
        parsed(text_with("noise: {kind: none, scale: 0.30000000000000004}",
                         "method: {kind: clip21, clip_threshold: [1e-300, "
                         "0.1000000000000000055511151231257827], step: {scale: [3, "
                         "1.7976931348623157e308]}}"));

    const Experiment found = tuned(experiment, {{3}});

    const core::Parameters& method =
        found.at(found.cells.front(), Section::method).parameters;
    CHECK(method.real("clip_threshold") == 0.1);
    CHECK(method.real("step.scale") == 1.7976931348623157e308);
    CHECK(found.at(found.cells.front(), Section::noise).parameters.real("scale") ==
          0.1 + 0.2);
}

TEST_CASE("the name of a tuned experiment has at most 64 letters") {
    const Experiment experiment =
        parsed(sample_text(2, "name: " + std::string(64, 'x')));

    CHECK(tuned(experiment, {{0}}).name == std::string(58, 'x') + "-tuned");
}

TEST_CASE("a tuned experiment in another folder finds the same data") {
    const std::string problem =
        "problem: {kind: logistic, clients: 2, data: d/x.txt, condition_number: 9}";
    const Experiment experiment =
        parse(sample_text(7, problem), "e.yaml", "/nowhere/from", {});
    const auto data = [](const Experiment& of) {
        return of.at(of.cells.front(), Section::problem).parameters.text("data");
    };

    CHECK(data(tuned(experiment, {{0}}, "/nowhere/to")) == "../from/d/x.txt");
    CHECK(data(tuned(experiment, {{0}}, "/nowhere/from")) == "d/x.txt");
}

}  // namespace tailrate::plan
