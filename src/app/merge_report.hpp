#pragma once

#include <vector>

#include "plan/study.hpp"
#include "runner/units.hpp"
#include "storage/journal_set.hpp"

/// Why journals cannot be merged, on stderr.
namespace tailrate::app {

/// The rows, in any order, that no journal has, those among them that a program of
/// other versions computed, and the shards to run again, these on stdout. Returns the
/// exit code: 4 where there are rows of other versions, else 3.
[[nodiscard]] int report_missing(const plan::Study& study,
                                 std::vector<runner::Row> missing,
                                 storage::JournalSet& journals);

/// Conflicts over rows of the study; false where there is none.
[[nodiscard]] bool report_conflicts(
    const plan::Study& study,
    const std::vector<storage::JournalSet::Conflict>& conflicts);

}  // namespace tailrate::app
