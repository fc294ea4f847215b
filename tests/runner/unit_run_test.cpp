#include "runner/unit_run.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "support/method_bench.hpp"

using namespace tailrate;

namespace {

/// Draws of one iteration exceed a tile: 40 clients x 60 coordinates x 16 seeds.
plan::Study large_study(const std::string& joint) {
    return plan::Study{plan::parse(
        "schema: 1\nname: large\nhorizon: 12\nseeds: 16\n"
        "problem: {kind: quadratic, clients: 40, dimension: 60, heterogeneity: 3}\n"
        "noise: {kind: student_t, tail_index: 1.5, client_spread: 4, joint: " +
            joint +
            "}\nmethod:\n"
            "  - {kind: sclip_ef, clip_threshold: 2, effective_step: 1}\n"
            "  - {kind: clipped_sgd, clip_threshold: 30, step: {scale: 1, shift: 9}}\n"
            "  - {kind: trimmed_mean_sgd, step: {scale: 1, shift: 9}}\n",
        "large",
        ".",
        {})};
}

/// The record of a cell from draws that are made for whole iterations.
std::vector<double> plain_record(const plan::Study& study, std::size_t cell) {
    const plan::CellParts parts = study.parts(cell);
    const metrics::RecordLayout layout = study.layout(cell);
    std::vector<double> record(layout.size());
    runner::Workspace workspace;
    runner::Stepper stepper{
        parts, layout, study.checkpoints(), 1, 0, 1, record, workspace};
    model::NoiseField field{"student_t", parts.law, parts.joint, 1, 60};
    model::Array draws(std::size_t{40} * 60 * model::lanes);
    for (std::uint64_t t = 0; t < 12; ++t) {
        field.draw(0, t, {0, 40}, draws.data());
        stepper.advance(1, draws.data());
    }
    return record;
}

}  // namespace

TEST_CASE("draws made for some clients at a time give the same records") {
    REQUIRE(runner::tile_of(40, 60).clients < 40);
    for (const char* joint : {"independent", "spherical", "common"}) {
        CAPTURE(joint);
        const plan::Study study = large_study(joint);
        runner::Workspace workspace;
        runner::UnitRun run{study, {0, 0, {0, 1, 2}}, workspace};

        while (!run.is_done()) {
            run.advance();
        }

        CHECK(run.elements() == 3.0 * 12 * 40 * 60 * model::lanes);
        for (std::size_t cell = 0; cell < 3; ++cell) {
            CHECK(test::same_bits(plain_record(study, cell), run.records()[cell]));
        }
    }
}

TEST_CASE("a tile is some iterations of all clients or some clients of one") {
    CHECK(runner::tile_of(10, 10).iterations == 20);
    CHECK(runner::tile_of(1, 1).iterations == 256);
    CHECK(runner::tile_of(2048, 1).iterations == 1);
    CHECK(runner::tile_of(2048, 1).clients == 2048);
    CHECK(runner::tile_of(2049, 1).clients == 2048);
    CHECK(runner::tile_of(3, 1000000).clients == 1);
}

TEST_CASE("a workspace gives zeros on cache lines, again after clear") {
    runner::Workspace workspace;
    for (int round = 0; round < 3; ++round) {
        std::vector<double*> arrays;
        for (const std::size_t size : {3U, 1600U, 100000U, 8U, 300000U, 70000U, 1U}) {
            double* array = workspace.zeros(size);
            CHECK(reinterpret_cast<std::uintptr_t>(array) % 64 == 0);
            CHECK(std::count(array, array + size, 0.0) ==
                  static_cast<std::ptrdiff_t>(size));
            std::fill_n(array, size, static_cast<double>(arrays.size() + 1));
            arrays.push_back(array);
        }
        for (std::size_t k = 0; k < arrays.size(); ++k) {
            CHECK(*arrays[k] == static_cast<double>(k + 1));
        }
        workspace.clear();
    }
}
