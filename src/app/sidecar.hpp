#pragma once

#include <cstddef>
#include <filesystem>

#include "core/sha256.hpp"

namespace tailrate::app {

/// How a result file came about; beside it, not in it.
struct Sidecar {
    core::Digest digest{};  ///< content_sha256
    double seconds = 0.0;
    std::size_t threads = 1;
    std::size_t rows_computed = 0;
    std::size_t rows_reused = 0;
};

/// Writes `output`.run.json.
void write_sidecar(const std::filesystem::path& output, const Sidecar& sidecar);

}  // namespace tailrate::app
