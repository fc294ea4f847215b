#pragma once

#include <filesystem>

#include "app/commands.hpp"
#include "plan/study.hpp"

namespace tailrate::app {

/// The study of an experiment. Throws core::InputError also where its problems need
/// more memory than memory_limit() has.
[[nodiscard]] plan::Study make_study(plan::Experiment experiment);

/// The study of a command's experiment file and overrides.
[[nodiscard]] plan::Study load_study(const ExperimentOptions& options);

/// Where a run puts its result: `given`, or results/<name>.h5 in the current folder.
[[nodiscard]] std::filesystem::path result_path(const std::string& given,
                                                const plan::Study& study);

}  // namespace tailrate::app
