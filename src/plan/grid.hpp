#pragma once

#include "plan/experiment.hpp"
#include "plan/outline.hpp"

namespace tailrate::plan {

/// Expands the grid into the experiment's choices and cells; sizes are checked before
/// anything is allocated.
void expand(const Outline& outline, Experiment& experiment);

}  // namespace tailrate::plan
