#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "journal_rows.hpp"
#include "refusal.hpp"
#include "temporary_folder.hpp"

namespace tailrate::storage {
namespace {

TEST_CASE("a journal of schema 1 has rows and no experiment as read") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 1);
    make_first_schema(first_file(folder));

    JournalSet set{folder.path()};

    CHECK(set.read(key_of(0)) == values_of(0));
    CHECK(set.skipped().empty());
    REQUIRE(set.experiments().size() == 1);
    CHECK(set.experiments().front().text == sample_experiment.text);
    CHECK(set.experiments().front().source.empty());
}

TEST_CASE("a damaged experiment is not taken for one, its rows are") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 1);
    run_sql(first_file(folder), "UPDATE experiments SET source = 'schema: 2'");

    JournalSet set{folder.path()};

    CHECK(contains(only_line(set), "its experiment is damaged, its rows are used"));
    CHECK(set.experiments().empty());
    CHECK(set.read(key_of(0)) == values_of(0));
}

void write_values(const TemporaryFolder& folder, std::size_t shard, std::size_t row) {
    JournalWriter writer{
        folder.path(), static_cast<std::int64_t>(shard), 4, sample_experiment};
    put_rows(writer, 10 * shard, 10 * shard + 3);
    writer.put(key_of(40), values_of(row), "shared");
    writer.commit();
}

TEST_CASE("rows with different sound copies are found, with their files") {
    const TemporaryFolder folder;
    write_values(folder, 0, 40);
    write_values(folder, 1, 40);
    CHECK(JournalSet{folder.path()}.conflicts().empty());
    write_values(folder, 2, 41);

    const auto conflicts = JournalSet{folder.path()}.conflicts();

    REQUIRE(conflicts.size() == 1);
    CHECK(conflicts[0].key == key_of(40));
    CHECK(conflicts[0].first.filename().string().starts_with("0-of-4."));
    CHECK(conflicts[0].second.filename().string().starts_with("2-of-4."));
}

TEST_CASE("a damaged copy is no conflict, and is not read") {
    const TemporaryFolder folder;
    write_values(folder, 0, 40);
    run_sql(first_file(folder), "UPDATE keys SET digest = zeroblob(32) WHERE id = 4");
    write_values(folder, 1, 40);
    JournalSet set{folder.path()};

    CHECK(set.conflicts().empty());
    CHECK(contains(only_line(set), "row 4 is damaged"));
    CHECK(set.read(key_of(40)) == values_of(40));
    CHECK(set.skipped().size() == 1);
}

TEST_CASE("journals that cannot help are not read") {
    const TemporaryFolder folder;
    write_values(folder, 0, 40);
    write_values(folder, 2, 40);

    const JournalSet set{folder.path(),
                         Recovery::own_dead,
                         0,
                         [](const std::filesystem::path& path, const auto& served) {
                             return path.filename().string().starts_with("2-") &&
                                    served == std::vector{sample_experiment};
                         }};

    CHECK(set.files() == 1);
    CHECK_FALSE(set.has(key_of(0)));
    CHECK(set.has(key_of(20)));
}

TEST_CASE("the number of shards is the largest of the names") {
    const TemporaryFolder folder;
    write_journal(folder.path(), 0, 1);
    CHECK(JournalSet{folder.path()}.shards() == 1);
    write_values(folder, 2, 40);
    CHECK(JournalSet{folder.path()}.shards() == 4);
}

}  // namespace
}  // namespace tailrate::storage
