#include "storage/sqlite.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace tailrate::storage::sqlite {
namespace {

/// What helps where the file system has no working locks.
std::string_view advice(int code) {
    const bool no_locks = code == SQLITE_IOERR_LOCK || code == SQLITE_IOERR_RDLOCK ||
                          (code & 0xff) == SQLITE_PROTOCOL;
    return no_locks
               ? "; this file system has no working locks: write to a local folder "
                 "and copy the journal when the run has ended"
               : "";
}

/// Tries a lock where SQLite has none. SQLite itself would take some refusals (ENOLCK)
/// for a lock of somebody else. What cannot be opened is left to it.
bool can_lock(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return true;
    }

    struct flock lock {};

    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;
    lock.l_len = 1;
    const bool is_refused = ::fcntl(descriptor, F_SETLK, &lock) != 0 &&
                            errno != EACCES && errno != EAGAIN && errno != EINTR;
    ::close(descriptor);
    return !is_refused;
}

/// A journal has one writer, and rows have digests: locks only spare readers a look at
/// half a commit, which SQLite notices by the rollback file. Not "unix-dotfile": its
/// own lock hides an interrupted commit from it, which is then read and never rolled
/// back (seen with SQLite 3.40), and killed readers leave their locks behind.
constexpr const char* without_locks = "unix-none";

}  // namespace

Database::Database(const std::filesystem::path& path, int flags, int patience_ms)
    : path_{path},
      has_locks_{can_lock(path)} {
    sqlite3* connection = nullptr;
    const int code = sqlite3_open_v2(
        path.c_str(), &connection, flags, has_locks_ ? nullptr : without_locks);
    connection_.reset(connection);
    if (code != SQLITE_OK) {
        fail("open the journal");
    }
    sqlite3_extended_result_codes(get(), 1);
    sqlite3_busy_timeout(get(), patience_ms);
    run("PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF", "open the journal");
}

void Database::run(const char* statements, std::string_view what) {
    if (sqlite3_exec(get(), statements, nullptr, nullptr, nullptr) != SQLITE_OK) {
        fail(what);
    }
}

std::int64_t Database::last_row() const {
    return sqlite3_last_insert_rowid(get());
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(get()) == 0;
}

void Database::fail(std::string_view what) const {
    const int code = sqlite3_extended_errcode(get());
    std::string cause = sqlite3_errmsg(get());
    if (const int error = sqlite3_system_errno(get()); error != 0) {
        cause += ", " + std::generic_category().message(error);
    }
    throw Error{
        fmt::format("{}: cannot {} ({}){}", path_.string(), what, cause, advice(code)),
        code};
}

Statement::Statement(const Database& database, const char* text, std::string_view what)
    : database_{&database},
      what_{what} {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(database.get(), text, -1, &statement, nullptr);
    statement_.reset(statement);
    check(code);
}

Statement& Statement::bind(int parameter, std::int64_t value) {
    check(sqlite3_bind_int64(statement_.get(), parameter, value));
    return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
    check(sqlite3_bind_text64(statement_.get(),
                              parameter,
                              text.data(),
                              text.size(),
                              SQLITE_STATIC,
                              SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind(int parameter, std::span<const std::byte> blob) {
    // An empty span may have no address, which SQLite would take for NULL.
    check(blob.empty() ? sqlite3_bind_zeroblob(statement_.get(), parameter, 0)
                       : sqlite3_bind_blob64(statement_.get(),
                                             parameter,
                                             blob.data(),
                                             blob.size(),
                                             SQLITE_STATIC));
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        database_->fail(what_);
    }
    return code == SQLITE_ROW;
}

void Statement::finish() {
    while (step()) {
    }
    check(sqlite3_reset(statement_.get()));
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
    const std::span<const std::byte> bytes = blob(column);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> Statement::blob(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const int bytes = sqlite3_column_bytes(statement_.get(), column);
    return {static_cast<const std::byte*>(data), static_cast<std::size_t>(bytes)};
}

void Statement::check(int code) const {
    if (code != SQLITE_OK) {
        database_->fail(what_);
    }
}

}  // namespace tailrate::storage::sqlite
