#pragma once

// Rows whose values follow from their number, in journals of temporary folders.

#include <cstddef>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "core/sha256.hpp"
#include "storage/journal_set.hpp"
#include "storage/journal_writer.hpp"
#include "temporary_folder.hpp"

namespace tailrate::storage {

inline const ExperimentRecord sample_experiment{
    "example", "schema: 1\n", "schema: 1  # as read\n", "/folder"};

inline core::Digest key_of(std::size_t row) {
    return core::sha256("row " + std::to_string(row));
}

inline std::vector<double> values_of(std::size_t row, std::size_t size = 300) {
    std::vector<double> values(size);
    std::iota(values.begin(), values.end(), static_cast<double>(1000 * row));
    return values;
}

/// Rows [first, last) of ten to an identity.
inline void put_rows(JournalWriter& writer, std::size_t first, std::size_t last) {
    for (std::size_t row = first; row < last; ++row) {
        writer.put(key_of(row), values_of(row), "cell " + std::to_string(row / 10));
    }
}

inline void write_journal(const std::filesystem::path& folder,
                          std::size_t first,
                          std::size_t last) {
    JournalWriter writer{folder, 0, 1, sample_experiment};
    put_rows(writer, first, last);
    writer.commit();
}

inline std::filesystem::path first_file(const TemporaryFolder& folder) {
    return std::filesystem::directory_iterator {
        folder.path()
        } -> path();
}

inline void run_sql(const std::filesystem::path& path, const std::string& statements) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite::Database{path, flags, 0}.run(statements.c_str(), "run a test");
}

/// Makes a journal one of the first schema.
inline void make_first_schema(const std::filesystem::path& path) {
    run_sql(path,
            "DROP TABLE snapshots; ALTER TABLE experiments DROP COLUMN source;"
            "ALTER TABLE experiments DROP COLUMN folder; UPDATE experiments SET "
            "digest = x'" +
                core::hex(core::sha256(sample_experiment.text)) +
                "'; PRAGMA user_version = 1");
}

/// What was left out, where that is one line.
inline std::string only_line(const JournalSet& set) {
    return set.skipped().size() == 1 ? set.skipped().front() : "";
}

}  // namespace tailrate::storage
