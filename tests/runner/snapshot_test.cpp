#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "runner/unit_run.hpp"
#include "support/bowl.hpp"
#include "support/method_bench.hpp"
#include "support/method_cases.hpp"
#include "support/stepper_run.hpp"
#include "support/studies.hpp"

using namespace tailrate;
using model::lanes;
using test::horizon;

namespace {

/// A stepper with what it writes and works in.
class Steps {
  public:
    Steps(const plan::CellParts& parts, std::size_t tile, const model::Array& draws)
        : draws_{draws},
          tile_{tile},
          times_{metrics::checkpoints(horizon, 10)},
          layout_{
              metrics::all_metrics(), times_.size(), parts.problem->facts().dimension},
          record(layout_.size(), test::unwritten),
          stepper{parts, layout_, times_, 1, 0, tile, record, workspace_} {}

    Steps& to(std::size_t last) {
        const std::size_t stride = stepper.state().clients * stepper.state().size();
        while (stepper.state().t < last) {
            const std::size_t t = stepper.state().t;
            stepper.advance(std::min(tile_, last - t), draws_.data() + t * stride);
        }
        return *this;
    }

  private:
    const model::Array& draws_;
    std::size_t tile_;
    std::vector<std::int64_t> times_;
    metrics::RecordLayout layout_;
    runner::Workspace workspace_;

  public:
    std::vector<double> record;
    runner::Stepper stepper;
};

constexpr auto end = static_cast<std::size_t>(horizon);

/// Of a cell of small_study() after any iteration, stepped by itself.
storage::Snapshot snapshot_at(const plan::Study& study,
                              std::size_t cell,
                              std::uint64_t t) {
    const plan::CellParts parts = study.parts(cell);
    const metrics::RecordLayout layout = study.layout(cell);
    model::Array record(layout.size());
    runner::Workspace workspace;
    runner::Stepper stepper{
        parts, layout, study.checkpoints(), 1, 0, 1, record, workspace};
    model::NoiseField field{"stable", parts.law, parts.joint, 1, 5};
    model::Array draws(std::size_t{4} * 5 * lanes);
    for (std::uint64_t k = 0; k < t; ++k) {
        field.draw(0, k, {0, 4}, draws.data());
        stepper.advance(1, draws.data());
    }
    return {static_cast<std::int64_t>(t), stepper.saved()};
}

runner::Unit whole_unit(const plan::Study& study) {
    return {0, 0, study.groups().front().cells};
}

void run_to_end(runner::UnitRun& run) {
    while (!run.is_done()) {
        run.advance();
    }
}

/// Snapshots of every cell after each tile that ends an iteration.
std::vector<std::vector<storage::Snapshot>> all_snapshots(const plan::Study& study) {
    runner::Workspace workspace;
    const runner::Unit unit = whole_unit(study);
    runner::UnitRun run{study, unit, workspace};
    std::vector<std::vector<storage::Snapshot>> snapshots;
    while (!run.is_done()) {
        run.advance();
        if (run.is_between_iterations() && !run.is_done()) {
            snapshots.emplace_back();
            for (std::size_t k = 0; k < unit.cells.size(); ++k) {
                snapshots.back().push_back(run.snapshot(k));
            }
        }
    }
    return snapshots;
}

}  // namespace

TEST_CASE("a run that goes on from any iteration ends in the same bits") {
    for (const test::MethodCase& choice : test::method_cases()) {
        const auto bowl = std::make_shared<test::Bowl>(5, 3);
        const plan::CellParts parts = test::parts_of(bowl, choice.make(bowl->facts()));
        const model::Array draws = test::draws_for(bowl->facts(), end);
        const std::vector<double> whole = Steps{parts, 64, draws}.to(end).record;
        for (const std::size_t cut : {0U, 1U, 9U, 10U, 11U, 64U, 100U, 149U}) {
            CAPTURE(choice.name());
            CAPTURE(cut);
            const std::vector<double> saved =
                Steps{parts, 7, draws}.to(cut).stepper.saved();

            Steps rest{parts, 16, draws};
            REQUIRE(rest.stepper.restore(cut, saved));
            CHECK(rest.stepper.state().t == cut);
            CHECK(test::same_bits(rest.to(end).record, whole));
        }
    }
}

