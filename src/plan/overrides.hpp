#pragma once

#include "plan/experiment.hpp"
#include "plan/outline.hpp"

namespace tailrate::plan {

/// Applies --set and --seeds, in the order given and --seeds last, before any value is
/// read: a changed value is checked like one of the file, under the argument's name.
void apply(const Overrides& overrides, Outline& outline);

}  // namespace tailrate::plan
