#include "storage/journal_set.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child_process.hpp"
#include "journal_rows.hpp"
#include "refusal.hpp"
#include "temporary_folder.hpp"

namespace tailrate::storage {
namespace {

TEST_CASE("the first copy of a row wins") {
    const TemporaryFolder folder;
    {
        JournalWriter writer{folder.path(), 0, 1, sample_experiment};
        writer.put(key_of(0), values_of(1), "same");
        writer.put(key_of(0), values_of(2), "same");
        writer.commit();
        writer.put(key_of(0), values_of(3), "same");
        writer.commit();
    }

    JournalSet set{folder.path()};

    CHECK(set.size() == 1);
    CHECK(set.read(key_of(0)) == values_of(1));
}

/// Kills a writer in the middle of a commit, after its pages reached the file.
void interrupt_a_commit(const std::filesystem::path& folder) {
    run_child([&] {
        JournalWriter writer{folder, 0, 1, sample_experiment};
        put_rows(writer, 0, 10);
        writer.commit();
        sqlite::Database half{writer.path(), SQLITE_OPEN_READWRITE, 0};
        half.run("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE;",
                 "run a test");
        half.run(
            "UPDATE data SET row = zeroblob(20000); DELETE FROM keys WHERE id < 5;",
            "run a test");
        ::kill(::getpid(), SIGKILL);
        return 0;
    });
}

TEST_CASE("an interrupted commit of this host is rolled back") {
    const TemporaryFolder folder;
    interrupt_a_commit(folder.path());
    REQUIRE(folder.entries() == 2);

    JournalSet set{folder.path()};

    CHECK(set.size() == 10);
    CHECK(set.read(key_of(3)) == values_of(3));
    CHECK(set.skipped().empty());
    CHECK(folder.entries() == 1);
}

std::filesystem::path only_journal(const TemporaryFolder& folder) {
    std::filesystem::path journal;
    for (const auto& entry : std::filesystem::directory_iterator{folder.path()}) {
        if (entry.path().extension() == ".sqlite") {
            journal = entry.path();
        }
    }
    return journal;
}

/// Renames a journal and its rollback as if another had written them.
std::filesystem::path move_to(const JournalName& writer,
                              const TemporaryFolder& folder) {
    const std::filesystem::path path = only_journal(folder);
    std::filesystem::path other = folder / writer.text();
    std::filesystem::rename(path.string() + "-journal", other.string() + "-journal");
    std::filesystem::rename(path, other);
    return other;
}

TEST_CASE("an interrupted commit of another host waits until the user says so") {
    const TemporaryFolder folder;
    interrupt_a_commit(folder.path());
    const auto path = move_to({0, 1, "node.example.org", 7, "0badcafe"}, folder);
    const auto rollback = path.string() + "-journal";
    std::filesystem::last_write_time(
        rollback, std::filesystem::last_write_time(rollback) - std::chrono::hours{1});

    const JournalSet careful{folder.path()};
    CHECK(careful.size() == 0);
    CHECK(contains(only_line(careful), "its writer may still live"));
    CHECK(folder.entries() == 2);
    const JournalSet merging{folder.path(), Recovery::all};
    CHECK(merging.size() == 10);
}

TEST_CASE("without locks a commit that may be under way is not undone") {
    JournalName neighbour = JournalName::of_this_process(0, 1);
    neighbour.pid = ::getppid();
    for (const JournalName& writer :
         {neighbour, JournalName{0, 1, "node.example.org", 7, "0badcafe"}}) {
        const TemporaryFolder folder;
        interrupt_a_commit(folder.path());
        const auto path = move_to(writer, folder);
        const bool has_locks =
            sqlite::Database{path, SQLITE_OPEN_READONLY, 0}.has_locks();

        const JournalSet merging{folder.path(), Recovery::all, 100};

        CHECK(merging.size() == (has_locks ? 10 : 0));
    }
}

TEST_CASE("a folder that cannot be read is an error, not an empty one") {
    const TemporaryFolder folder;
    const auto loop = folder / "loop";
    std::filesystem::create_symlink(loop, loop);

    CHECK(contains(refusal([&] { const JournalSet set{loop}; }),
                   "loop: cannot be read (Too many levels"));
    CHECK_THROWS_AS(JournalSet(std::vector{loop}), core::StorageError);
}

TEST_CASE("rows that are read together lock a journal no longer than that") {
    const TemporaryFolder folder;
    JournalWriter writer{folder.path(), 0, 1, sample_experiment};
    put_rows(writer, 0, 10);
    writer.commit();
    write_journal(folder.path(), 10, 20);
    JournalSet set{folder.path()};

    const auto rows = set.read(std::vector{key_of(3), key_of(40), key_of(12)});
    put_rows(writer, 20, 30);
    writer.commit();

    REQUIRE(rows.size() == 3);
    CHECK(rows[0] == values_of(3));
    CHECK_FALSE(rows[1].has_value());
    CHECK(rows[2] == values_of(12));
    CHECK(JournalSet{folder.path()}.size() == 30);
}

/// Number of rows among the first ones that are there; 1000 where one has wrong values.
std::size_t read_back(JournalSet& set, std::size_t rows) {
    std::size_t found = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        const auto values = set.read(key_of(row));
        const bool is_right =
            values ? *values == values_of(row) : !set.has(key_of(row));
        found += is_right ? (values ? 1U : 0U) : 1000U;
    }
    return found;
}

/// Where they say that something was left out, of this file and of no other.
bool are_about(const std::vector<std::string>& lines,
               const std::filesystem::path& path) {
    return !lines.empty() && lines.size() < 8 &&
           std::all_of(lines.begin(), lines.end(), [&](const std::string& line) {
               return line.starts_with(path.string() + ": skipped: ");
           });
}

TEST_CASE("a torn journal yields the rows before the tear") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 100);
    const auto path = first_file(folder);
    const std::string bytes = bytes_of(path);

    std::size_t bad = 0;
    std::size_t found = 0;
    for (std::size_t size = 1; size < bytes.size(); size += 4321) {
        write_bytes(path, bytes.substr(0, size));
        JournalSet set{folder.path()};
        const std::size_t found_before = found;
        found = read_back(set, 100);
        const bool is_right =
            found >= found_before && found < 100 && are_about(set.skipped(), path);
        bad += is_right ? 0U : 1U;
    }

    CHECK(bad == 0);
    CHECK(found > 90);
}

