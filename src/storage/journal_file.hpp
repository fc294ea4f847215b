#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "storage/journal.hpp"
#include "storage/sqlite.hpp"

// Private to this module: one journal as its readers see it.

namespace tailrate::storage {

/// Read-only; rolls an interrupted commit back first where `recovery` allows it, and is
/// an sqlite::Error where not.
[[nodiscard]] sqlite::Database open_journal(const std::filesystem::path& path,
                                            Recovery recovery,
                                            int patience_ms);

/// Why the file cannot be used; empty where it is a journal of a version that we know.
[[nodiscard]] std::string objection(const sqlite::Database& database);

/// Without those that are damaged.
[[nodiscard]] std::vector<ExperimentRecord> read_experiments(
    const sqlite::Database& database);

/// For the line about a journal that is left out.
[[nodiscard]] std::string explain(const sqlite::Error& error);

/// False where the blob has another size.
[[nodiscard]] bool to_digest(std::span<const std::byte> blob, core::Digest& digest);

}  // namespace tailrate::storage
