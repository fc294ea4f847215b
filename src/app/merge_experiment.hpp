#pragma once

#include <optional>

#include "plan/study.hpp"
#include "storage/journal_set.hpp"

namespace tailrate::app {

/// The experiment that all journals share, as it was read and completed for them.
/// Nothing where they share none, which is said on stderr with those that they served;
/// core::InputError where it cannot be constructed here, as when its data are
/// elsewhere.
[[nodiscard]] std::optional<plan::Study> shared_study(
    const storage::JournalSet& journals);

}  // namespace tailrate::app
