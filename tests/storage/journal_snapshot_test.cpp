#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "child_process.hpp"
#include "journal_rows.hpp"
#include "refusal.hpp"
#include "temporary_folder.hpp"

namespace tailrate::storage {
namespace {

Snapshot snapshot_of(std::size_t row, std::int64_t iteration, std::size_t size = 5000) {
    return {iteration, values_of(row + static_cast<std::size_t>(iteration), size)};
}

void write_snapshot(const std::filesystem::path& folder,
                    std::size_t row,
                    std::int64_t iteration) {
    JournalWriter writer{folder, 0, 1, sample_experiment};
    writer.put_snapshot(key_of(row), snapshot_of(row, iteration));
    writer.commit();
}

std::int64_t count_snapshots(const std::filesystem::path& path) {
    const sqlite::Database database{path, SQLITE_OPEN_READONLY, 0};
    sqlite::Statement count{database, "SELECT count(*) FROM snapshots", "count"};
    return count.step() ? count.integer(0) : -1;
}

bool is(const std::optional<Snapshot>& found, const Snapshot& expected) {
    return found && found->iteration == expected.iteration &&
           found->state == expected.state;
}

TEST_CASE("a committed snapshot is found by the key of its row, another is not") {
    const TemporaryFolder folder;
    write_snapshot(folder.path(), 3, 700);

    JournalSet set{folder.path()};

    CHECK(is(set.snapshot(key_of(3)), snapshot_of(3, 700)));
    CHECK(set.snapshot_iteration(key_of(3)) == 700);
    CHECK_FALSE(set.has(key_of(3)));
    CHECK_FALSE(set.snapshot(key_of(4)).has_value());
    CHECK(set.snapshot_iteration(key_of(4)) == 0);
    CHECK(set.skipped().empty());
}

TEST_CASE("a later snapshot takes the place of an earlier one, pending or committed") {
    const TemporaryFolder folder;
    JournalWriter writer{folder.path(), 0, 1, sample_experiment};
    writer.put_snapshot(key_of(0), snapshot_of(0, 100));
    writer.put_snapshot(key_of(0), snapshot_of(0, 200));
    CHECK(writer.pending_bytes() == 5000 * sizeof(double));
    writer.commit();
    CHECK(writer.pending_bytes() == 0);
    CHECK(count_snapshots(writer.path()) == 1);

    for (const std::int64_t iteration : {300, 400, 500}) {
        writer.put_snapshot(key_of(0), snapshot_of(0, iteration));
        writer.put_snapshot(key_of(1), snapshot_of(1, iteration + 1));
        writer.commit();

        CHECK(count_snapshots(writer.path()) == 2);
        JournalSet set{folder.path()};
        CHECK(is(set.snapshot(key_of(0)), snapshot_of(0, iteration)));
        CHECK(is(set.snapshot(key_of(1)), snapshot_of(1, iteration + 1)));
    }
}

TEST_CASE("the file of snapshots that replace each other stays at twice their size") {
    const TemporaryFolder folder;
    JournalWriter writer{folder.path(), 0, 1, sample_experiment};
    const std::size_t numbers = 500000;
    for (std::int64_t iteration = 1; iteration <= 8; ++iteration) {
        writer.put_snapshot(key_of(0), snapshot_of(0, iteration, numbers));
        writer.commit();
    }

    CHECK(std::filesystem::file_size(writer.path()) < 2.1 * numbers * sizeof(double));
}

TEST_CASE("a finished row drops its snapshot in the same commit") {
    const TemporaryFolder folder;
    JournalWriter writer{folder.path(), 0, 1, sample_experiment};
    writer.put_snapshot(key_of(0), snapshot_of(0, 100));
    writer.put_snapshot(key_of(1), snapshot_of(1, 100));
    writer.commit();
    writer.put_snapshot(key_of(0), snapshot_of(0, 200));

    writer.put(key_of(0), values_of(0), "cell");
    writer.commit();

    CHECK(count_snapshots(writer.path()) == 1);
    JournalSet set{folder.path()};
    CHECK(set.read(key_of(0)) == values_of(0));
    CHECK_FALSE(set.snapshot(key_of(0)).has_value());
    CHECK(is(set.snapshot(key_of(1)), snapshot_of(1, 100)));
}

TEST_CASE("the latest snapshot of all journals is taken") {
    const TemporaryFolder folder;
    for (const std::int64_t iteration : {200, 900, 500}) {
        write_snapshot(folder.path(), 0, iteration);
    }

    JournalSet set{folder.path()};

    CHECK(set.files() == 3);
    CHECK(set.snapshot_iteration(key_of(0)) == 900);
    CHECK(is(set.snapshot(key_of(0)), snapshot_of(0, 900)));
}

/// Runs SQL on the journal whose snapshot has this iteration.
void damage(const TemporaryFolder& folder, std::int64_t iteration, const char* sql) {
    for (const auto& entry : std::filesystem::directory_iterator{folder.path()}) {
        JournalSet one{std::vector{entry.path()}};
        if (one.snapshot_iteration(key_of(0)) == iteration) {
            run_sql(entry.path(), sql);
        }
    }
}

TEST_CASE("a damaged snapshot is left out with a line, the next best is taken") {
    for (const char* sql :
         {"UPDATE snapshots SET state = CAST(zeroblob(40000) AS BLOB)",
          "UPDATE snapshots SET state = substr(state, 1, 39992)",
          "UPDATE snapshots SET iteration = 901",
          "UPDATE snapshots SET digest = zeroblob(32)"}) {
        CAPTURE(sql);
        const TemporaryFolder folder;
        write_snapshot(folder.path(), 0, 500);
        write_snapshot(folder.path(), 0, 900);
        damage(folder, 900, sql);
        JournalSet set{folder.path()};

        CHECK(is(set.snapshot(key_of(0)), snapshot_of(0, 500)));

        CHECK(contains(only_line(set), ".sqlite: skipped: snapshot 1 is damaged"));
        CHECK(set.snapshot_iteration(key_of(0)) == 500);
    }
}

TEST_CASE("a snapshot under the key of another row is not taken") {
    const TemporaryFolder folder;
    write_snapshot(folder.path(), 0, 500);
    {
        JournalWriter writer{folder.path(), 0, 1, sample_experiment};
        writer.put_snapshot(key_of(1), snapshot_of(1, 600));
        writer.put_snapshot(key_of(0), snapshot_of(0, 700));
        writer.commit();
    }
    damage(folder,
           700,
           "UPDATE snapshots SET key = (SELECT key FROM snapshots WHERE iteration = "
           "700)");
    JournalSet set{folder.path()};

    CHECK(is(set.snapshot(key_of(0)), snapshot_of(0, 700)));
    CHECK_FALSE(set.snapshot(key_of(1)).has_value());
}

TEST_CASE("a snapshot that a live writer has replaced is not there, without a word") {
    const TemporaryFolder folder;
    write_snapshot(folder.path(), 0, 50);
    JournalWriter writer{folder.path(), 0, 1, sample_experiment};
    writer.put_snapshot(key_of(0), snapshot_of(0, 100));
    writer.commit();
    JournalSet set{folder.path()};
    writer.put_snapshot(key_of(0), snapshot_of(0, 200));
    writer.commit();

    CHECK(is(set.snapshot(key_of(0)), snapshot_of(0, 50)));

    CHECK(set.skipped().empty());
}

TEST_CASE("a journal with snapshots only is kept, one with nothing is removed") {
    const TemporaryFolder folder;
    write_snapshot(folder.path(), 0, 100);
    CHECK(folder.entries() == 1);
    {
        JournalWriter writer{folder.path(), 0, 1, sample_experiment};
        writer.put_snapshot(key_of(1), snapshot_of(1, 100));
    }
    CHECK(folder.entries() == 1);
}

TEST_CASE("a journal of schema 1 has rows and no snapshots") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 5);
    make_first_schema(first_file(folder));

