#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "plan/study.hpp"
#include "runner/units.hpp"

/// What a run needs, in bytes; estimates from shapes alone. Confirmation seeds come
/// besides the seeds of the study.
namespace tailrate::app {

/// Of the whole program at its peak.
[[nodiscard]] double memory_bytes(const plan::Study& study,
                                  std::size_t threads,
                                  std::int64_t confirmation_seeds = 0);

/// Of a journal with these rows.
[[nodiscard]] double journal_bytes(const plan::Study& study,
                                   std::span<const runner::Row> rows);

/// At most, of the snapshots of the rows that run at once.
[[nodiscard]] double snapshot_bytes(const plan::Study& study,
                                    std::span<const runner::Row> rows,
                                    std::size_t threads);

[[nodiscard]] double result_bytes(const plan::Study& study,
                                  std::int64_t confirmation_seeds = 0);

/// Throws core::InputError where the program may not have so much memory, or journal or
/// result file do not hold a row or a curve, with the figures and the place `file`:1:1.
void check_memory(const plan::Study& study,
                  const std::string& file,
                  std::size_t threads,
                  std::int64_t confirmation_seeds = 0);

/// The same where the disk of `output` has less than `bytes` free.
void check_disk(double bytes,
                const std::string& file,
                const std::filesystem::path& output);

}  // namespace tailrate::app