TEST_CASE("numbers of another shape or format are no state, and change nothing") {
    const auto bowl = std::make_shared<test::Bowl>(5, 3);
    const plan::CellParts parts =
        test::parts_of(bowl, test::make_method("clip21", {}, bowl->facts()));
    const model::Array draws = test::draws_for(bowl->facts(), end);
    std::vector<double> saved = Steps{parts, 7, draws}.to(50).stepper.saved();
    const std::vector<double> whole = Steps{parts, 64, draws}.to(end).record;

    for (const int change : {0, 1, 2}) {
        std::vector<double> wrong = saved;
        if (change == 0) {
            wrong.pop_back();
        } else if (change == 1) {
            wrong.push_back(0.0);
        } else {
            wrong.front() += 1.0;
        }
        Steps run{parts, 64, draws};
        CHECK_FALSE(run.stepper.restore(50, wrong));
        CHECK(run.stepper.state().t == 0);
        CHECK(test::same_bits(run.to(end).record, whole));
    }
}

TEST_CASE("cells that go on from different iterations end in the same bits") {
    for (const plan::Study& study :
         {test::small_study(), test::large_study(), test::batch_study()}) {
        CAPTURE(study.experiment().horizon);
        runner::Workspace workspace;
        const runner::Unit unit = whole_unit(study);
        const std::size_t cells = unit.cells.size();
        runner::UnitRun whole{study, unit, workspace};
        run_to_end(whole);
        const std::vector<std::vector<storage::Snapshot>> snapshots =
            all_snapshots(study);
        REQUIRE(snapshots.size() > cells);

        for (const std::size_t stride : {0U, 1U, 2U}) {
            runner::Workspace other;
            runner::UnitRun rest{study, unit, other};
            double skipped = 0.0;
            for (std::size_t k = stride; k < cells; ++k) {
                const storage::Snapshot& from =
                    snapshots[(1 + k * stride) % snapshots.size()][k];
                rest.restore(k, from);
                skipped += static_cast<double>(from.iteration);
            }
            run_to_end(rest);

            const double per_iteration =
                whole.elements() / static_cast<double>(cells) /
                static_cast<double>(study.experiment().horizon);
            CHECK(rest.elements() == whole.elements() - skipped * per_iteration);
            for (std::size_t k = 0; k < cells; ++k) {
                CHECK(test::same_bits(rest.records()[k], whole.records()[k]));
            }
        }
    }
}

TEST_CASE("cells that are behind catch up, and go on together with those ahead") {
    const plan::Study study = test::small_study();
    runner::Workspace workspace;
    const runner::Unit unit = whole_unit(study);
    runner::UnitRun whole{study, unit, workspace};
    run_to_end(whole);

    runner::Workspace other;
    runner::UnitRun rest{study, unit, other};
    const std::vector<std::uint64_t> starts{50, 51, 51, 0, 153};
    for (std::size_t k = 0; k < starts.size(); ++k) {
        rest.restore(k, snapshot_at(study, k, starts[k]));
    }
    std::size_t tiles = 0;
    for (; !rest.is_done(); ++tiles) {
        rest.advance();
    }

    const std::size_t tile = runner::tile_of(4, 5).iterations;
    REQUIRE(tile == 102);
    // To 50, 51, 153, then all to the horizon.
    CHECK(tiles == 3 + (1000 - 153 + tile - 1) / tile);
    for (std::size_t k = 0; k < starts.size(); ++k) {
        CHECK(test::same_bits(rest.records()[k], whole.records()[k]));
    }
}

TEST_CASE("some lanes diverge in these tests") {
    const plan::Study study = test::small_study();
    runner::Workspace workspace;
    const runner::Unit unit = whole_unit(study);
    runner::UnitRun run{study, unit, workspace};
    run_to_end(run);

    const double* diverged_at = &run.records()[0][study.layout(0).diverged_at()];
    const auto diverged = std::count_if(
        diverged_at, diverged_at + lanes, [](double t) { return t >= 0.0; });

    CHECK(diverged > 0);
}
