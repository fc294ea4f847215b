#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

/// "[1, 2, ..., count]"
std::string numbers(int count) {
    std::string text = "[1";
    for (int k = 2; k <= count; ++k) {
        text += ", " + std::to_string(k);
    }
    return text + "]";
}

/// thresholds x scales x spreads x problems cells of one seed.
std::string grid(int thresholds, int scales, int spreads, int problems) {
    return "schema: 1\nname: grid\nseeds: 1\nhorizon: 10\n"
           "problem: {kind: quadratic, clients: " +
           numbers(problems) +
           ", dimension: 2}\n"
           "noise: {kind: none, client_spread: " +
           numbers(spreads) +
           "}\nmethod: {kind: clipped_sgd, clip_threshold: " + numbers(thresholds) +
           ", step: {scale: " + numbers(scales) + "}}\n";
}

// Sanitizers keep several bytes of their own per byte of the program.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double most_memory = 8000.0;
#else
constexpr double most_memory = 1000.0;
#endif

/// Memory of this process in MiB, now.
double resident() {
    std::ifstream file{"/proc/self/statm"};
    double total = 0.0;
    double pages = 0.0;
    file >> total >> pages;
    return pages * 4096.0 / 1048576.0;
}

}  // namespace

TEST_CASE("eleven million cells are refused at once and without memory") {
    const std::string text = grid(110, 100, 100, 10);
    const double before = resident();
    const auto start = std::chrono::steady_clock::now();

    const std::string error = parse_error(text);

    CHECK(error ==
          "e.yaml:1:1: the grid has 11000000 cells; allowed: at most 10000000");
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{2});
    CHECK(resident() - before < 50.0);
}

TEST_CASE("counts beyond 64 bits do not wrap around") {
    std::string methods;
    for (const char* name : {"clip_threshold", "threshold_growth"}) {
        methods += std::string{", "} + name + ": " + numbers(1);
    }
    const std::string list = numbers(1000);
    const std::string text =
        "schema: 1\nname: x\nhorizon: 10\n"
        "problem: {kind: quadratic, clients: " +
        list + ", dimension: " + list + ", condition_number: " + list +
        ", heterogeneity: " + list +
        "}\n"
        "noise: {kind: none, client_spread: " +
        list + ", scale: " + list +
        "}\n"
        "method: {kind: sgd, step: {scale: " +
        list + ", shift: " + list + "}}\n";

    CHECK(says(parse_error(text), {"more than 18446744073709551615 cells"}));
}

TEST_CASE("a section's choices and the recorded bytes are limited") {
    const std::string choices = grid(1500, 1500, 1, 1);
    std::string bytes = grid(100, 1, 100, 1);
    bytes.replace(bytes.find("seeds: 1\n"), 9, "seeds: 1e9\n");

    CHECK(says(parse_error(choices), {"e.yaml:1:1", "method", "2250000", "1000000"}));
    CHECK(says(parse_error(bytes),
               {"e.yaml:3:8",
                "1000000000 seeds",
                "10000 cells",
                "960000000000000 bytes",
                "9007199254740992"}) == false);
    bytes.replace(bytes.find("horizon: 10\n"), 12, "horizon: 1e12\n");
    CHECK(says(parse_error(bytes),
               {"e.yaml:3:8",
                "1000000000 seeds",
                "10000 cells",
                " bytes",
                "at most 9007199254740992"}));
}

TEST_CASE("ten million cells are expanded in seconds and below one gigabyte") {
    const std::string text = grid(100, 100, 100, 10);
    const double before = resident();
    const auto start = std::chrono::steady_clock::now();

    const Experiment experiment = parsed(text);

    CHECK(experiment.cells.size() == 10'000'000);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{20});
    CHECK(resident() - before < most_memory);
    CHECK(experiment.at(experiment.cells.back(), Section::method)
              .parameters.real("clip_threshold") == 100.0);
}

TEST_CASE("a thousand cells are constructed in well under a second") {
    const Experiment experiment = parsed(grid(10, 10, 10, 1));
    const auto start = std::chrono::steady_clock::now();

    const Study study{experiment};

    CHECK(study.groups().size() == 1);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds{500});
}

}  // namespace tailrate::plan
