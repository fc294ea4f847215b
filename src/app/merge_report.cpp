#include "app/merge_report.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include "app/absent_rows.hpp"
#include "app/difference.hpp"
#include "app/exit_codes.hpp"
#include "app/table.hpp"
#include "plan/identity.hpp"
#include "plan/labels.hpp"
#include "runner/shard.hpp"

namespace tailrate::app {
namespace {

using runner::Row;

constexpr std::size_t most_named = 10;

/// A row with what is said of it.
struct NamedRow {
    Row row;
    std::string remark;
};

/// "  LABEL, seeds 0 to 15REMARK", a line each, the first ones only.
std::string row_lines(const plan::Study& study, const std::vector<NamedRow>& rows) {
    const std::vector<std::string> labels = plan::labels(study.experiment());
    const auto end = static_cast<std::size_t>(study.experiment().first_seed +
                                              study.experiment().seeds);
    std::string text;
    for (std::size_t k = 0; k < std::min(rows.size(), most_named); ++k) {
        const std::size_t first = rows[k].row.block * model::lanes;
        text += fmt::format("  {}, seeds {} to {}{}\n",
                            labels[rows[k].row.cell],
                            first,
                            std::min(first + model::lanes, end) - 1,
                            rows[k].remark);
    }
    if (rows.size() > most_named) {
        text += fmt::format("  and {} more\n",
                            grouped(static_cast<double>(rows.size() - most_named)));
    }
    return text;
}

/// Those of `missing` that the journals have by other versions, with how these differ.
std::vector<NamedRow> rows_of_other_versions(const plan::Study& study,
                                             const std::vector<Row>& missing,
                                             storage::JournalSet& journals) {
    std::map<core::Digest, std::vector<Row>> wanted;
    std::map<std::uint32_t, core::Digest> known;
    for (const Row& row : missing) {
        const auto [cell, is_new] = known.try_emplace(row.cell);
        if (is_new) {
            cell->second =
                core::sha256(plan::without_versions(study.identity(row.cell)));
        }
        wanted[cell->second].push_back(row);
    }
    std::vector<NamedRow> found;
    journals.visit_identities([&](const std::string& identity) {
        const auto rows = wanted.find(core::sha256(plan::without_versions(identity)));
        if (rows == wanted.end()) {
            return;
        }
        const std::string change = KnownIdentities{{identity}}.explain_difference(
            study.identity(rows->second.front().cell));
        std::erase_if(rows->second, [&](const Row& row) {
            const bool is_there = journals.has(plan::row_key(identity, row.block));
            if (is_there) {
                found.push_back({row, ": " + change});
            }
            return is_there;
        });
    });
    return found;
}

}  // namespace

int report_missing(const plan::Study& study,
                   std::vector<Row> missing,
                   storage::JournalSet& journals) {
    const runner::RowOrder order{study};
    std::sort(missing.begin(), missing.end(), [&](const Row& a, const Row& b) {
        return order.number_of(a) < order.number_of(b);
    });
    fmt::print(stderr,
               "tailrate: {} of {} rows are missing, no result file is written\n",
               grouped(static_cast<double>(missing.size())),
               grouped(static_cast<double>(order.size())));
    std::vector<NamedRow> named;
    named.reserve(missing.size());
    for (const Row& row : missing) {
        named.push_back({row, ""});
    }
    fmt::print(stderr, "{}", row_lines(study, named));
    const std::vector<NamedRow> others =
        rows_of_other_versions(study, missing, journals);
    if (!others.empty()) {
        fmt::print(stderr,
                   "{} of them are there as other versions of the program computed "
                   "them; they cannot be mixed with those of this one:\n{}",
                   grouped(static_cast<double>(others.size())),
                   row_lines(study, others));
    }
    print_shards(study, missing, static_cast<std::uint64_t>(journals.shards()));
    return others.empty() ? exit_code::incomplete : exit_code::incomparable;
}

bool report_conflicts(const plan::Study& study,
                      const std::vector<storage::JournalSet::Conflict>& conflicts) {
    if (conflicts.empty()) {
        return false;
    }
    std::vector<NamedRow> named;
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        const std::string identity = study.identity(cell);
        for (std::size_t block = 0; block < study.blocks(); ++block) {
            const std::size_t number = study.first_block() + block;
            const core::Digest key = plan::row_key(identity, number);
            const auto found = std::lower_bound(
                conflicts.begin(),
                conflicts.end(),
                key,
                [](const auto& conflict, const auto& k) { return conflict.key < k; });
            if (found != conflicts.end() && found->key == key) {
                named.push_back({{static_cast<std::uint32_t>(cell),
                                  static_cast<std::uint32_t>(number)},
                                 fmt::format(": {} and {}",
                                             found->first.string(),
                                             found->second.string())});
            }
        }
    }
    if (named.empty()) {
        return false;
    }
    fmt::print(stderr,
               "tailrate: {} rows are there twice with different numbers, no result "
               "file is written\n{}",
               grouped(static_cast<double>(named.size())),
               row_lines(study, named));
    return true;
}

}  // namespace tailrate::app
