#pragma once

#include <cstdint>
#include <vector>

#include "plan/experiment.hpp"
#include "plan/outline.hpp"

namespace tailrate::plan {

/// The parts that are expanded: those of the file, or the top level alone.
[[nodiscard]] std::vector<const Part*> expanded_parts(const Outline& outline);

/// Products and sums that stay at 2^64 - 1 when they would pass it.
[[nodiscard]] std::uint64_t family_size(const Family& family);
[[nodiscard]] std::uint64_t count_cells(const Outline& outline);

/// Fails for more cells, choices in a section, or recorded bytes than are allowed.
void check_sizes(const Outline& outline, const Experiment& experiment);

}  // namespace tailrate::plan
