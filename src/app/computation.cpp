#include "app/computation.hpp"

#include <atomic>
#include <csignal>
#include <numeric>
#include <optional>

#include <fmt/core.h>

#include "app/build.hpp"
#include "app/missing_rows.hpp"
#include "app/progress.hpp"
#include "app/resources.hpp"
#include "app/sidecar.hpp"
#include "core/errors.hpp"
#include "plan/identity.hpp"
#include "runner/execute.hpp"
#include "runner/memory_rows.hpp"
#include "runner/result_file.hpp"
#include "runner/shard.hpp"
#include "storage/files.hpp"
#include "storage/journal_set.hpp"
#include "storage/journal_writer.hpp"

namespace tailrate::app {
namespace {

constexpr int interrupted = 130;
constexpr int patience_ms = 5000;

std::atomic<bool> stop_requested{false};

/// Stops a run at the next tile on SIGINT and SIGTERM while it lives.
class StopOnSignal {
  public:
    StopOnSignal() {
        struct sigaction action {};

        action.sa_handler = [](int /*signal*/) { stop_requested = true; };
        sigaction(SIGINT, &action, &old_interrupt_);
        sigaction(SIGTERM, &action, &old_terminate_);
    }

    ~StopOnSignal() {
        sigaction(SIGINT, &old_interrupt_, nullptr);
        sigaction(SIGTERM, &old_terminate_, nullptr);
    }

    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;
    StopOnSignal(StopOnSignal&&) = delete;
    StopOnSignal& operator=(StopOnSignal&&) = delete;

  private:
    struct sigaction old_interrupt_ {};

    struct sigaction old_terminate_ {};
};

/// Puts finished rows into this process's journal.
class JournalSink final : public runner::RowSink {
  public:
    JournalSink(const plan::Study& study, storage::JournalWriter& journal)
        : study_{study},
          journal_{journal} {}

    void put(const runner::Row& row, std::span<const double> record) override {
        const std::string identity = study_.identity(row.cell);
        journal_.put(plan::row_key(identity, row.block), record, identity);
    }

    void commit() override { journal_.commit(); }

  private:
    const plan::Study& study_;
    storage::JournalWriter& journal_;
};

/// Rows that no journal has undamaged: reading checks the digest.
std::vector<runner::Row> unreadable_rows(const plan::Study& study,
                                         const std::vector<runner::Row>& rows,
                                         storage::JournalSet& journals) {
    return missing_rows(study, rows, [&](const std::vector<core::Digest>& keys) {
        std::vector<bool> is_missing;
        is_missing.reserve(keys.size());
        for (const std::optional<std::vector<double>>& row : journals.read(keys)) {
            is_missing.push_back(!row);
        }
        return is_missing;
    });
}

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
            target.shard && name &&
            name->shards == static_cast<std::int64_t>(target.shard->count) &&
            name->shard != static_cast<std::int64_t>(target.shard->index);
        return !is_other_shard || served != std::vector{own};
    };
    return storage::JournalSet{
        target.journals, storage::Recovery::own_dead, patience_ms, may_help};
}

