#include "app/missing_computation.hpp"

#include <chrono>
#include <utility>

#include <fmt/core.h>

#include "app/exit_codes.hpp"
#include "app/missing_rows.hpp"
#include "app/progress.hpp"
#include "app/say.hpp"
#include "plan/identity.hpp"
#include "runner/execute.hpp"

namespace tailrate::app {
namespace {

/// Snapshots on their way to the disk fill about as much memory.
constexpr std::size_t largest_commit = std::size_t{64} << 20U;

/// For a reader that keeps the journal locked. Together with the patience of a commit
/// itself, which a signal does not end.
constexpr std::chrono::seconds patience{5};

/// Puts finished rows, and snapshots of others, into this process's journal, and into
/// a new one when a reader keeps that locked.
class JournalSink final : public runner::RowSink {
  public:
    JournalSink(const plan::Study& study,
                storage::JournalWriter& journal,
                const StopSignal& signal,
                Progress& progress)
        : study_{study},
          journal_{journal},
          signal_{signal},
          progress_{progress} {}

    void put(const runner::Row& row, std::span<const double> record) override {
        const std::string identity = study_.identity(row.cell);
        journal_.put(plan::row_key(identity, row.block), record, identity);
    }

    void snapshot(const runner::Row& row, storage::Snapshot&& snapshot) override {
        journal_.put_snapshot(study_.row_key(row.cell, row.block), std::move(snapshot));
        if (journal_.pending_bytes() >= largest_commit) {
            commit();
        }
    }

    void commit() override {
        if (commits_in_time()) {
            return;
        }
        const std::string locked = journal_.path().string();
        journal_.start_new_file();
        journal_.commit();
        progress_.finish();
        say(fmt::format("tailrate: {}: a reader keeps it locked; rows go to {} now\n",
                        locked,
                        journal_.path().filename().string()));
    }

  private:
    bool commits_in_time() {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!journal_.try_commit()) {
            if (signal_.requested() || std::chrono::steady_clock::now() > end) {
                return false;
            }
        }
        return true;
    }

    const plan::Study& study_;
    storage::JournalWriter& journal_;
    const StopSignal& signal_;
    Progress& progress_;
};

/// Of the iterations of a row, by its latest snapshot.
double part_done(const plan::Study& study,
                 const runner::Row& row,
                 const storage::JournalSet& journals) {
    return static_cast<double>(
               journals.snapshot_iteration(study.row_key(row.cell, row.block))) /
           static_cast<double>(study.experiment().horizon);
}

/// Computes what is missing; 0 when every row is there.
int compute_rows(const Missing& missing,
                 storage::JournalSet* journals,
                 storage::JournalWriter& journal,
                 const Target& target,
                 const StopSignal& signal,
                 Progress& progress,
                 double before) {
    const plan::Study& study = *missing.study;
    JournalSink sink{study, journal, signal, progress};
    runner::FindSnapshot find_snapshot;
    if (journals != nullptr && journals->has_snapshots()) {
        find_snapshot = [&](const runner::Row& row) {
            return journals->snapshot(study.row_key(row.cell, row.block));
        };
    }
    const runner::ExecuteResult result = runner::execute(
        study,
        missing.rows,
        sink,
        {.threads = target.threads,
         .stop = &signal.requested(),
         .progress = [&](double done) { progress.update(before + done); },
         .snapshot_seconds = target.snapshot_seconds,
         .largest_snapshot = storage::largest_value,
         .find_snapshot = find_snapshot});
    sink.commit();
    progress.finish();
    if (result.rows_cut_off > 0) {
        say(
            fmt::format("tailrate: {} running rows go on from an earlier snapshot, or "
                        "start anew: their state was too large to be kept at once\n",
                        result.rows_cut_off));
    }
    for (const std::string& failure : result.failures) {
        say(fmt::format("tailrate: failed: {}\n", failure));
    }
    signal.check();
    return result.failures.empty() ? 0 : exit_code::incomplete;
}

}  // namespace

Missing find_missing(const plan::Study& study,
                     std::vector<runner::Row> rows,
                     storage::JournalSet* journals) {
    if (journals != nullptr) {
        rows = missing_rows(study, rows, unreadable(*journals));
    }
    Missing missing{&study, std::move(rows), 0.0};
    const bool has_snapshots = journals != nullptr && journals->has_snapshots();
    for (const runner::Row& row : missing.rows) {
        const double part = has_snapshots ? part_done(study, row, *journals) : 0.0;
        missing.elements += runner::elements(study, row.cell) * (1.0 - part);
    }
    return missing;
}

int compute_missing(const std::vector<Missing>& parts,
                    storage::JournalSet* journals,
                    storage::JournalWriter& journal,
                    const Target& target,
                    const StopSignal& signal) {
    double total = 0.0;
    for (const Missing& part : parts) {
        total += part.elements;
    }
    Progress progress{total, target.is_quiet};
    double before = 0.0;
    for (const Missing& part : parts) {
        const int code =
            compute_rows(part, journals, journal, target, signal, progress, before);
        if (code != 0) {
            return code;
        }
        before += part.elements;
    }
    return 0;
}

}  // namespace tailrate::app
