#include "storage/journal_writer.hpp"

#include <chrono>
#include <cmath>
#include <csignal>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include "child_process.hpp"
#include "journal_rows.hpp"
#include "refusal.hpp"
#include "temporary_folder.hpp"

namespace tailrate::storage {
namespace {

TEST_CASE("committed rows are found by their key") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 25);

    JournalSet set{folder.path()};

    CHECK(set.size() == 25);
    CHECK(set.files() == 1);
    CHECK(set.skipped().empty());
    CHECK(set.read(key_of(7)) == values_of(7));
    CHECK_FALSE(set.has(key_of(25)));
    CHECK_FALSE(set.read(key_of(25)).has_value());
    CHECK(set.identities() == std::vector<std::string>{"cell 0", "cell 1", "cell 2"});
    CHECK(set.experiments() == std::vector{sample_experiment});
}

TEST_CASE("rows of no values and of many come back bit for bit") {
    const TemporaryFolder folder;
    const double inf = std::numeric_limits<double>::infinity();
    const std::vector<double> odd{-0.0, inf, -inf, 5e-324};
    {
        JournalWriter writer{folder.path(), 0, 1, sample_experiment};
        writer.put(key_of(0), {}, "empty");
        writer.put(key_of(1), values_of(1, 200000), "large");
        writer.put(key_of(2), odd, "");
        writer.commit();
    }

    JournalSet set{folder.path()};

    CHECK(set.read(key_of(0)) == std::vector<double>{});
    CHECK(set.read(key_of(1)) == values_of(1, 200000));
    CHECK(set.read(key_of(2)) == odd);
    CHECK(std::signbit(set.read(key_of(2))->front()));
}

TEST_CASE("rows appear with the commit and not before") {
    const TemporaryFolder folder;
    JournalWriter writer{folder.path(), 0, 1, sample_experiment};
    put_rows(writer, 0, 3);

    CHECK(writer.pending_rows() == 3);
    CHECK(JournalSet{folder.path()}.size() == 0);
    writer.commit();
    put_rows(writer, 3, 5);
    writer.commit();
    writer.commit();

    CHECK(writer.pending_bytes() == 0);
    JournalSet set{folder.path()};
    CHECK(set.size() == 5);
    CHECK(set.identities().size() == 1);
}

TEST_CASE("a journal without rows leaves no file") {
    const TemporaryFolder folder;

    {
        const JournalWriter writer{folder / "a" / "b.journal", 0, 1, sample_experiment};
        CHECK(std::filesystem::exists(writer.path()));
    }

    CHECK(std::filesystem::is_empty(folder / "a" / "b.journal"));
    CHECK(JournalSet{folder / "none"}.size() == 0);
}

TEST_CASE("two writers of one folder do not meet") {
    const TemporaryFolder folder;
    JournalWriter first{folder.path(), 0, 2, sample_experiment};
    JournalWriter second{folder.path(), 0, 2, sample_experiment};
    put_rows(first, 0, 20);
    put_rows(second, 10, 30);
    first.commit();
    second.commit();

    JournalSet set{folder.path()};

    CHECK(set.files() == 2);
    CHECK(set.size() == 30);
    CHECK(set.read(key_of(15)) == values_of(15));
}

TEST_CASE("a kill loses what was not committed and nothing else") {
    const TemporaryFolder folder;

    const int status = run_child([&] {
        JournalWriter writer{folder.path(), 0, 1, sample_experiment};
        put_rows(writer, 0, 10);
        writer.commit();
        put_rows(writer, 10, 20);
        ::kill(::getpid(), SIGKILL);
        return 0;
    });

    CHECK(WIFSIGNALED(status));
    JournalSet set{folder.path()};
    CHECK(set.size() == 10);
    CHECK(set.skipped().empty());
}

TEST_CASE("a place where no journal can be is an error with path and cause") {
    const TemporaryFolder folder;
    write_bytes(folder / "file", "");

    const std::string text = refusal([&] {
        const JournalWriter writer{folder / "file", 0, 1, sample_experiment};
    });

    CHECK(contains(text, "file: cannot be made a folder"));
}

