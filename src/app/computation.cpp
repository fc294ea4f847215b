#include "app/computation.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <utility>

#include <fmt/core.h>

#include "app/build.hpp"
#include "app/live_runs.hpp"
#include "app/missing_computation.hpp"
#include "app/resources.hpp"
#include "app/sidecar.hpp"
#include "app/stop_signal.hpp"
#include "app/table.hpp"
#include "core/errors.hpp"
#include "runner/result_file.hpp"
#include "runner/shard.hpp"
#include "runner/stepper.hpp"
#include "storage/files.hpp"
#include "storage/journal_set.hpp"
#include "storage/journal_writer.hpp"

namespace tailrate::app {
namespace {

constexpr int patience_ms = 5000;

storage::ExperimentRecord record_of(const plan::Experiment& experiment) {
    return {experiment.name,
            experiment.completed,
            experiment.source,
            (std::filesystem::current_path() / experiment.folder)
                .lexically_normal()
                .string()};
}

/// The journals of the target's folder. Another shard of this cut has none of our rows,
/// if it served this experiment only: then they are not read, or each shard would read
/// what all others have done.
storage::JournalSet find_journals(const plan::Study& study, const Target& target) {
    const storage::ExperimentRecord own = record_of(study.experiment());
    const auto may_help = [&](const std::filesystem::path& path,
                              const std::vector<storage::ExperimentRecord>& served) {
        const auto name = storage::JournalName::parse(path.filename().string());
        const bool is_other_shard =
            target.shard && name && target.shard->is_beside(name->shard, name->shards);
        return !is_other_shard || served != std::vector{own};
    };
    return storage::JournalSet{
        target.journals, storage::Recovery::own_dead, patience_ms, may_help};
}

/// The confirmation seeds of a baseline, where they are wanted.
std::optional<plan::Study> confirmation_study(const plan::Study& study,
                                              std::int64_t seeds) {
    if (seeds == 0) {
        return std::nullopt;
    }
    plan::Experiment experiment = study.experiment();
    experiment.first_seed = plan::first_seed(plan::SeedRange::confirmation);
    experiment.seeds = seeds;
    return std::optional<plan::Study>{std::in_place, std::move(experiment)};
}

/// The result file, from all journals or from this run's own.
core::Digest write_from(const plan::Study& study,
                        const std::optional<plan::Study>& confirmation,
                        storage::JournalSet& journals,
                        const Target& target,
                        const StopSignal& signal) {
    const auto read = [&](std::span<const core::Digest> keys) {
        signal.check();
        std::vector<std::vector<double>> rows;
        rows.reserve(keys.size());
        for (std::optional<std::vector<double>>& row : journals.read(keys)) {
            if (!row) {
                throw core::StorageError{
                    target.output.string() +
                    ": a row has vanished from its journals; the same "
                    "command computes it again"};
            }
            rows.push_back(std::move(*row));
        }
        return rows;
    };
    if (!confirmation) {
        return runner::write_result(study, read, target.output);
    }
    const runner::Confirmation sure{*confirmation, read};
    return runner::write_result(study, read, target.output, &sure);
}

void print_notes(const char* kind, std::span<const std::string> lines) {
    for (const std::string& line : lines) {
        fmt::print(stderr, "{}: {}\n", kind, line);
    }
}

/// Says once that a row is too large for snapshots.
std::vector<std::string> snapshot_notes(const plan::Study& study) {
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        const std::size_t bytes =
            runner::Stepper::saved_size(study.parts(cell), study.layout(cell)) *
            sizeof(double);
        if (bytes > storage::largest_snapshot) {
            return {fmt::format(
                "the state of a row has {}, more than a journal keeps: such rows leave "
                "no snapshots, and start anew where they are interrupted",
                bytes_text(static_cast<double>(bytes)))};
        }
    }
    return {};
}

Computed compute_all(const plan::Study& study,
                     const Target& target,
                     const StopSignal& signal) {
    const auto start = std::chrono::steady_clock::now();
    const std::optional<plan::Study> confirmation =
        confirmation_study(study, target.confirmation_seeds);
    std::optional<storage::JournalSet> journals;
    const runner::RowOrder order{study};
    const runner::RowRange range = target.shard
                                       ? runner::range_of(*target.shard, order.size())
                                       : runner::RowRange{0, order.size()};
    std::vector<Missing> parts;
    if (!target.is_quiet) {
        print_notes("note", live_runs(target.journals, target.shard));
        print_notes("note", snapshot_notes(study));
    }
    {
        const EndOnSignal at_once{signal};
        if (!target.is_fresh) {
            journals.emplace(find_journals(study, target));
        }
        storage::JournalSet* known = journals ? &*journals : nullptr;
        parts.push_back(find_missing(study, order.rows(range), known));
        if (confirmation) {
            parts.push_back(
                find_missing(*confirmation, runner::all_rows(*confirmation), known));
        }
    }
    Computed done{.all_rows = range.size()};
    for (const Missing& part : parts) {
        done.rows += part.rows.size();
    }
    if (confirmation) {
        done.all_rows +=
            confirmation->experiment().cells.size() * confirmation->blocks();
    }
    const std::size_t skipped = journals ? journals->skipped().size() : 0;
    if (journals && !target.is_quiet) {
        print_notes("note", journals->skipped());
    }
    if (done.rows > 0) {
        const runner::Shard shard = target.shard.value_or(runner::Shard{});
        storage::JournalWriter journal{target.journals,
                                       static_cast<std::int64_t>(shard.index),
                                       static_cast<std::int64_t>(shard.count),
                                       record_of(study.experiment())};
        if (!journal.has_locks() && !target.is_quiet) {
            print_notes(
                "note",
                std::vector{target.journals.string() +
                            ": this file system has no locks; journals are written and "
                            "read without them"});
        }
        done.code = compute_missing(
            parts, journals ? &*journals : nullptr, journal, target, signal);
        if (journals && !target.is_quiet) {
            print_notes("note", std::span{journals->skipped()}.subspan(skipped));
        }
        if (done.code != 0) {
            return done;
        }
        if (!target.shard) {
            const EndOnSignal at_once{signal};
            journals.emplace(std::vector<std::filesystem::path>{
                target.is_fresh ? journal.path() : target.journals});
        }
    }
    if (!target.shard) {
        done.digest = write_from(study, confirmation, *journals, target, signal);
    }
    done.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!target.shard) {
        write_sidecar(target.output,
                      {.digest = done.digest,
                       .seconds = done.seconds,
                       .threads = target.threads,
                       .rows_computed = done.rows,
                       .rows_reused = done.all_rows - done.rows});
    }
    return done;
}

}  // namespace

