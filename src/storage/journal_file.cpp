#include "storage/journal_file.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "storage/process.hpp"

namespace tailrate::storage {
namespace {

constexpr std::string_view reading = "read the journal";
constexpr int poll_ms = 20;
constexpr int longest_commit_ms = 1000;
constexpr std::chrono::minutes long_ago{2};
/// Else SQLite refuses a file that is shorter than it should be, whose rows are good up
/// to there.
constexpr const char* readable_when_torn = "PRAGMA writable_schema = ON";

std::int64_t pragma(const sqlite::Database& database, const char* text) {
    sqlite::Statement statement{database, text, reading};
    return statement.step() ? statement.integer(0) : 0;
}

sqlite::Database open_for_reading(const std::filesystem::path& path, int patience_ms) {
    sqlite::Database database{path, SQLITE_OPEN_READONLY, patience_ms};
    database.run(readable_when_torn, reading);
    return database;
}

/// Whether the file beside a journal that undoes its last commit was left long ago.
bool is_old(const std::filesystem::path& path) {
    std::error_code error;
    const auto changed =
        std::filesystem::last_write_time(path.string() + "-journal", error);
    return !error && std::filesystem::file_time_type::clock::now() - changed > long_ago;
}

/// A lock keeps SQLite from undoing a commit that is under way. Without locks only what
/// is known of the writer does.
bool may_roll_back(const std::filesystem::path& path,
                   Recovery recovery,
                   bool has_locks) {
    const auto name = JournalName::parse(path.filename().string());
    if (name && name->writer_is_gone()) {
        return true;
    }
    if (recovery == Recovery::own_dead || has_locks) {
        return recovery == Recovery::all;
    }
    return !(name && name->host == host_name()) && is_old(path);
}

}  // namespace

sqlite::Database open_journal(const std::filesystem::path& path,
                              Recovery recovery,
                              int patience_ms) {
    for (int patience = std::min(patience_ms, longest_commit_ms);;
         patience -= poll_ms) {
        sqlite::Database database = open_for_reading(path, patience_ms);
        try {
            (void)pragma(database, "PRAGMA schema_version");
            return database;
        } catch (const sqlite::Error& error) {
            if (error.code() != SQLITE_READONLY_ROLLBACK) {
                throw;
            }
            if (may_roll_back(path, recovery, database.has_locks())) {
                break;
            }
            // Without locks this is also what a commit in progress looks like.
            if (database.has_locks() || patience <= 0) {
                throw;
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{poll_ms});
    }
    // The first read of a writable connection rolls back.
    (void)pragma({path, SQLITE_OPEN_READWRITE, patience_ms}, "PRAGMA schema_version");
    return open_for_reading(path, patience_ms);
}

std::string objection(const sqlite::Database& database) {
    if (pragma(database, "PRAGMA application_id") != journal_mark) {
        return "it is not a journal of tailrate";
    }
    const std::int64_t schema = pragma(database, "PRAGMA user_version");
    if (schema > journal_schema) {
        return fmt::format(
            "it was written by a newer tailrate: its schema is {}, this program reads "
            "up to {}",
            schema,
            journal_schema);
    }
    return {};
}

std::vector<ExperimentRecord> read_experiments(const sqlite::Database& database) {
    const bool is_first_schema = pragma(database, "PRAGMA user_version") == 1;
    std::vector<ExperimentRecord> experiments;
    sqlite::Statement rows{
        database,
        is_first_schema
            ? "SELECT name, text, digest, '', '' FROM experiments ORDER BY rowid"
            : "SELECT name, text, digest, source, folder FROM experiments ORDER BY "
              "rowid",
        reading};
    while (rows.step()) {
        ExperimentRecord record{rows.text(0), rows.text(1), rows.text(3), rows.text(4)};
        core::Digest stored{};
        if (to_digest(rows.blob(2), stored) &&
            stored == (is_first_schema ? core::sha256(record.text)
                                       : experiment_digest(record))) {
            experiments.push_back(std::move(record));
        }
    }
    return experiments;
}

std::string explain(const sqlite::Error& error) {
    switch (error.code() & 0xff) {
        case SQLITE_BUSY:
            return "another process has locked it";
        case SQLITE_CORRUPT:
        case SQLITE_ERROR:  // a table is not there
            return "it is damaged";
        case SQLITE_NOTADB:
            return "it is not an SQLite file";
        default:
            break;
    }
    if (error.code() == SQLITE_READONLY_ROLLBACK) {
        return "its last commit was interrupted and its writer may still live";
    }
    return error.what();
}

bool to_digest(std::span<const std::byte> blob, core::Digest& digest) {
    if (blob.size() != digest.size()) {
        return false;
    }
    std::memcpy(digest.data(), blob.data(), digest.size());
    return true;
}

}  // namespace tailrate::storage
