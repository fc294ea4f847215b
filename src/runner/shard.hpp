#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "plan/study.hpp"
#include "runner/units.hpp"

/// Cutting a study into shards: contiguous ranges of its rows, a function of the
/// experiment only. There may be 1e8 rows, so they are numbered, not listed.
namespace tailrate::runner {

inline constexpr std::uint64_t most_shards = 1'000'000;

/// Shard `index` of `count`, 0 <= index < count <= most_shards.
struct Shard {
    std::uint64_t index = 0;
    std::uint64_t count = 1;

    /// Whether "other/others" is another shard of the same cut.
    [[nodiscard]] bool is_beside(std::int64_t other, std::int64_t others) const {
        return others == static_cast<std::int64_t>(count) &&
               other != static_cast<std::int64_t>(index);
    }
};

/// Of "I/N"; nothing where that is no shard.
[[nodiscard]] std::optional<Shard> parse_shard(std::string_view text);

/// Row numbers from `first` up to, not including, `last`.
struct RowRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;

    [[nodiscard]] std::uint64_t size() const { return last - first; }

    [[nodiscard]] bool operator==(const RowRange&) const = default;
};

/// [floor(index rows / count), floor((index + 1) rows / count)): empty for some shards
/// where there are more of them than rows.
[[nodiscard]] RowRange range_of(const Shard& shard, std::uint64_t rows);

/// Index of the shard, of `count`, that has row `number` of `rows`.
[[nodiscard]] std::uint64_t shard_of(std::uint64_t number,
                                     std::uint64_t count,
                                     std::uint64_t rows);

/// The rows of a study by their numbers: by noise group, block, cell. Refers to the
/// study.
class RowOrder {
  public:
    explicit RowOrder(const plan::Study& study);

    /// Rows of the study.
    [[nodiscard]] std::uint64_t size() const { return first_of_group_.back(); }

    [[nodiscard]] std::vector<Row> rows(const RowRange& range) const;
    [[nodiscard]] std::uint64_t number_of(const Row& row) const;

  private:
    const plan::Study& study_;
    std::vector<std::uint64_t>
        first_of_group_;                   ///< (group + 1) number of its first row
    std::vector<std::uint32_t> group_of_;  ///< (cell)
    std::vector<std::uint32_t> place_of_;  ///< (cell) among the cells of its group
};

}  // namespace tailrate::runner
