#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "app/commands.hpp"
#include "plan/study.hpp"
#include "runner/shard.hpp"

namespace tailrate::app {

/// What a computation makes, where and how.
struct Target {
    std::string experiment;  ///< its file
    std::filesystem::path output;
    std::filesystem::path journals;
    std::size_t threads = 1;
    bool is_fresh = false;  ///< rows of earlier runs are not looked at
    bool is_quiet = false;
    std::int64_t confirmation_seeds = 0;  ///< for the group /confirmation
    double snapshot_seconds = 0.0;        ///< between snapshots of running rows
    std::optional<runner::Shard> shard;   ///< its rows only, and no result file
};

/// What is known before the first iteration: everything that may end with 2,
/// but a disk that is too small for the rows that are missing. Threads
/// and flags are those of `options`, whose output is not looked at.
[[nodiscard]] Target checked_target(const plan::Study& study,
                                    const std::filesystem::path& output,
                                    const RunOptions& options);

}  // namespace tailrate::app
