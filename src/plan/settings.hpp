#pragma once

#include "plan/experiment.hpp"
#include "plan/outline.hpp"

namespace tailrate::plan {

/// Reads what stands at the top level beside the sections into the experiment.
void read_settings(const Outline& outline, Experiment& experiment);

}  // namespace tailrate::plan
