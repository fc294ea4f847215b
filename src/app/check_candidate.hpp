#pragma once

#include <cstddef>
#include <filesystem>

#include "plan/study.hpp"

namespace tailrate::app {

/// Where `check` puts the results of an experiment that it runs:
/// results/<name>.candidate.h5 in the current folder, a name of its own, so that no
/// results of `run` are replaced.
[[nodiscard]] std::filesystem::path candidate_path(const plan::Study& study);

/// Computes every row afresh and writes the result file. No journal is read: the key of
/// a row does not know the code that computed it, which is what a check is about. None
/// is written either, for the same reason: its rows would be of no use to anybody.
/// Returns 0, or 3 where cells failed, which it has said on stderr.
[[nodiscard]] int run_candidate(const plan::Study& study,
                                const std::filesystem::path& output,
                                std::size_t threads);

}  // namespace tailrate::app
