#include "app/computation.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <utility>

#include <fmt/core.h>

#include "app/exit_codes.hpp"
#include "app/live_runs.hpp"
#include "app/merge_report.hpp"
#include "app/missing_computation.hpp"
#include "app/resources.hpp"
#include "app/say.hpp"
#include "app/sidecar.hpp"
#include "app/stop_signal.hpp"
#include "app/study_input.hpp"
#include "app/table.hpp"
#include "core/errors.hpp"
#include "runner/result_file.hpp"
#include "runner/shard.hpp"
#include "runner/stepper.hpp"
#include "storage/journal_set.hpp"
#include "storage/journal_writer.hpp"

namespace tailrate::app {
namespace {

constexpr int patience_ms = 5000;
/// Of a commit, before it is tried again: what a signal waits for at most.
constexpr int commit_patience_ms = 250;

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
    return make_study(std::move(experiment));
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
                throw core::StorageError{fmt::format(
                    "{}: a row cannot be read from its journals any more ({}); run the "
                    "same command again",
                    target.output.string(),
                    journals.skipped().empty() ? "it is gone"
                                               : journals.skipped().back())};
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
        say(fmt::format("{}: {}\n", kind, line));
    }
}

/// Says once that a row is too large for snapshots.
std::vector<std::string> snapshot_notes(const plan::Study& study) {
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        const std::size_t bytes =
            runner::Stepper::saved_size(study.parts(cell), study.layout(cell)) *
            sizeof(double);
        if (bytes > storage::largest_value) {
            return {fmt::format(
                "the state of a row has {}, more than a journal keeps: such rows leave "
                "no snapshots, and start anew where they are interrupted",
                bytes_text(static_cast<double>(bytes)))};
        }
    }
    return {};
}

/// What journals lack, computed; then the result file from all of them.
class Computation {
  public:
    Computation(const plan::Study& study,
                const Target& target,
                const StopSignal& signal)
        : study_{study},
          target_{target},
          signal_{signal},
          confirmation_{confirmation_study(study, target.confirmation_seeds)} {}

    Computed run() {
        const auto start = std::chrono::steady_clock::now();
        note(live_runs(target_.journals, target_.shard));
        note(snapshot_notes(study_));
        find_missing_rows();
        if (has_conflicts()) {
            return {.code = exit_code::incomparable};
        }
        has_begun_ = true;
        if (done_.rows > 0) {
            compute_rows();
        }
        if (done_.code == 0 && has_conflicts()) {
            return {.code = exit_code::incomparable};
        }
        if (done_.code == 0 && !target_.shard) {
            done_.digest =
                write_from(study_, confirmation_, *journals_, target_, signal_);
        }
        const std::chrono::duration<double> seconds =
            std::chrono::steady_clock::now() - start;
        done_.seconds = seconds.count();
        if (done_.code == 0 && !target_.shard) {
            describe_result();
        }
        return done_;
    }

    /// Whether there is anything to lose.
    [[nodiscard]] bool has_begun() const { return has_begun_; }

  private:
    void note(std::span<const std::string> lines) const {
        if (!target_.is_quiet) {
            print_notes("note", lines);
        }
    }

    void find_missing_rows() {
        const EndOnSignal at_once{signal_};
        if (!target_.is_fresh) {
            journals_.emplace(find_journals(study_, target_));
        }
        const runner::RowOrder order{study_};
        add_missing(
            study_,
            order.rows(target_.shard ? runner::range_of(*target_.shard, order.size())
                                     : runner::RowRange{0, order.size()}));
        if (confirmation_) {
            add_missing(*confirmation_, runner::all_rows(*confirmation_));
        }
        note_skipped();
        check_room();
    }

    /// Copies of a row of which each is sound and that differ: one of them is wrong.
    [[nodiscard]] bool has_conflicts() {
        if (!journals_) {
            return false;
        }
        const EndOnSignal at_once{signal_};
        const std::vector<storage::JournalSet::Conflict> conflicts =
            journals_->conflicts();
        return report_conflicts(study_, conflicts) ||
               (confirmation_ && report_conflicts(*confirmation_, conflicts));
    }

    /// For the rows that are missing and the result file, which a shard does not write.
    void check_room() const {
        double bytes =
            target_.shard ? 0.0 : result_bytes(study_, target_.confirmation_seeds);
        for (const Missing& missing : missing_) {
            bytes += journal_bytes(*missing.study, missing.rows);
        }
        check_disk(bytes, target_.experiment, target_.output);
    }

    void add_missing(const plan::Study& study, std::vector<runner::Row> rows) {
        done_.all_rows += rows.size();
        missing_.push_back(
            find_missing(study, std::move(rows), journals_ ? &*journals_ : nullptr));
        done_.rows += missing_.back().rows.size();
    }

    void compute_rows() {
        const runner::Shard shard = target_.shard.value_or(runner::Shard{});
        storage::JournalWriter journal{target_.journals,
                                       static_cast<std::int64_t>(shard.index),
                                       static_cast<std::int64_t>(shard.count),
                                       record_of(study_.experiment()),
                                       commit_patience_ms};
        if (!journal.has_locks()) {
            note(std::vector{target_.journals.string() +
                             ": this file system has no locks; journals are written "
                             "and read without them"});
        }
        done_.code = compute_missing(
            missing_, journals_ ? &*journals_ : nullptr, journal, target_, signal_);
        note_skipped();
        if (done_.code == 0 && !target_.shard) {
            const EndOnSignal at_once{signal_};
            journals_.emplace(target_.is_fresh ? journal.paths()
                                               : std::vector{target_.journals});
            skipped_ = 0;
            note_skipped();
        }
    }

    /// What was left out of the journals since the last time.
    void note_skipped() {
        if (journals_) {
            note(std::span{journals_->skipped()}.subspan(skipped_));
            skipped_ = journals_->skipped().size();
        }
    }

    void describe_result() const {
        write_sidecar(target_.output,
                      {.digest = done_.digest,
                       .seconds = done_.seconds,
                       .threads = target_.threads,
                       .rows_computed = done_.rows,
                       .rows_reused = done_.all_rows - done_.rows});
    }

    const plan::Study& study_;
    const Target& target_;
    const StopSignal& signal_;
    std::optional<plan::Study> confirmation_;
    std::optional<storage::JournalSet> journals_;
    std::size_t skipped_ = 0;  ///< lines of journals_ that were said
    std::vector<Missing> missing_;
    Computed done_;
    bool has_begun_ = false;
};

}  // namespace

Computed compute(const plan::Study& study, const Target& target) {
    const StopSignal signal{fmt::format(
        "tailrate: interrupted; finished rows and snapshots of running ones are in {}, "
        "{} goes on from there\n",
        target.journals.string(),
        target.is_fresh ? "a run without --fresh" : "the same command")};
    if (!target.is_quiet) {
        print_notes("warning", study.warnings());
    }
    Computation computation{study, target, signal};
    try {
        return computation.run();
    } catch (const core::Interrupted&) {
        signal.print_advice();
        return {.code = exit_code::interrupted};
    } catch (const core::StorageError& error) {
        if (!computation.has_begun()) {
            throw;
        }
        say(
            fmt::format("tailrate: {}; rows that were committed are kept, no result "
                        "file is written\n",
                        error.what()));
    }
    return {.code = exit_code::incomplete};
}

}  // namespace tailrate::app
