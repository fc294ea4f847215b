#include "storage/journal.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

namespace tailrate::storage {
namespace {

TEST_CASE("the name of a journal says who wrote it") {
    const auto name =
        JournalName::parse("3-of-12.node-7.cluster.example.4711.0badcafe.sqlite");

    REQUIRE(name.has_value());
    CHECK(name->shard == 3);
    CHECK(name->shards == 12);
    CHECK(name->host == "node-7.cluster.example");
    CHECK(name->pid == 4711);
    CHECK(name->text() == "3-of-12.node-7.cluster.example.4711.0badcafe.sqlite");
    CHECK_FALSE(name->writer_is_gone());
}

TEST_CASE("a writer is gone when its process is, or when it had our number before us") {
    JournalName name = JournalName::of_this_process(0, 1);
    CHECK(name.writer_is_gone());
    name.pid = ::getppid();
    CHECK_FALSE(name.writer_is_gone());
    name.pid = 1 << 30;  // above every number that Linux gives
    CHECK(name.writer_is_gone());
    name.host += ".elsewhere";
    CHECK_FALSE(name.writer_is_gone());
}

TEST_CASE("other names are not taken for journals") {
    CHECK_FALSE(JournalName::parse("").has_value());
    CHECK_FALSE(JournalName::parse(".sqlite").has_value());
    CHECK_FALSE(JournalName::parse("a.sqlite").has_value());
    CHECK_FALSE(JournalName::parse("1-of-2.sqlite").has_value());
    CHECK_FALSE(JournalName::parse("1-of.h.1.r.sqlite").has_value());
    CHECK_FALSE(JournalName::parse("x-of-2.h.1.r.sqlite").has_value());
}

TEST_CASE("journals lie beside the output") {
    CHECK(journal_folder("results/example.h5") == "results/example.journal");
    CHECK(journal_folder("results/v1.2") == "results/v1.2.journal");
}

}  // namespace
}  // namespace tailrate::storage
