#pragma once

#include <cstddef>

#include "app/target.hpp"
#include "core/sha256.hpp"
#include "plan/study.hpp"

/// Computing a study through the journals beside its result file: what `run` does, for
/// every command that needs the rows of an experiment.
namespace tailrate::app {

struct Computed {
    int code = 0;  ///< 0 done, 3 cells failed, 4 rows conflict, 130 interrupted
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
