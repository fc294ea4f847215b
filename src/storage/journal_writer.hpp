#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/sha256.hpp"
#include "storage/journal.hpp"
#include "storage/sqlite.hpp"

namespace tailrate::storage {

/// The journal that this process writes. Rows are kept in memory until commit(), so
/// that readers of the file never wait longer than a commit takes. For one thread.
class JournalWriter {
  public:
    /// Makes the folder where needed and a new file in it: what cannot be written is
    /// found before work begins. A commit waits `patience_ms` for readers.
    JournalWriter(const std::filesystem::path& folder,
                  std::int64_t shard,
                  std::int64_t shards,
                  const ExperimentRecord& experiment,
                  int patience_ms = 5000);
    JournalWriter(const JournalWriter&) = delete;
    JournalWriter& operator=(const JournalWriter&) = delete;
    JournalWriter(JournalWriter&&) = delete;
    JournalWriter& operator=(JournalWriter&&) = delete;
    /// A file that holds nothing is removed. Does not commit.
    ~JournalWriter();

    /// The file that is written now.
    [[nodiscard]] const std::filesystem::path& path() const { return paths_.back(); }

    /// All files of this writer, the first one first.
    [[nodiscard]] const std::vector<std::filesystem::path>& paths() const {
        return paths_;
    }

    /// Whether the file system has locks; where not, none are used.
    [[nodiscard]] bool has_locks() const { return database_->has_locks(); }

    /// Adds a row to the next commit, which drops its snapshot. `identity` says what
    /// the row was computed from; it is stored once for all rows that share it.
    void put(const core::Digest& key,
             std::span<const double> values,
             std::string_view identity);

    /// Puts the state of an unfinished row, at most largest_value bytes, into the
    /// next commit, in place of an earlier one.
    void put_snapshot(const core::Digest& key, Snapshot snapshot);

    [[nodiscard]] std::size_t pending_rows() const { return pending_.size(); }

    [[nodiscard]] std::size_t pending_bytes() const { return pending_bytes_; }

    /// Writes what was put, all or nothing, and waits for the disk. After a
    /// core::StorageError the rows are kept for the next try.
    void commit();

    /// The same; false where readers keep the file locked for longer than patience_ms,
    /// when commit() throws.
    [[nodiscard]] bool try_commit();

    /// Goes on in a new file, with what was put and is not committed: for when readers
    /// keep the old one locked. What that one holds stays there.
    void start_new_file();

  private:
    struct Row {
        core::Digest key;
        core::Digest digest;
        std::vector<double> values;
        std::string identity;
    };

    using Identities = std::map<std::string, std::int64_t, std::less<>>;
    using SnapshotNumbers = std::map<core::Digest, std::int64_t>;

    void leave_file();
    void write();
    void write_pending();
    void write_snapshots();
    void forget_pending_snapshot(const core::Digest& key);
    void take_over();
    std::int64_t identity_number(sqlite::Statement& insert, const std::string& text);

    std::filesystem::path folder_;
    std::int64_t shard_;
    std::int64_t shards_;
    ExperimentRecord experiment_;
    int patience_ms_;
    std::vector<std::filesystem::path> paths_;
    std::optional<sqlite::Database> database_;
    std::vector<Row> pending_;
    std::size_t pending_bytes_ = 0;
    std::map<core::Digest, Snapshot> pending_snapshots_;
    std::size_t committed_rows_ = 0;  ///< in the file
    SnapshotNumbers snapshots_;       ///< in the file
    SnapshotNumbers new_snapshots_;   ///< in the transaction
    Identities identities_;           ///< in the file
    Identities new_identities_;       ///< in the transaction
};

}  // namespace tailrate::storage