Target checked_target(const plan::Study& study,
                      const std::filesystem::path& output,
                      const RunOptions& options) {
    storage::check_output(output, runner::result_schema_name, study.experiment().name);
    const std::size_t threads =
        options.threads == 0 ? available_processors() : options.threads;
    check_resources(study,
                    options.experiment.file,
                    output,
                    threads,
                    options.confirmation_seeds,
                    options.shard ? options.shard->count : 0);
    return {output,
            storage::journal_folder(output),
            threads,
            options.is_fresh,
            options.is_quiet,
            options.confirmation_seeds,
            options.snapshot_seconds,
            options.shard};
}

Computed compute(const plan::Study& study, const Target& target) {
    if (!target.is_quiet) {
        print_notes("warning", study.warnings());
    }
    const StopSignal signal{fmt::format(
        "tailrate: interrupted; finished rows and the state of running ones are in {}, "
        "{} goes on from there\n",
        target.journals.string(),
        target.is_fresh ? "a run without --fresh" : "the same command")};
    try {
        return compute_all(study, target, signal);
    } catch (const core::Interrupted&) {
        signal.print_advice();
        return {.code = interrupted};
    } catch (const core::StorageError& error) {
        fmt::print(stderr,
                   "tailrate: {}; finished rows are kept, no result file is written\n",
                   error.what());
    }
    return {.code = cells_failed};
}

}  // namespace tailrate::app