TEST_CASE("a file without a commit is no journal yet") {
    const TemporaryFolder folder;
    write_bytes(folder / "0-of-1.host.1.0badcafe.sqlite", "");

    const JournalSet set{folder.path()};

    CHECK(set.files() == 0);
    CHECK(set.skipped().empty());
}

TEST_CASE("a pipe or a folder is no journal, whatever its name") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 1);
    REQUIRE(::mkfifo((folder / "pipe.sqlite").c_str(), 0600) == 0);
    std::filesystem::create_directory(folder / "folder.sqlite");

    const JournalSet set{folder.path()};  // would wait for ever to open the pipe

    CHECK(set.size() == 1);
    CHECK(set.skipped().empty());
}

TEST_CASE("foreign files are skipped with a line") {
    const TemporaryFolder folder;
    run_sql(folder / "a.sqlite",
            "CREATE TABLE keys (id INTEGER PRIMARY KEY, key BLOB)");
    write_bytes(folder / "b.sqlite", std::string(5000, 'x'));
    write_bytes(folder / "notes.txt", "not looked at");

    const JournalSet set{folder.path()};

    REQUIRE(set.skipped().size() == 2);
    CHECK(contains(set.skipped()[0],
                   "a.sqlite: skipped: it is not a journal of tailrate"));
    CHECK(contains(set.skipped()[1], "b.sqlite: skipped: it is not an SQLite file"));
}

TEST_CASE("a journal of a newer program is skipped with a line") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 1);
    run_sql(first_file(folder), "PRAGMA user_version = 3");

    CHECK(contains(only_line(JournalSet{folder.path()}),
                   "newer tailrate: its schema is 3"));
}

