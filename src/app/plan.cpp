#include <algorithm>
#include <optional>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/build.hpp"
#include "app/commands.hpp"
#include "app/difference.hpp"
#include "app/missing_rows.hpp"
#include "app/resources.hpp"
#include "app/study_input.hpp"
#include "app/table.hpp"
#include "plan/labels.hpp"
#include "runner/calibrate.hpp"
#include "storage/journal_set.hpp"

namespace tailrate::app {
namespace {

using nlohmann::ordered_json;

/// Rows of each cell that a journal holds.
struct Done {
    std::vector<std::size_t> of_cell;
    std::vector<runner::Row> missing;
    std::size_t begun = 0;  ///< of the missing: they go on from a snapshot
};

Done find_done(const plan::Study& study, const storage::JournalSet& journals) {
    Done done{std::vector<std::size_t>(study.experiment().cells.size(), study.blocks()),
              missing_rows(study, runner::all_rows(study), without_key(journals))};
    for (const runner::Row& row : done.missing) {
        --done.of_cell[row.cell];
        if (journals.snapshot_iteration(study.row_key(row.cell, row.block)) > 0) {
            ++done.begun;
        }
    }
    return done;
}

struct Estimate {
    std::size_t threads = 0;  ///< that run at once here
    double elements = 0.0;
    double memory = 0.0;     ///< bytes
    double journal = 0.0;    ///< bytes, of the missing rows
    double snapshots = 0.0;  ///< bytes, at most
    double result = 0.0;     ///< bytes
    std::optional<runner::Prediction> time;
};

/// All but the time.
Estimate estimate(const plan::Study& study,
                  const std::vector<runner::Row>& missing,
                  std::size_t threads) {
    Estimate result;
    result.threads = std::min(threads, available_processors());
    for (const runner::Row& row : missing) {
        result.elements += runner::elements(study, row.cell);
    }
    result.memory = memory_bytes(study, threads);
    result.journal = journal_bytes(study, missing);
    result.snapshots = snapshot_bytes(study, missing, threads);
    result.result = result_bytes(study);
    return result;
}

std::string state_text(const plan::Study& study,
                       const KnownIdentities& known,
                       const Done& done,
                       std::size_t cell) {
    const std::size_t rows = done.of_cell[cell];
    if (rows == study.blocks()) {
        return "done";
    }
    if (rows > 0) {
        return fmt::format("{} of {} rows done", rows, study.blocks());
    }
    const std::string reason = known.explain_difference(study.identity(cell));
    return reason.empty() ? "to do" : "to do: " + reason;
}

void print_text(const plan::Study& study,
                const KnownIdentities& known,
                const Done& done,
                const Estimate& cost) {
    const plan::Experiment& experiment = study.experiment();
    const std::size_t rows = experiment.cells.size() * study.blocks();
    fmt::print("{}: {} cells x {} seeds x {} iterations, noise groups: {}\n",
               experiment.name,
               grouped(static_cast<double>(experiment.cells.size())),
               grouped(static_cast<double>(experiment.seeds)),
               grouped(static_cast<double>(experiment.horizon)),
               study.groups().size());
    const std::string begun =
        done.begun > 0 ? fmt::format(", {} of these from a snapshot on", done.begun)
                       : "";
    fmt::print("rows    {} of {} to do{} (a row is a cell with {} seeds)\n",
               grouped(static_cast<double>(done.missing.size())),
               grouped(static_cast<double>(rows)),
               begun,
               model::lanes);
    fmt::print("cost    {:.3g} elements (client x coordinate x iteration x seed)\n",
               cost.elements);
    if (cost.time) {
        fmt::print("time    {}{} on {} threads, from {:.1f} s of calibration\n",
                   cost.time->seconds < 1.0 ? "" : "about ",
                   duration_text(cost.time->seconds),
                   cost.threads,
                   cost.time->calibration_s);
    }
    fmt::print(
        "memory  {}\ndisk    {} journal, {} result file; snapshots of long rows at "
        "most {}\n\n",
        bytes_text(cost.memory),
        bytes_text(cost.journal),
        bytes_text(cost.result),
        bytes_text(cost.snapshots));
    Table table{{"cell", "label", "state"}, {true, false, false}};
    const std::vector<std::string> labels = plan::labels(experiment);
    for (std::size_t cell = 0; cell < labels.size(); ++cell) {
        table.add(
            {std::to_string(cell), labels[cell], state_text(study, known, done, cell)});
    }
    fmt::print("{}", table.markdown());
}

void print_json(const plan::Study& study,
                const KnownIdentities& known,
                const Done& done,
                const Estimate& cost) {
    const plan::Experiment& experiment = study.experiment();
    ordered_json json{
        {"schema", "tailrate.plan/1"},
        {"experiment", experiment.name},
        {"seeds", experiment.seeds},
        {"horizon", experiment.horizon},
        {"rows", experiment.cells.size() * study.blocks()},
        {"rows_to_do", done.missing.size()},
        {"rows_begun", done.begun},
        {"noise_groups", study.groups().size()},
        {"elements", cost.elements},
        {"threads", cost.threads},
        {"seconds",
         cost.time ? ordered_json(cost.time->seconds) : ordered_json(nullptr)},
        {"memory_bytes", cost.memory},
        {"journal_bytes", cost.journal},
        {"snapshot_bytes", cost.snapshots},
        {"result_bytes", cost.result},
        {"warnings", study.warnings()},
        {"cells", ordered_json::array()}};
    const std::vector<std::string> labels = plan::labels(experiment);
    for (std::size_t cell = 0; cell < labels.size(); ++cell) {
        json["cells"].push_back({{"cell", cell},
                                 {"label", labels[cell]},
                                 {"rows_done", done.of_cell[cell]},
                                 {"state", state_text(study, known, done, cell)}});
    }
    fmt::print("{}\n", json.dump(2));
}

}  // namespace

int plan_command(const PlanOptions& options) {
    const plan::Study study = load_study(options.experiment);
    storage::JournalSet journals{
        storage::journal_folder(result_path(options.output, study))};
    const std::size_t threads =
        options.threads == 0 ? available_processors() : options.threads;
    for (const std::string& warning : study.warnings()) {
        fmt::print(stderr, "warning: {}\n", warning);
    }
    for (const std::string& line : journals.skipped()) {
        fmt::print(stderr, "note: {}\n", line);
    }
    check_memory(study, options.experiment.file, threads);
    const Done done = find_done(study, journals);
    Estimate cost = estimate(study, done.missing, threads);
    check_disk(cost.journal + cost.result,
               options.experiment.file,
               result_path(options.output, study));
    if (!options.is_uncalibrated) {
        cost.time = runner::predict(study, done.missing, cost.threads);
    }
    const KnownIdentities known{without_cells_of(study, journals.identities())};
    if (options.is_json) {
        print_json(study, known, done, cost);
    } else {
        print_text(study, known, done, cost);
    }
    return 0;
}

}  // namespace tailrate::app
