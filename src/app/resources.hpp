#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "plan/study.hpp"

namespace tailrate::app {

/// What a run needs, in bytes; estimates from shapes alone.
struct Resources {
    double memory = 0.0;  ///< of all workers, or of the largest cell when it is written
    double journal = 0.0;  ///< of all rows
    double result = 0.0;
};

/// With as many confirmation seeds besides the seeds of the study.
[[nodiscard]] Resources resources(const plan::Study& study,
                                  std::size_t threads,
                                  std::int64_t confirmation_seeds = 0);

/// Throws core::InputError where the memory of this machine or the free space at
/// `output`, journals that are there counted in, is smaller, with the figures and the
/// place `file`:1:1. A run cut into `shards` writes its part of the journals only; 0:
/// it also writes the result file.
void check_resources(const plan::Study& study,
                     const std::string& file,
                     const std::filesystem::path& output,
                     std::size_t threads,
                     std::int64_t confirmation_seeds = 0,
                     std::uint64_t shards = 0);

/// The same for `bytes` on the disk of `output`.
void check_disk(double bytes,
                const std::string& file,
                const std::filesystem::path& output);

}  // namespace tailrate::app
