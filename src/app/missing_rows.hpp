#pragma once

#include <functional>
#include <vector>

#include "core/sha256.hpp"
#include "runner/units.hpp"
#include "storage/journal_set.hpp"

namespace tailrate::app {

/// For some journal keys of one cell: which rows are missing.
using FindMissing =
    std::function<std::vector<bool>(const std::vector<core::Digest>& keys)>;

/// Missing is what the journals have no key of. They must outlive it.
[[nodiscard]] FindMissing without_key(const storage::JournalSet& journals);

/// The same, and what they have no undamaged copy of: reading checks the digest.
[[nodiscard]] FindMissing unreadable(storage::JournalSet& journals);

/// Those of `rows` that are missing, in their order. The keys of a cell are asked for
/// together.
[[nodiscard]] std::vector<runner::Row> missing_rows(
    const plan::Study& study,
    const std::vector<runner::Row>& rows,
    const FindMissing& find);

}  // namespace tailrate::app
