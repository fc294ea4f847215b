#include <chrono>
#include <exception>
#include <optional>

#include <fmt/core.h>

#include "app/absent_rows.hpp"
#include "app/commands.hpp"
#include "app/exit_codes.hpp"
#include "app/merge_experiment.hpp"
#include "app/merge_report.hpp"
#include "app/resources.hpp"
#include "app/sidecar.hpp"
#include "app/stop_signal.hpp"
#include "app/study_input.hpp"
#include "app/table.hpp"
#include "core/errors.hpp"
#include "runner/result_file.hpp"
#include "storage/files.hpp"
#include "storage/journal_set.hpp"

namespace tailrate::app {
namespace {

/// A row whose key is in a journal turned out to be damaged.
class DamagedRow final : public std::exception {};

/// Nothing where a row is damaged, which is found when it is read.
std::optional<core::Digest> write_result(const plan::Study& study,
                                         storage::JournalSet& journals,
                                         const std::string& output,
                                         const StopSignal& signal) {
    const auto read = [&](std::span<const core::Digest> keys) {
        signal.check();
        std::vector<std::vector<double>> rows;
        rows.reserve(keys.size());
        for (std::optional<std::vector<double>>& row : journals.read(keys)) {
            if (!row) {
                throw DamagedRow{};
            }
            rows.push_back(std::move(*row));
        }
        return rows;
    };
    try {
        return runner::write_result(study, read, output);
    } catch (const DamagedRow&) {
        return std::nullopt;
    }
}

/// Cells of equal numbers share their keys.
void note_other_rows(std::size_t keys, std::size_t rows) {
    if (keys > rows) {
        fmt::print(stderr,
                   "note: {} rows of the journals are of other cells or seeds and left "
                   "out; confirmation seeds, if they are among them, are written by "
                   "run --confirmation\n",
                   grouped(static_cast<double>(keys - rows)));
    }
}

int merge_study(const plan::Study& study,
                storage::JournalSet& journals,
                const MergeOptions& options,
                const StopSignal& signal) {
    const auto start = std::chrono::steady_clock::now();
    storage::check_output(
        options.output, runner::result_schema_name, study.experiment().name);
    check_disk(runner::result_bytes(study), options.output, options.output);
    std::vector<runner::Row> missing;
    {
        const EndOnSignal at_once{signal};
        if (report_conflicts(study, journals.conflicts())) {
            return exit_code::incomparable;
        }
        missing = rows_without_key(study, journals);
    }
    std::optional<core::Digest> digest;
    if (missing.empty()) {
        digest = write_result(study, journals, options.output, signal);
    }
    if (!digest) {
        const EndOnSignal at_once{signal};
        // The list is complete: damaged rows are in it.
        missing = unreadable_rows(study, journals);
        return report_missing(study, std::move(missing), journals);
    }
    const std::chrono::duration<double> seconds =
        std::chrono::steady_clock::now() - start;
    const std::size_t rows = study.experiment().cells.size() * study.blocks();
    write_sidecar(options.output,
                  {.digest = *digest, .seconds = seconds.count(), .rows_reused = rows});
    if (!options.is_quiet) {
        fmt::print("{}: {} rows from {} journals, merged in {}\ncontent_sha256 {}\n",
                   options.output,
                   grouped(static_cast<double>(rows)),
                   journals.files(),
                   duration_text(seconds.count()),
                   core::hex(*digest));
        note_other_rows(journals.size(), rows);
    }
    return 0;
}

void print_skipped(const storage::JournalSet& journals) {
    for (const std::string& line : journals.skipped()) {
        fmt::print(stderr, "note: {}\n", line);
    }
}

storage::JournalSet read_journals(const MergeOptions& options,
                                  const StopSignal& signal) {
    const EndOnSignal at_once{signal};
    return storage::JournalSet{{options.places.begin(), options.places.end()},
                               storage::Recovery::all};
}

int merge_journals(const MergeOptions& options, const StopSignal& signal) {
    storage::JournalSet journals = read_journals(options, signal);
    const bool is_named = !options.experiment.file.empty();
    if (journals.files() == 0 && !is_named) {
        print_skipped(journals);
        throw core::StorageError{options.places.front() +
                                 ": holds no journal that can be read"};
    }
    std::optional<plan::Study> study;
    {
        const EndOnSignal at_once{signal};
        if (is_named) {
            study.emplace(load_study(options.experiment));
        } else {
            study = shared_study(journals);
        }
    }
    const int code = study ? merge_study(*study, journals, options, signal)
                           : exit_code::incomparable;
    if (!options.is_quiet || code != 0) {
        print_skipped(journals);
    }
    return code;
}

}  // namespace

int merge(const MergeOptions& options) {
    const StopSignal signal{
        "tailrate: interrupted; no result file is written, the journals are as they "
        "were\n"};
    try {
        return merge_journals(options, signal);
    } catch (const core::Interrupted&) {
        signal.print_advice();
        return exit_code::interrupted;
    }
}

}  // namespace tailrate::app
