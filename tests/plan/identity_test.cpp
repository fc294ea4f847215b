#include "plan/identity.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include "core/registry.hpp"
#include "model/method.hpp"
#include "random/address.hpp"
#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

Study study_of(const std::string& text, const std::filesystem::path& folder = {}) {
    return Study{parse(text, "e.yaml", folder, {})};
}

std::string identity(const std::string& text) {
    return study_of(text).identity(0);
}

template <class Interface>
std::string version_of(std::string_view kind) {
    return std::to_string(core::catalogue<Interface>().at(kind).version);
}

/// Whether replacing one line of the sample leaves its identity as it is.
void check_same(std::size_t number, const std::string& line, bool is_same) {
    CAPTURE(line);
    CHECK((identity(sample_text(number, line)) == identity(sample_text())) == is_same);
}

void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file{path};
    file << text;
}

}  // namespace

TEST_CASE("the identity lists versions and every numeric input") {
    CHECK(
        identity(sample_text()) ==
        "engine " + std::to_string(engine_version) + "\nstream " +
            std::to_string(random::stream_version) +
            "\nmaster_seed 1\nhorizon 1000\npoints_per_decade 10\n"
            "metrics squared_error\n"
            "problem.kind quadratic\nproblem.version " +
            version_of<model::Problem>("quadratic") +
            "\nproblem.clients 2\n"
            "problem.instance_seed 1\nproblem.dimension 2\nproblem.condition_number "
            "10\n"
            "problem.heterogeneity 0\nproblem.initial_distance 1\nproblem.rotation "
            "random\n"
            "problem.curvature_spread 0\nproblem.residuals gaussian\n"
            "network.kind server\nnetwork.version " +
            version_of<model::Network>("server") +
            "\n"
            "noise.kind student_t\nnoise.version " +
            version_of<model::Noise>("student_t") +
            "\nnoise.tail_index 1.5\nnoise.scale 1\n"
            "noise.unit raw\nnoise.client_spread 1\nnoise.joint independent\n"
            "method.kind sclip_ef\nmethod.version " +
            version_of<model::Method>("sclip_ef") +
            "\nmethod.step.scale 1\n"
            "method.step.power 0.2\nmethod.step.shift 0\nmethod.step.relative_to one\n"
            "method.clip_threshold 10\nmethod.threshold_growth "
            "0.3\nmethod.effective_step "
            "2\n"
            "method.clip_power 0.5\nmethod.weight 0.5\nmethod.weight_power 0.5\n");
}

TEST_CASE("the identity does not change with what shapes no number") {
    const std::vector<std::pair<std::size_t, std::string>> same{
        {1, "# a comment\nschema: 1"},
        {2, "name: other"},
        {2, "name: sample\ndescription: other"},
        {3, ""},
        {4, "seeds: 500"},
        {5, "horizon: 1e3"},
        {6, "points_per_decade: 10"},
        {7, "problem: {dimension: 2, clients: 2, kind: quadratic, instance_seed: 1}"},
        {8, "noise: [{tail_index: [1.50, 3], kind: student_t, scale: 1.0}]"},
        {9,
         "method: {kind: sclip_ef, effective_step: 2, clip_threshold: 10, step: "
         "{power: "
         "0.2}}"},
        {10, ""},
        {10, "rates: {window_decades: 2}"},
        {10, "keep: summary"},
        {10, "tuning: {first_seed: 1e9, seeds: 5}"}};
    for (const auto& [number, line] : same) {
        check_same(number, line, true);
    }
}

TEST_CASE("the identity changes with every numeric input") {
    const std::vector<std::pair<std::size_t, std::string>> other{
        {3, "master_seed: 2"},
        {5, "horizon: 1001"},
        {6, "metrics: [optimality_gap]"},
        {6, "points_per_decade: 11"},
        {7, "problem: {kind: quadratic, clients: 3, dimension: 2}"},
        {7, "problem: {kind: quadratic, clients: 2, dimension: 2, instance_seed: 2}"},
        {8, "noise: {kind: symmetric_pareto, tail_index: 1.5}"},
        {8, "noise: {kind: student_t, tail_index: 1.5000000000000002}"},
        {8, "noise: {kind: student_t, tail_index: 1.5, scale: 2}"},
        {8, "noise: {kind: student_t, tail_index: 1.5, unit: median_absolute}"},
        {9, "method: {kind: sclip_ef, clip_threshold: 10, clip_scale: 2}"},
        {9, "method: {kind: smooth_clip_sgd, clip_threshold: 10, effective_step: 2}"}};
    for (const auto& [number, line] : other) {
        check_same(number, line, false);
    }
}

TEST_CASE("the identity changes with the kernel version of an entry") {
    const std::string original = identity(sample_text());
    int& version = core::catalogue<model::Method>().at("sclip_ef").version;

    ++version;
    const std::string raised = identity(sample_text());
    --version;

    CHECK(raised != original);
}

TEST_CASE("data are identified by what they are, not where they lie") {
    const auto folder = std::filesystem::temp_directory_path() /
                        ("tailrate_identity_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const std::string rows =
        "+1 1:0.5 2:1\n-1 1:-1 2:0.25\n+1 1:2 2:-1\n-1 1:0.1 2:0.3\n";
    write(folder / "a.txt", rows);
    write(folder / "b.txt", rows);
    write(folder / "c.txt", rows + "+1 1:1\n");
    const std::string line =
        "problem: {kind: logistic, clients: 2, data: [a.txt, b.txt, c.txt], "
        "condition_number: 9}";

    const Study study = study_of(sample_text(7, line), folder);
    std::filesystem::remove_all(folder);

    CHECK(study.identity(0) == study.identity(1));
    CHECK(study.identity(0) != study.identity(2));
    CHECK(study.identity(0).find("a.txt") == std::string::npos);
}

TEST_CASE("a row's key depends on its identity and its first seed") {
    const Study few = study_of(sample_text());
    const Study many = study_of(sample_text(4, "seeds: 500"));

    CHECK(few.row_key(0, 0) == many.row_key(0, 0));
    CHECK(few.row_key(0, 0) != few.row_key(0, 1));
    CHECK(few.row_key(0, 1) == core::sha256(few.identity(0) + "first_seed 16\n"));
}

TEST_CASE("an identity without its versions keeps every other line") {
    CHECK(
        without_versions("engine 1\nstream 2\nhorizon 3\nmethod.kind a\n"
                         "method.version 4\nmethod.version_of 5\nnoise.k engine 6\n") ==
        "horizon 3\nmethod.kind a\nmethod.version_of 5\nnoise.k engine 6\n");
    CHECK(without_versions("engine 1\nhorizon 3") == "horizon 3");
    CHECK(without_versions("").empty());
    CHECK(without_versions(identity(sample_text())).find("version") ==
          std::string::npos);
}

}  // namespace tailrate::plan