    JournalSet set{folder.path()};

    CHECK(set.size() == 5);
    CHECK(set.read(key_of(4)) == values_of(4));
    CHECK_FALSE(set.snapshot(key_of(4)).has_value());
    CHECK(set.skipped().empty());
}

bool replaces_after_full_disk(const std::filesystem::path& folder) {
    JournalWriter writer{folder, 0, 1, sample_experiment};
    writer.put_snapshot(key_of(0), snapshot_of(0, 100));
    writer.commit();
    writer.put_snapshot(key_of(0), snapshot_of(0, 200, 100000));
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit tight{200000, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &tight);
    const std::string text = refusal([&] { writer.commit(); });
    const bool is_old = is(JournalSet{folder}.snapshot(key_of(0)), snapshot_of(0, 100));
    const rlimit wide{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &wide);
    writer.commit();
    return is_old && contains(text, "cannot write to the journal") &&
           count_snapshots(writer.path()) == 1 &&
           is(JournalSet{folder}.snapshot(key_of(0)), snapshot_of(0, 200, 100000));
}

TEST_CASE("a full disk leaves the earlier snapshot, and the next commit replaces it") {
    const TemporaryFolder folder;
    CHECK(succeeds_in_child([&] { return replaces_after_full_disk(folder.path()); }));
}

}  // namespace
}  // namespace tailrate::storage
