#pragma once

#include <cstdint>
#include <vector>

#include "plan/study.hpp"

namespace tailrate::runner {

/// The atom of work: one cell, one block of seeds.
struct Row {
    std::uint32_t cell = 0;
    std::uint32_t block = 0;
};

/// Rows of one noise group and block, stepped together so that each draw is made once.
/// A scheduling choice: rows have the same bits however they are grouped.
struct Unit {
    std::uint32_t group = 0;
    std::uint32_t block = 0;
    std::vector<std::uint32_t> cells;
};

/// The most cells of a unit: its draws are then a small part of its cost, and more
/// cells would only leave the caches.
inline constexpr std::size_t most_cells = 512;

/// Every row of the study, ordered by noise group, block, cell.
[[nodiscard]] std::vector<Row> all_rows(const plan::Study& study);

/// The units that compute `rows`, a subset of all_rows() in its order, the dearest
/// first where there are several workers. Units are cut into fewer cells where the
/// workers could not share them evenly, where one would take longer than about a minute
/// or would not look at the stop flag for 0.2 seconds, where its state would exceed
/// `memory_per_worker` bytes and beyond most_cells.
[[nodiscard]] std::vector<Unit> make_units(const plan::Study& study,
                                           const std::vector<Row>& rows,
                                           std::size_t workers,
                                           std::size_t memory_per_worker);

/// When the last of several workers is done, and with which unit.
struct Finish {
    double time = 0.0;
    std::size_t last = 0;

    bool operator>(const Finish& other) const { return time > other.time; }
};

/// Of units of these costs, where each worker takes the next as soon as it is free; at
/// least one worker.
[[nodiscard]] Finish last_finish(const std::vector<double>& costs, std::size_t workers);

/// Elements (client x coordinate x iteration x lane) of one row of the cell.
[[nodiscard]] double elements(const plan::Study& study, std::size_t cell);

/// Rough nanoseconds on one core of one row of the cell, without the draws; and of the
/// draws of a unit with this cell. For scheduling; `plan` measures instead.
[[nodiscard]] double row_cost(const plan::Study& study, std::size_t cell);
[[nodiscard]] double draw_cost(const plan::Study& study, std::size_t cell);

}  // namespace tailrate::runner