/// The rows of the result file, from all journals or from this run's own.
core::Digest write_from(const plan::Study& study,
                        storage::JournalSet& journals,
                        const Target& target) {
    const auto read = [&](std::span<const core::Digest> keys) {
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
    if (target.confirmation_seeds == 0) {
        return runner::write_result(study, read, target.output);
    }
    plan::Experiment experiment = study.experiment();
    experiment.first_seed = plan::first_seed(plan::SeedRange::confirmation);
    experiment.seeds = target.confirmation_seeds;
    const plan::Study sure{std::move(experiment)};
    std::vector<std::size_t> cells(sure.experiment().cells.size());
    std::iota(cells.begin(), cells.end(), std::size_t{0});
    const runner::MemoryRows rows{sure, cells, target.threads};
    const runner::Confirmation confirmation{sure, rows.source()};
    return runner::write_result(study, read, target.output, &confirmation);
}

/// Computes what is missing; 0 when every row is there.
int compute_rows(const plan::Study& study,
                 const std::vector<runner::Row>& rows,
                 const Target& target,
                 storage::JournalWriter& journal,
                 Progress& progress) {
    JournalSink sink{study, journal};
    const StopOnSignal on_signal;
    const runner::ExecuteResult result =
        runner::execute(study,
                        rows,
                        sink,
                        {.threads = target.threads,
                         .stop = &stop_requested,
                         .progress = [&](double done) { progress.update(done); }});
    progress.finish();
    for (const std::string& failure : result.failures) {
        fmt::print(stderr, "tailrate: failed: {}\n", failure);
    }
    if (result.was_stopped) {
        fmt::print(
            stderr,
            "tailrate: interrupted; finished rows are in {}, the same command goes "
            "on from there\n",
            target.journals.string());
        return interrupted;
    }
    return result.failures.empty() ? 0 : cells_failed;
}

void print_notes(const char* kind, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
        fmt::print(stderr, "{}: {}\n", kind, line);
    }
}

double total_elements(const plan::Study& study, const std::vector<runner::Row>& rows) {
    double total = 0.0;
    for (const runner::Row& row : rows) {
        total += runner::elements(study, row.cell);
    }
    return total;
}

Computed compute_missing(const plan::Study& study, const Target& target) {
    std::optional<storage::JournalSet> journals;
    if (!target.is_fresh) {
        journals.emplace(find_journals(study, target));
    }
    const runner::RowOrder order{study};
    const runner::RowRange range = target.shard
                                       ? runner::range_of(*target.shard, order.size())
                                       : runner::RowRange{0, order.size()};
    std::vector<runner::Row> rows = order.rows(range);
    if (journals) {
        rows = unreadable_rows(study, rows, *journals);
    }
    if (journals && !target.is_quiet) {
        print_notes("note", journals->skipped());
    }
    Progress progress{total_elements(study, rows), target.is_quiet};
    if (!rows.empty()) {
        const runner::Shard shard = target.shard.value_or(runner::Shard{});
        storage::JournalWriter journal{target.journals,
                                       static_cast<std::int64_t>(shard.index),
                                       static_cast<std::int64_t>(shard.count),
                                       record_of(study.experiment())};
        if (!journal.has_locks() && !target.is_quiet) {
            print_notes("note",
                        {target.journals.string() +
                         ": this file system has no locks; journals are written and "
                         "read without them"});
        }
        const int code = compute_rows(study, rows, target, journal, progress);
        if (code != 0) {
            return {.code = code};
        }
        if (!target.shard) {
            journals.emplace(std::vector<std::filesystem::path>{
                target.is_fresh ? journal.path() : target.journals});
        }
    }
    Computed done{
        .rows = rows.size(), .all_rows = range.size(), .seconds = progress.seconds()};
    if (target.shard) {
        return done;
    }
    done.digest = write_from(study, *journals, target);
    write_sidecar(target.output,
                  {.digest = done.digest,
                   .seconds = done.seconds,
                   .threads = target.threads,
                   .rows_computed = done.rows,
                   .rows_reused = done.all_rows - done.rows});
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
                    options.shard ? options.shard->count : 0);
    return {output,
            storage::journal_folder(output),
            threads,
            options.is_fresh,
            options.is_quiet,
            options.confirmation_seeds,
            options.shard};
}

Computed compute(const plan::Study& study, const Target& target) {
    if (!target.is_quiet) {
        print_notes("warning", study.warnings());
    }
    try {
        return compute_missing(study, target);
    } catch (const core::StorageError& error) {
        fmt::print(stderr,
                   "tailrate: {}; finished rows are kept, no result file is written\n",
                   error.what());
    }
    return {.code = cells_failed};
}

}  // namespace tailrate::app
