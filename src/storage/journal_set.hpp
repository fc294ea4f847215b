#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/sha256.hpp"
#include "storage/journal.hpp"
#include "storage/sqlite.hpp"

namespace tailrate::storage {

/// All journals of a folder, read-only. What cannot be used is left out with a line in
/// skipped(), never an error: its rows are computed again. For one thread.
class JournalSet {
  public:
    /// Whether a journal may have rows that are looked for, by its name and what it
    /// served; the rows of others are not read.
    using MayHelp = std::function<bool(const std::filesystem::path&,
                                       const std::vector<ExperimentRecord>&)>;

    /// The *.sqlite of a folder; none where there is no folder, core::StorageError for
    /// one that cannot be read. Waits `patience_ms` for each lock.
    explicit JournalSet(const std::filesystem::path& folder,
                        Recovery recovery = Recovery::own_dead,
                        int patience_ms = 5000,
                        MayHelp may_help = {});

    /// Of several files and folders, which must exist (core::StorageError).
    explicit JournalSet(const std::vector<std::filesystem::path>& places,
                        Recovery recovery = Recovery::own_dead,
                        int patience_ms = 5000);

    /// Different keys.
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool has(const core::Digest& key) const;

    /// The values of a row: the first copy whose digest fits, in the order of file
    /// names and of writing. A copy that is damaged is dropped with a line in
    /// skipped(); after the last one has() is false and there are no values.
    [[nodiscard]] std::optional<std::vector<double>> read(const core::Digest& key);
    /// Of several rows; faster, because journals stay locked between them. Until it
    /// returns nobody commits to a journal: give it few rows at a time.
    [[nodiscard]] std::vector<std::optional<std::vector<double>>> read(
        std::span<const core::Digest> keys);

    /// A row of which two copies are sound and differ.
    struct Conflict {
        core::Digest key;
        std::filesystem::path first;
        std::filesystem::path second;
    };

    /// In the order of keys; reads only rows whose copies have different digests.
    [[nodiscard]] std::vector<Conflict> conflicts();
    /// The state of a row that is not finished: the latest snapshot whose digest fits.
    /// A damaged one is dropped with a line in skipped(), one that its writer has
    /// replaced meanwhile without.
    [[nodiscard]] std::optional<Snapshot> snapshot(const core::Digest& key);

    [[nodiscard]] bool has_snapshots() const { return !snapshots_.empty(); }

    /// The iteration of the latest snapshot, whether its digest fits or not; 0 where
    /// there is none.
    [[nodiscard]] std::int64_t snapshot_iteration(const core::Digest& key) const;

    /// What the rows were computed from, without repeats, sorted.
    [[nodiscard]] std::vector<std::string> identities();
    /// The same one by one, with repeats in different journals.
    void visit_identities(const std::function<void(const std::string&)>& visit);

    /// Experiments that the journals served: of any, and those that all share which
    /// have one; in the order of files, without repeats.
    [[nodiscard]] std::vector<ExperimentRecord> experiments() const;
    [[nodiscard]] std::vector<ExperimentRecord> shared_experiments() const;

    /// The first journal that served one of them.
    [[nodiscard]] std::filesystem::path journal_of(
        const ExperimentRecord& experiment) const;

    /// Journals in use.
    [[nodiscard]] std::size_t files() const { return journals_.size(); }

    /// Into how many shards an experiment was cut, by the names of the journals: the
    /// largest; 1 where no name says more.
    [[nodiscard]] std::int64_t shards() const;

    /// One line for each journal or row that was left out; few of one journal.
    [[nodiscard]] const std::vector<std::string>& skipped() const { return skipped_; }

  private:
    struct Journal {
        std::filesystem::path path;
        std::vector<ExperimentRecord> experiments;
        bool is_locked = false;  ///< longer than patience_ms_: no more of it is read
    };

    /// A copy of a row.
    struct Copy {
        core::Digest key;
        std::int64_t row;
        std::uint64_t check;  ///< the start of its digest
        std::uint32_t journal;
    };

    struct SnapshotCopy {
        core::Digest key;
        std::int64_t iteration;
        std::int64_t row;
        std::uint32_t journal;
    };

    /// To a journal, with the query that reads a row of it.
    struct Connection {
        Connection(std::uint32_t number, sqlite::Database opened);

        std::uint32_t journal;
        sqlite::Database database;
        sqlite::Statement row;
    };

    void add_place(const std::filesystem::path& place);
    void add_journal(const std::filesystem::path& path);
    void add_rows(const sqlite::Database& database, const std::filesystem::path& path);
    void add_snapshots(const sqlite::Database& database);
    void sort_snapshots();
    [[nodiscard]] std::optional<Snapshot> read_snapshot(const SnapshotCopy& copy);
    [[nodiscard]] std::optional<std::vector<double>> read_copy(const Copy& copy);
    Connection& connection(std::uint32_t journal);
    void give_up(std::uint32_t journal,
                 const std::string& what,
                 const sqlite::Error& error);
    void unlock();
    void skip(const std::filesystem::path& path, const std::string& why);
    void sort_copies();

    Recovery recovery_;
    int patience_ms_;
    MayHelp may_help_;
    bool keeps_locks_ = false;
    std::vector<Journal> journals_;
    std::vector<Copy> copies_;             ///< by key, then journal, then row
    std::vector<SnapshotCopy> snapshots_;  ///< by key, the latest first
    std::vector<std::string> skipped_;
    std::map<std::filesystem::path, std::size_t> lines_;  ///< about each journal
    /// Open now, the latest used first: few, whatever the number of files.
    std::list<Connection> connections_;
};

}  // namespace tailrate::storage
