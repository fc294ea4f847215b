#pragma once

#include <string>

#include "plan/experiment.hpp"
#include "plan/outline.hpp"

namespace tailrate::plan {

/// The experiment as YAML with every default written, lists and parts as they were;
/// reads back as the same experiment.
[[nodiscard]] std::string completed_text(const Outline& outline,
                                         const Experiment& experiment);

}  // namespace tailrate::plan
