#pragma once

#include <vector>

#include "app/computation.hpp"
#include "app/stop_signal.hpp"
#include "plan/study.hpp"
#include "runner/units.hpp"
#include "storage/journal_set.hpp"
#include "storage/journal_writer.hpp"

// Private to compute(): the rows that journals lack.

namespace tailrate::app {

/// Rows of a study that no journal has undamaged.
struct Missing {
    const plan::Study* study;
    std::vector<runner::Row> rows;
    double elements;  ///< that are still to be stepped
};

/// Those of `rows`; without journals all of them.
[[nodiscard]] Missing find_missing(const plan::Study& study,
                                   std::vector<runner::Row> rows,
                                   storage::JournalSet* journals);

/// Computes the parts one after the other, each row from its snapshot in `journals`
/// where there is one; 0 when every row is there, else exit_code::incomplete. Throws
/// core::Interrupted.
[[nodiscard]] int compute_missing(const std::vector<Missing>& parts,
                                  storage::JournalSet* journals,
                                  storage::JournalWriter& journal,
                                  const Target& target,
                                  const StopSignal& signal);

}  // namespace tailrate::app