TEST_CASE("a wrong byte never yields wrong values") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 10);
    const auto path = first_file(folder);
    const std::string original = bytes_of(path);

    std::size_t most = 0;
    std::size_t lost = 0;
    for (std::size_t i = 0; i < original.size(); i += 211) {
        std::string bytes = original;
        bytes[i] = static_cast<char>(bytes[i] ^ 0x41);
        write_bytes(path, bytes);
        JournalSet set{folder.path()};
        const std::size_t found = read_back(set, 10);
        most = std::max(most, found);
        lost += found < 10 && !set.skipped().empty() ? 1U : 0U;
    }

    CHECK(most == 10);
    CHECK(lost > 30);
}

TEST_CASE("a damaged row is replaced by its copy in another journal") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 3);
    run_sql(first_file(folder), "UPDATE data SET row = zeroblob(2400) WHERE id = 2");

    JournalSet alone{folder.path()};
    CHECK(alone.has(key_of(1)));
    CHECK_FALSE(alone.read(key_of(1)).has_value());
    CHECK_FALSE(alone.has(key_of(1)));
    CHECK(only_line(alone).find("row 2 is damaged") != std::string::npos);
    write_journal(folder.path(), 1, 2);
    JournalSet both{folder.path()};
    CHECK(both.read(key_of(1)) == values_of(1));
}

TEST_CASE("a locked journal is skipped, one that is about to be written is not") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 3);
    sqlite::Database other{first_file(folder), SQLITE_OPEN_READWRITE, 0};

    other.run("BEGIN EXCLUSIVE", "run a test");
    const JournalSet locked{folder.path(), Recovery::own_dead, 10};
    CHECK(contains(only_line(locked), "another process has locked it"));
    other.run("ROLLBACK; BEGIN IMMEDIATE", "run a test");
    const JournalSet readable{folder.path(), Recovery::own_dead, 10};
    CHECK(readable.size() == 3);
}

TEST_CASE("a journal that is locked after it was opened is waited for once") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 3);
    JournalSet set{folder.path(), Recovery::own_dead, 10};
    sqlite::Database other{first_file(folder), SQLITE_OPEN_READWRITE, 0};
    other.run("BEGIN EXCLUSIVE", "run a test");

    CHECK_FALSE(set.read(key_of(0)).has_value());
    CHECK_FALSE(set.read(key_of(1)).has_value());

    CHECK(contains(only_line(set), "locked it; the rest of it is not read"));
}

bool can_only_be_read(const std::filesystem::path& folder) {
    JournalSet set{folder};
    const std::string text = refusal([&] {
        const JournalWriter writer{folder, 0, 1, sample_experiment};
    });
    return set.read(key_of(2)) == values_of(2) && contains(text, "(Permission denied)");
}

TEST_CASE("a folder that is read-only can be read and not written") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 3);
    make_read_only(folder.path());

    CHECK(succeeds_in_child([&] {
        stop_being_root();
        return can_only_be_read(folder.path());
    }));
}

TEST_CASE("a place that the user names must exist") {
    const TemporaryFolder folder;

    const std::string text = refusal([&] { JournalSet{std::vector{folder / "none"}}; });

    CHECK(contains(text, "none: does not exist"));
}

TEST_CASE("experiments of several journals: of any, and of all") {
    const TemporaryFolder folder;
    const ExperimentRecord second{"other", "schema: 1\nname: other\n", "{}", "/"};
    write_journal(folder.path(), 0, 1);
    const std::string insert = "INSERT INTO experiments VALUES ('other', '" +
                               second.text + "', x'" +
                               core::hex(experiment_digest(second)) + "', '{}', '/')";
    run_sql(first_file(folder), insert);
    write_journal(folder.path(), 1, 2);

    const JournalSet set{std::vector{folder.path()}};

    CHECK(set.experiments().size() == 2);
    CHECK(set.shared_experiments() == std::vector{sample_experiment});
}

}  // namespace
}  // namespace tailrate::storage
