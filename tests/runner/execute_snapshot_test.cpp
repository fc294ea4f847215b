#include <atomic>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "runner/execute.hpp"
#include "support/method_bench.hpp"
#include "support/studies.hpp"

using namespace tailrate;

namespace {

using Records = std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<double>>;
using Snapshots = std::map<std::pair<std::uint32_t, std::uint32_t>, storage::Snapshot>;

/// Keeps what arrives.
class KeepingSink final : public runner::RowSink {
  public:
    void put(const runner::Row& row, std::span<const double> record) override {
        records[{row.cell, row.block}] = {record.begin(), record.end()};
    }

    void snapshot(const runner::Row& row, storage::Snapshot&& snapshot) override {
        snapshots[{row.cell, row.block}] = std::move(snapshot);
        stop = stop || ++seen >= stop_after;
    }

    void commit() override {}

    Records records;
    Snapshots snapshots;
    int seen = 0;
    int stop_after = std::numeric_limits<int>::max();
    std::atomic<bool> stop{false};
};

}  // namespace

TEST_CASE("what a stopped execution left is where the next one goes on") {
    for (const std::size_t threads : {1U, 2U}) {
        const plan::Study study = test::small_study();
        const std::vector<runner::Row> rows = runner::all_rows(study);
        KeepingSink whole;
        CHECK(
            runner::execute(study, rows, whole, {.threads = threads}).failures.empty());

        KeepingSink first;
        first.stop_after = 8;
        const runner::ExecuteResult result = runner::execute(
            study,
            rows,
            first,
            {.threads = threads, .stop = &first.stop, .snapshot_seconds = 1e-9});
        CHECK(result.was_stopped);
        CHECK_FALSE(first.snapshots.empty());
        const Snapshots& left = first.snapshots;

        KeepingSink second;
        const auto find = [&](const runner::Row& row) {
            const auto found = left.find({row.cell, row.block});
            return found == left.end() ? std::nullopt : std::optional{found->second};
        };
        CHECK(runner::execute(
                  study, rows, second, {.threads = threads, .find_snapshot = find})
                  .failures.empty());

        CHECK(second.records.size() == rows.size());
        for (const auto& [row, record] : whole.records) {
            CHECK(test::same_bits(second.records[row], record));
        }
    }
}

TEST_CASE("on the stop flag every running row leaves a snapshot at once") {
    const plan::Study study = test::parse(
        "schema: 1\nname: study\nseeds: 32\nhorizon: 1e11\n"
        "problem: {kind: quadratic, clients: 4, dimension: 5}\n"
        "noise: {kind: student_t, tail_index: 1.5}\n"
        "method: {kind: clipped_sgd, clip_threshold: [1, 2, 3], step: {scale: 1}}\n");
    KeepingSink sink;
    std::chrono::steady_clock::time_point stopped;
    int ticks = 0;
    const runner::ExecuteResult result =
        runner::execute(study,
                        runner::all_rows(study),
                        sink,
                        {.threads = 2,
                         .stop = &sink.stop,
                         .progress =
                             [&](double /*done*/) {
                                 if (++ticks == 4) {
                                     stopped = std::chrono::steady_clock::now();
                                     sink.stop = true;
                                 }
                             },
                         .snapshot_seconds = 1e6});

    const std::chrono::duration<double> passed =
        std::chrono::steady_clock::now() - stopped;
    CHECK(result.was_stopped);
    CHECK(passed.count() < 2.0);
    CHECK(sink.records.empty());
    CHECK(sink.snapshots.size() == 2);  // of two workers with a row each
    for (const auto& [row, snapshot] : sink.snapshots) {
        CHECK(snapshot.iteration > 0);
    }
}

TEST_CASE("without an interval no snapshot is made, above the limit neither") {
    const plan::Study study = test::small_study();
    for (const double seconds : {0.0, 1e-9}) {
        KeepingSink sink;
        const runner::ExecuteResult result =
            runner::execute(study,
                            runner::all_rows(study),
                            sink,
                            {.snapshot_seconds = seconds, .largest_snapshot = 1000});
        CHECK(result.failures.empty());
        CHECK(sink.snapshots.empty());
    }
}