TEST_CASE("rows are kept while a reader keeps the journal locked") {
    const TemporaryFolder folder;
    JournalWriter writer{folder.path(), 0, 1, sample_experiment, 10};
    put_rows(writer, 0, 5);
    sqlite::Database reader{writer.path(), SQLITE_OPEN_READONLY, 0};
    reader.run("BEGIN; SELECT count(*) FROM keys", "run a test");

    CHECK_FALSE(writer.try_commit());
    CHECK(contains(refusal([&] { writer.commit(); }), "database is locked"));
    CHECK(writer.pending_rows() == 5);
    put_rows(writer, 5, 7);
    reader.run("COMMIT", "run a test");
    CHECK(writer.try_commit());

    CHECK(writer.pending_rows() == 0);
    CHECK(JournalSet{folder.path()}.size() == 7);
}

/// The error of a commit that meets a full disk; afterwards there is room.
std::string commit_to_full_disk(JournalWriter& writer) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit tight{100000, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &tight);
    std::string text = refusal([&] { writer.commit(); });
    const rlimit wide{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &wide);
    return text;
}

bool recovers_from_full_disk(const std::filesystem::path& folder) {
    JournalWriter writer{folder, 0, 1, sample_experiment};
    put_rows(writer, 0, 5);
    writer.commit();
    put_rows(writer, 5, 200);
    const std::string text = commit_to_full_disk(writer);
    const bool only_old_rows = JournalSet{folder}.size() == 5;
    writer.commit();
    return only_old_rows && contains(text, ".sqlite: cannot write to the journal (");
}

TEST_CASE("a writer whose file stays locked goes on in a new one") {
    const TemporaryFolder folder;
    JournalWriter writer{folder.path(), 2, 5, sample_experiment, 10};
    const std::filesystem::path first = writer.path();
    writer.start_new_file();
    CHECK_FALSE(std::filesystem::exists(first));  // it held nothing
    put_rows(writer, 0, 10);
    writer.put_snapshot(key_of(30), {5, {1.0, 2.0}});
    writer.commit();
    const std::filesystem::path second = writer.path();
    put_rows(writer, 8, 12);
    writer.put_snapshot(key_of(30), {9, {3.0}});

    writer.start_new_file();
    writer.commit();

    CHECK(writer.paths() == std::vector{second, writer.path()});
    CHECK(writer.path().filename().string().starts_with("2-of-5."));
    JournalSet set{folder.path()};
    CHECK(set.files() == 2);
    CHECK(set.size() == 12);
    CHECK(set.read(key_of(11)) == values_of(11));
    CHECK(set.identities() == std::vector<std::string>{"cell 0", "cell 1"});
    CHECK(set.snapshot_iteration(key_of(30)) == 9);
    CHECK(set.experiments() == std::vector{sample_experiment});
}

TEST_CASE("after a full disk the same rows can be committed") {
    const TemporaryFolder folder;

    const bool recovers =
        succeeds_in_child([&] { return recovers_from_full_disk(folder.path()); });

    CHECK(recovers);
    JournalSet set{folder.path()};
    const bool is_complete = set.size() == 200 && set.identities().size() == 20;
    CHECK(is_complete);
    CHECK(set.read(key_of(199)) == values_of(199));
}

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void write_many(const std::filesystem::path& folder, std::size_t rows) {
    JournalWriter writer{folder, 0, 1, sample_experiment};
    const std::vector<double> values = values_of(1, 16);
    for (std::size_t row = 0; row < rows; ++row) {
        writer.put(key_of(row), values, "cell");
        if (writer.pending_rows() == 10000) {
            writer.commit();
        }
    }
    writer.commit();
}

std::size_t read_many(JournalSet& set, std::size_t rows) {
    std::size_t found = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        found += set.read(key_of(row)).has_value() ? 1U : 0U;
    }
    return found;
}

TEST_CASE("time of many rows") {
    const TemporaryFolder folder;
    const std::size_t rows = 100000;

    auto start = Clock::now();
    write_many(folder.path(), rows);
    MESSAGE("writing " << rows << " rows of 16 values: " << seconds_since(start)
                       << " s");
    start = Clock::now();
    JournalSet set{folder.path()};
    MESSAGE("opening: " << seconds_since(start) << " s");
    start = Clock::now();
    const std::size_t found = read_many(set, rows);
    MESSAGE("reading all: " << seconds_since(start) << " s");

    CHECK(found == rows);
}

}  // namespace
}  // namespace tailrate::storage
