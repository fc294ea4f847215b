#include "runner/units.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <set>
#include <utility>

#include <doctest/doctest.h>

#include "plan/study.hpp"
#include "runner/execute.hpp"

using namespace tailrate;

namespace {

plan::Study small_study(const std::string& seeds) {
    return plan::Study{plan::parse(
        "schema: 1\nname: units\nhorizon: 30\nseeds: " + seeds +
            "\nproblem: {kind: quadratic, clients: 3, dimension: 3}\n"
            "noise:\n  - {kind: laplace, scale: [1, 2]}\n  - {kind: gaussian}\n"
            "method: {kind: clipped_sgd, clip_threshold: [1, 2, 3], step: {scale: "
            "1}}\n",
        "units",
        ".",
        {})};
}

/// Records by row, in memory.
class MemorySink final : public runner::RowSink {
  public:
    void put(const runner::Row& row, std::span<const double> record) override {
        records[{row.cell, row.block}] = {record.begin(), record.end()};
    }

    void commit() override { ++commits; }

    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<double>> records;
    int commits = 0;
};

}  // namespace

TEST_CASE("every row is in one unit, of its group and block, however units are cut") {
    const plan::Study study = small_study("40");
    const std::vector<runner::Row> rows = runner::all_rows(study);
    REQUIRE(rows.size() == 27);

    for (const std::size_t workers : {1U, 2U, 5U, 64U}) {
        std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
        for (const runner::Unit& unit :
             runner::make_units(study, rows, workers, std::size_t{1} << 30U)) {
            const std::vector<std::uint32_t>& group = study.groups()[unit.group].cells;
            for (const std::uint32_t cell : unit.cells) {
                CHECK(std::count(group.begin(), group.end(), cell) == 1);
                CHECK(seen.emplace(cell, unit.block).second);
            }
        }
        CHECK(seen.size() == rows.size());
    }
}

TEST_CASE("scales share a noise group, laws do not") {
    const plan::Study study = small_study("16");

    REQUIRE(study.groups().size() == 2);
    CHECK(study.groups()[0].cells.size() == 6);
    CHECK(study.groups()[1].cells.size() == 3);
}

TEST_CASE("units are cut to the memory they may take") {
    const plan::Study study = small_study("16");
    const std::vector<runner::Row> rows = runner::all_rows(study);

    const std::size_t whole = runner::make_units(study, rows, 1, 1U << 30U).size();
    const std::size_t cut = runner::make_units(study, rows, 1, 1U).size();

    CHECK(whole == 2);
    CHECK(cut == rows.size());
}

TEST_CASE("the last of many rounds is cut in halves, one worker's units are not") {
    const plan::Study study = small_study("64");
    const std::vector<runner::Row> rows = runner::all_rows(study);
    const auto count = [&](std::size_t workers) {
        return runner::make_units(study, rows, workers, 1U << 30U).size();
    };

    CHECK(count(1) == 8);
    CHECK(count(2) == 6 + 2 * 2);
    CHECK(count(4) == 8);  // two rounds only
}

/// Problems whose gradients cost more than ten times what those of the others do.
constexpr const char* uneven = R"(schema: 1
name: uneven
seeds: 16
horizon: 1000
problem: {kind: quadratic, clients: 4, dimension: 300, rotation: [none, random],
          curvature_spread: 0.5}
noise: {kind: student_t, tail_index: 1.5}
method: {kind: clipped_sgd, clip_threshold: [1, 2, 3, 4], step: {scale: 1}}
)";

TEST_CASE("workers share the cost evenly, not the number of cells") {
    const plan::Study study{plan::parse(uneven, "uneven", ".", {})};
    const std::vector<runner::Row> rows = runner::all_rows(study);

    std::array<double, 2> cost{};  // of two workers
    double whole = 0.0;
    for (const runner::Unit& unit : runner::make_units(study, rows, 2, 1U << 30U)) {
        double own = runner::draw_cost(study, unit.cells.front());
        for (const std::uint32_t cell : unit.cells) {
            own += runner::row_cost(study, cell);
            whole += runner::row_cost(study, cell);
        }
        *std::min_element(cost.begin(), cost.end()) += own;
    }

    // Both draw the noise, which is 7 % of it.
    CHECK(*std::max_element(cost.begin(), cost.end()) < 0.65 * whole);
}

TEST_CASE("records do not depend on threads or on how units are cut") {
    const plan::Study study = small_study("40");
    const std::vector<runner::Row> rows = runner::all_rows(study);
    MemorySink one;
    MemorySink many;

    const auto first = runner::execute(study, rows, one, {.threads = 1});
    const auto second =
        runner::execute(study, rows, many, {.threads = 3, .memory_per_worker = 1});

    CHECK(first.failures.empty());
    CHECK(second.failures.empty());
    CHECK(one.records.size() == rows.size());
    CHECK(one.records == many.records);
    CHECK(one.commits > 0);
}

TEST_CASE("a stop that was asked for leaves rows out and says so") {
    const plan::Study study = small_study("40");
    const std::atomic<bool> stop{true};
    MemorySink sink;

    const auto result = runner::execute(
        study, runner::all_rows(study), sink, {.threads = 2, .stop = &stop});

    CHECK(result.was_stopped);
    CHECK(sink.records.empty());
}

TEST_CASE("what the sink throws ends the execution") {
    class Full final : public runner::RowSink {
      public:
        void put(const runner::Row& /*row*/,
                 std::span<const double> /*record*/) override {
            throw core::StorageError{"full"};
        }

        void commit() override {}
    };

    const plan::Study study = small_study("40");
    Full sink;

    CHECK_THROWS_AS(static_cast<void>(runner::execute(
                        study, runner::all_rows(study), sink, {.threads = 2})),
                    core::StorageError);
}
