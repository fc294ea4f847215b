#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "core/errors.hpp"

// Private to this module: ownership of SQLite's objects, and its errors as exceptions.

namespace tailrate::storage::sqlite {

/// Text "<path>: cannot <what> (<cause>)".
class Error : public core::StorageError {
  public:
    Error(const std::string& text, int code) : core::StorageError{text}, code_{code} {}

    /// SQLite's extended result code.
    [[nodiscard]] int code() const { return code_; }

    /// Whether others kept a lock for longer than the connection waits.
    [[nodiscard]] bool is_busy() const { return (code_ & 0xff) == SQLITE_BUSY; }

  private:
    int code_;
};

class Database {
  public:
    /// `flags` of sqlite3_open_v2. Waits up to `patience_ms` for locks of others. On a
    /// file system without locks the file is used without them. Nothing of this process
    /// may be in a transaction on the file.
    Database(const std::filesystem::path& path, int flags, int patience_ms);

    /// Runs statements without results.
    void run(const char* statements, std::string_view what);
    [[nodiscard]] std::int64_t last_row() const;
    [[nodiscard]] bool in_transaction() const;

    /// Whether the file system has locks.
    [[nodiscard]] bool has_locks() const { return has_locks_; }

    [[noreturn]] void fail(std::string_view what) const;

    [[nodiscard]] sqlite3* get() const { return connection_.get(); }

  private:
    struct Close {
        void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
    };

    std::filesystem::path path_;
    bool has_locks_;
    std::unique_ptr<sqlite3, Close> connection_;
};

class Statement {
  public:
    /// The database must outlive it.
    Statement(const Database& database, const char* text, std::string_view what);

    /// Values of the parameters from 1 on; texts and blobs must outlive the step.
    Statement& bind(int parameter, std::int64_t value);
    Statement& bind(int parameter, std::string_view text);
    Statement& bind(int parameter, std::span<const std::byte> blob);

    /// True when there is a row.
    [[nodiscard]] bool step();
    /// Runs to the end and makes ready for the next values.
    void finish();

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;
    /// Valid until the next step.
    [[nodiscard]] std::span<const std::byte> blob(int column) const;

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };

    void check(int code) const;

    const Database* database_;
    std::string what_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace tailrate::storage::sqlite
