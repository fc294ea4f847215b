#include "app/missing_computation.hpp"

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

/// For a reader that keeps the journal locked, of 5 s each.
constexpr int most_tries = 120;

/// Puts finished rows, and snapshots of others, into this process's journal. While a
/// reader keeps that locked they wait in memory, and when they are many the run waits.
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
        if (journal_.try_commit()) {
            return;
        }
        if (!has_said_) {
            has_said_ = true;
            progress_.finish();
            say(fmt::format(
                "tailrate: {}: a reader keeps it locked; rows wait in memory\n",
                journal_.path().string()));
        }
        if (journal_.pending_bytes() >= largest_commit) {
            finish();
        }
    }

    /// Commits what waits, at last; core::StorageError where that cannot be.
    void finish() {
        for (int tries = 1; tries < most_tries && !signal_.requested(); ++tries) {
            if (journal_.try_commit()) {
                return;
            }
        }
        journal_.commit();
    }

  private:
    const plan::Study& study_;
    storage::JournalWriter& journal_;
    const StopSignal& signal_;
    Progress& progress_;
    bool has_said_ = false;
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
         .largest_snapshot = storage::largest_snapshot,
         .find_snapshot = find_snapshot});
    sink.finish();
    progress.finish();
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
        rows = unreadable_rows(study, rows, *journals);
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
