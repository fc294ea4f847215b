#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "app/commands.hpp"
#include "core/sha256.hpp"
#include "plan/study.hpp"
#include "runner/shard.hpp"

/// Computing a study through the journals beside its result file: what `run` does, for
/// every command that needs the rows of an experiment.
namespace tailrate::app {

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

struct Computed {
    int code = 0;              ///< 0 done, 3 cells failed, 130 interrupted
    core::Digest digest{};     ///< of the result file
    std::size_t rows = 0;      ///< computed now
    std::size_t all_rows = 0;  ///< of the study, or of the shard
    double seconds = 0.0;
};

/// Computes the rows that no journal has and writes the result file with its sidecar.
/// Goes on from the snapshots of unfinished rows. SIGINT, SIGTERM and SIGUSR1 stop it
/// within two seconds; says on stderr what it does and what went wrong.
[[nodiscard]] Computed compute(const plan::Study& study, const Target& target);

}  // namespace tailrate::app
