#include "runner/shard.hpp"

#include <string>

#include <doctest/doctest.h>

#include "runner/units.hpp"

using namespace tailrate;

namespace {

plan::Study study_of(const std::string& seeds, std::int64_t first_seed = 0) {
    return plan::Study{plan::parse(
        "schema: 1\nname: shards\nhorizon: 30\nseeds: " + seeds +
            "\nproblem: {kind: quadratic, clients: 3, dimension: 3}\n"
            "noise:\n  - {kind: laplace, scale: [1, 2]}\n  - {kind: gaussian}\n"
            "method: {kind: clipped_sgd, clip_threshold: [1, 2, 3], step: {scale: "
            "1}}\n",
        "shards",
        ".",
        {.set = {}, .first_seed = first_seed})};
}

}  // namespace

TEST_CASE("a shard is I/N with I below N") {
    const auto shard = runner::parse_shard("7/64");
    REQUIRE(shard);
    CHECK(shard->index == 7);
    CHECK(shard->count == 64);
    CHECK(runner::parse_shard("999999/1000000"));
    for (const char* bad : {"",
                            "/",
                            "1",
                            "1/",
                            "/2",
                            "2/2",
                            "0/0",
                            "-1/2",
                            "1/2 ",
                            " 1/2",
                            "1/2/3",
                            "a/b",
                            "0/1000001",
                            "0/18446744073709551617",
                            "0x1/2",
                            "1,2"}) {
        CAPTURE(bad);
        CHECK_FALSE(runner::parse_shard(bad));
    }
}

TEST_CASE("shards are contiguous, cover every row once and differ by one row") {
    for (const std::uint64_t rows : {1U, 5U, 27U, 64U, 1000U}) {
        for (const std::uint64_t count : {1U, 2U, 3U, 8U, 27U, 64U, 999U}) {
            CAPTURE(rows);
            CAPTURE(count);
            std::uint64_t next = 0;
            for (std::uint64_t index = 0; index < count; ++index) {
                const runner::RowRange range = runner::range_of({index, count}, rows);
                CHECK(range.first == next);
                CHECK(range.first == index * rows / count);
                CHECK(range.size() >= rows / count);
                CHECK(range.size() <= rows / count + 1);
                for (std::uint64_t row = range.first; row < range.last; ++row) {
                    CHECK(runner::shard_of(row, count, rows) == index);
                }
                next = range.last;
            }
            CHECK(next == rows);
        }
    }
}

TEST_CASE("shards of a study too large to list") {
    constexpr std::uint64_t rows = 10'000'000ULL * 62'500'000ULL;
    constexpr std::uint64_t count = runner::most_shards;

    const runner::RowRange last = runner::range_of({count - 1, count}, rows + 1);

    CHECK(last.last == rows + 1);
    CHECK(last.size() == 625'000'001U);
    CHECK(runner::shard_of(rows, count, rows + 1) == count - 1);
    CHECK(runner::shard_of(last.first - 1, count, rows + 1) == count - 2);
}

TEST_CASE("rows by number are those of all_rows, in its order") {
    for (const std::int64_t first_seed : {0L, 1'000'000'000L}) {
        const plan::Study study = study_of("40", first_seed);
        const std::vector<runner::Row> all = runner::all_rows(study);
        REQUIRE(study.groups().size() == 2);

        const runner::RowOrder order{study};

        REQUIRE(order.size() == all.size());
        for (std::uint64_t first = 0; first < all.size(); ++first) {
            CHECK(order.number_of(all[first]) == first);
            const std::vector<runner::Row> rest = order.rows({first, order.size()});
            REQUIRE(rest.size() == all.size() - first);
            for (std::size_t k = 0; k < rest.size(); ++k) {
                CHECK(rest[k].cell == all[first + k].cell);
                CHECK(rest[k].block == all[first + k].block);
            }
        }
        CHECK(order.rows({all.size(), all.size()}).empty());
    }
}
