#include "runner/shard.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "core/contracts.hpp"

namespace tailrate::runner {
namespace {

/// floor(index rows / count) without overflow: index and count stay below 2^32.
std::uint64_t first_of(std::uint64_t index, std::uint64_t count, std::uint64_t rows) {
    return index * (rows / count) + index * (rows % count) / count;
}

}  // namespace

std::optional<Shard> parse_shard(std::string_view text) {
    Shard shard;
    const char* end = text.data() + text.size();
    const auto index = std::from_chars(text.data(), end, shard.index);
    if (index.ec != std::errc{} || index.ptr == end || *index.ptr != '/') {
        return std::nullopt;
    }
    const auto count = std::from_chars(index.ptr + 1, end, shard.count);
    if (count.ec != std::errc{} || count.ptr != end || shard.index >= shard.count ||
        shard.count > most_shards) {
        return std::nullopt;
    }
    return shard;
}

RowRange range_of(const Shard& shard, std::uint64_t rows) {
    TAILRATE_EXPECTS(shard.index < shard.count && shard.count <= most_shards);
    return {first_of(shard.index, shard.count, rows),
            first_of(shard.index + 1, shard.count, rows)};
}

std::uint64_t shard_of(std::uint64_t number, std::uint64_t count, std::uint64_t rows) {
    TAILRATE_EXPECTS(number < rows && count >= 1 && count <= most_shards);
    // The last shard that starts at the row or before it: later empty ones of the same
    // start would have to end there as well.
    std::uint64_t low = 0;
    std::uint64_t high = count;
    while (high - low > 1) {
        const std::uint64_t middle = low + (high - low) / 2;
        (first_of(middle, count, rows) <= number ? low : high) = middle;
    }
    return low;
}

RowOrder::RowOrder(const plan::Study& study)
    : study_{study},
      first_of_group_{0},
      group_of_(study.experiment().cells.size()),
      place_of_(study.experiment().cells.size()) {
    for (std::uint32_t group = 0; group < study.groups().size(); ++group) {
        const std::vector<std::uint32_t>& cells = study.groups()[group].cells;
        for (std::uint32_t place = 0; place < cells.size(); ++place) {
            group_of_[cells[place]] = group;
            place_of_[cells[place]] = place;
        }
        first_of_group_.push_back(first_of_group_.back() +
                                  cells.size() * study.blocks());
    }
}

std::vector<Row> RowOrder::rows(const RowRange& range) const {
    TAILRATE_EXPECTS(range.first <= range.last && range.last <= size());
    std::vector<Row> rows;
    rows.reserve(range.size());
    const auto next =
        std::upper_bound(first_of_group_.begin(), first_of_group_.end(), range.first);
    auto group = static_cast<std::size_t>(next - first_of_group_.begin()) - 1;
    for (std::uint64_t number = range.first; number < range.last; ++number) {
        while (number == first_of_group_[group + 1]) {
            ++group;
        }
        const std::vector<std::uint32_t>& cells = study_.groups()[group].cells;
        const std::uint64_t within = number - first_of_group_[group];
        rows.push_back(
            {cells[within % cells.size()],
             static_cast<std::uint32_t>(study_.first_block() + within / cells.size())});
    }
    return rows;
}

std::uint64_t RowOrder::number_of(const Row& row) const {
    TAILRATE_EXPECTS(row.block >= study_.first_block());
    const std::uint32_t group = group_of_.at(row.cell);
    return first_of_group_[group] +
           (row.block - study_.first_block()) * study_.groups()[group].cells.size() +
           place_of_[row.cell];
}

}  // namespace tailrate::runner
