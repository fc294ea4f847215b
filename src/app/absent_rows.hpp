#pragma once

#include <vector>

#include "plan/study.hpp"
#include "runner/units.hpp"
#include "storage/journal_set.hpp"

/// What is left to do of a study that several programs compute.
namespace tailrate::app {

/// Rows of the study whose key no journal has, cell by cell.
[[nodiscard]] std::vector<runner::Row> rows_without_key(
    const plan::Study& study, const storage::JournalSet& journals);

/// The same with those that are damaged wherever they are: reads every row.
[[nodiscard]] std::vector<runner::Row> unreadable_rows(const plan::Study& study,
                                                       storage::JournalSet& journals);

/// Prints which of `shards` parts of the study have one of the rows, given in any
/// order: "shards to rerun, of 8: 2,7", as sbatch --array takes them.
void print_shards(const plan::Study& study,
                  const std::vector<runner::Row>& rows,
                  std::uint64_t shards);

}  // namespace tailrate::app
