#pragma once

#include <functional>
#include <vector>

#include "core/sha256.hpp"
#include "runner/units.hpp"

namespace tailrate::app {

/// For the journal keys of one cell, in the order of its blocks: which rows are
/// missing.
using FindMissing =
    std::function<std::vector<bool>(const std::vector<core::Digest>& keys)>;

/// The missing rows of the study, in the order of runner::all_rows().
[[nodiscard]] std::vector<runner::Row> missing_rows(const plan::Study& study,
                                                    const FindMissing& find);

}  // namespace tailrate::app
