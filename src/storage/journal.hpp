#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/sha256.hpp"

// What the writing and the reading side of journals share. A journal holds rows of
// doubles by key; what a key stands for is the caller's. One process writes one file
// that nobody else writes, so that shards and restarts need no coordination:
//     <folder>/<shard>-of-<shards>.<host>.<pid>.<random>.sqlite

namespace tailrate::storage {

/// The experiment that a journal served.
struct ExperimentRecord {
    std::string name;
    std::string text;    ///< as completed
    std::string source;  ///< as read; empty in journals of schema 1
    /// Of the experiment file, where it was read: paths in it are relative to that.
    std::string folder;

    /// One experiment, read anywhere.
    [[nodiscard]] bool operator==(const ExperimentRecord& other) const {
        return name == other.name && text == other.text && source == other.source;
    }
};

/// Who wrote a journal.
struct JournalName {
    std::int64_t shard = 0;
    std::int64_t shards = 1;
    std::string host;
    std::int64_t pid = 0;
    std::string random;

    [[nodiscard]] std::string text() const;
    /// Nothing for a file name that is not a journal's.
    [[nodiscard]] static std::optional<JournalName> parse(std::string_view text);
    /// For this process, with a new random part.
    [[nodiscard]] static JournalName of_this_process(std::int64_t shard,
                                                     std::int64_t shards);
    /// True when the writer ran on this host and does not any more.
    [[nodiscard]] bool writer_is_gone() const;
};

/// When the interrupted last commit of a journal is rolled back, which writes to it:
/// only when its writer ran on this host and is gone, or always (the user says that
/// nobody writes any more). Otherwise such a journal is skipped. On a file system
/// without locks "always" does not hold for a writer that lives on this host, or may on
/// another, where the commit is younger than two minutes.
enum class Recovery { own_dead, all };

/// The journals of an output file: "<output without .h5>.journal".
[[nodiscard]] std::filesystem::path journal_folder(const std::filesystem::path& output);

/// The state of an unfinished row; what the numbers mean is the caller's.
struct Snapshot {
    std::int64_t iteration = 0;
    std::vector<double> state;
};

/// Bytes of a row, or of the state of one, that a journal can keep: SQLite takes no
/// value of 1e9 bytes.
inline constexpr std::size_t largest_value = 999'000'000;

// Schema 2 added snapshots, and the experiment as read with its folder.
inline constexpr int journal_schema = 2;                  // user_version
inline constexpr std::int32_t journal_mark = 0x7461696c;  // application_id, "tail"

/// SHA-256 over name, completed text and text as read.
[[nodiscard]] core::Digest experiment_digest(const ExperimentRecord& experiment);

/// SHA-256 over key, number of values (8 bytes) and values, little-endian.
[[nodiscard]] core::Digest row_digest(const core::Digest& key,
                                      std::span<const double> values);

/// SHA-256 over a mark, key, iteration, number of values (8 bytes each) and values.
[[nodiscard]] core::Digest snapshot_digest(const core::Digest& key,
                                           const Snapshot& snapshot);

}  // namespace tailrate::storage
