#include "app/absent_rows.hpp"

#include <set>

#include <fmt/format.h>

#include "app/missing_rows.hpp"
#include "runner/shard.hpp"

namespace tailrate::app {
namespace {

std::vector<runner::Row> absent_rows(const plan::Study& study,
                                     const FindMissing& find) {
    std::vector<runner::Row> rows;
    for (std::uint32_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        const std::vector<bool> is_missing = find(study.row_keys(cell));
        for (std::size_t block = 0; block < is_missing.size(); ++block) {
            if (is_missing[block]) {
                rows.push_back(
                    {cell, static_cast<std::uint32_t>(study.first_block() + block)});
            }
        }
    }
    return rows;
}

}  // namespace

std::vector<runner::Row> rows_without_key(const plan::Study& study,
                                          const storage::JournalSet& journals) {
    return absent_rows(study, without_key(journals));
}

std::vector<runner::Row> unreadable_rows(const plan::Study& study,
                                         storage::JournalSet& journals) {
    return absent_rows(study, unreadable(journals));
}

void print_shards(const plan::Study& study,
                  const std::vector<runner::Row>& rows,
                  std::uint64_t shards) {
    const runner::RowOrder order{study};
    std::set<std::uint64_t> again;
    for (const runner::Row& row : rows) {
        again.insert(runner::shard_of(order.number_of(row), shards, order.size()));
    }
    fmt::print("shards to rerun, of {}: {}\n",
               shards,
               again.empty() ? "none" : fmt::format("{}", fmt::join(again, ",")));
}

}  // namespace tailrate::app
