#include "app/resources.hpp"

#include <algorithm>
#include <cmath>
#include <system_error>

#include <fmt/format.h>

#include "app/memory_limit.hpp"
#include "app/table.hpp"
#include "core/errors.hpp"
#include "runner/execute.hpp"
#include "runner/result_file.hpp"
#include "runner/stepper.hpp"
#include "runner/unit_run.hpp"
#include "storage/journal.hpp"
#include "storage/labelled_writer.hpp"

namespace tailrate::app {
namespace {

/// Of a row in a journal besides its numbers: its key, and pages filled in part.
constexpr double row_overhead = 400.0;
/// Of a cell in a journal: every parameter, by its text.
constexpr double identity_overhead = 1500.0;
/// The program with its libraries, before it does anything.
constexpr double program = 30e6;
/// Of a cell: its parameters, labels and keys.
constexpr double cell_overhead = 5e3;
/// Rows on their way to the journal, and a small result file before it is written, fill
/// at most this much each.
constexpr double buffer = 64.0 * 1024.0 * 1024.0;
/// In the queue, on its way and in the next commit.
constexpr double copies_of_the_queue = 3.0;
/// Of the metrics, at a checkpoint.
constexpr std::size_t vectors_of_a_worker = 3;
/// As recorded, by seed, and sorted for the quantiles.
constexpr double copies_of_a_cell = 3.0;

/// In the queue, on its way and in the next commit.
constexpr double copies_of_a_snapshot = 3.0;

double record_bytes(const plan::Study& study, std::size_t cell) {
    return static_cast<double>(study.layout(cell).size() * sizeof(double));
}

std::filesystem::path existing_folder(const std::filesystem::path& output) {
    std::filesystem::path folder = std::filesystem::absolute(output).parent_path();
    std::error_code ignored;
    while (!std::filesystem::exists(folder, ignored) && folder.has_relative_path()) {
        folder = folder.parent_path();
    }
    return folder;
}

/// Bytes of the cells of a unit.
struct UnitBytes {
    double largest_cell = 0.0;
    double all = 0.0;
};

/// The largest unit of a group, where a cell has `bytes` of it.
template <class Function>
UnitBytes largest_unit(const plan::NoiseGroup& group, const Function& bytes) {
    UnitBytes unit;
    for (const std::uint32_t cell : group.cells) {
        const double own = bytes(cell);
        unit.largest_cell = std::max(unit.largest_cell, own);
        unit.all += own;
    }
    unit.all =
        std::min(unit.all, static_cast<double>(runner::most_cells) * unit.largest_cell);
    return unit;
}

double running_memory(const plan::Study& study, std::size_t threads) {
    const auto cap = static_cast<double>(runner::ExecuteOptions{}.memory_per_worker);
    double largest = 0.0;
    double largest_snapshot = 0.0;
    for (const plan::NoiseGroup& group : study.groups()) {
        const UnitBytes states = largest_unit(group, [&](std::uint32_t cell) {
            return record_bytes(study, cell) +
                   static_cast<double>(runner::Stepper::bytes(study.parts(cell)));
        });
        if (states.largest_cell <= static_cast<double>(storage::largest_value)) {
            largest_snapshot = std::max(largest_snapshot, states.largest_cell);
        }
        const runner::Tile shape = runner::tile_of(group.clients, group.dimension);
        const auto tile = static_cast<double>(
            (shape.iterations * shape.clients + vectors_of_a_worker) * group.dimension *
            model::lanes * sizeof(double));
        // Units are cut to the cap, but hold one cell at least.
        const double unit = std::max(states.largest_cell, std::min(states.all, cap));
        largest = std::max(largest, tile + unit);
    }
    const std::size_t rows = study.experiment().cells.size() * study.blocks();
    return static_cast<double>(std::min(threads, rows)) * largest +
           copies_of_a_snapshot * largest_snapshot;
}

/// Of `seeds` seeds at the end: a cell as it was recorded and as it is written, and a
/// small file.
double writing_memory(const plan::Study& study, double seeds, double result) {
    double largest_cell = 0.0;
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        const double stored =
            record_bytes(study, cell) * seeds / static_cast<double>(model::lanes);
        largest_cell = std::max(largest_cell, copies_of_a_cell * stored);
    }
    return largest_cell + std::min(result, buffer);
}

/// Of the largest variable of a result file at one cell.
double slab_bytes(const plan::Study& study, std::size_t cell, std::int64_t seeds) {
    const metrics::RecordLayout layout = study.layout(cell);
    double numbers = 0.0;
    for (const metrics::Metric& metric : layout.metrics()) {
        const double more =
            metric.per_coordinate
                ? static_cast<double>(study.problem(cell).facts().dimension)
                : static_cast<double>(seeds);
        numbers = std::max(numbers, more);
    }
    return numbers * static_cast<double>(layout.checkpoints() * sizeof(double));
}

/// What the formats of the files do not hold.
void check_formats(const plan::Study& study,
                   const core::Position& place,
                   std::int64_t confirmation_seeds) {
    const std::int64_t seeds =
        study.experiment().keep == plan::Keep::seeds
            ? std::max(study.experiment().seeds, confirmation_seeds)
            : std::int64_t{1};
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        const double row = record_bytes(study, cell);
        if (row > static_cast<double>(storage::largest_value)) {
            throw core::InputError{
                place,
                fmt::format(
                    "{} seeds of one cell record {}; a journal keeps at most {} "
                    "of them: fewer points_per_decade, or no iterate_mean",
                    model::lanes,
                    bytes_text(row),
                    bytes_text(static_cast<double>(storage::largest_value)))};
        }
        const double slab = slab_bytes(study, cell, seeds);
        if (slab > static_cast<double>(storage::largest_slab)) {
            throw core::InputError{
                place,
                fmt::format("a curve of one cell takes {} for all seeds; a result file "
                            "holds at most {}: fewer seeds or points_per_decade, or "
                            "keep: summary",
                            bytes_text(slab),
                            bytes_text(static_cast<double>(storage::largest_slab)))};
        }
    }
}

}  // namespace

double journal_bytes(const plan::Study& study, std::span<const runner::Row> rows) {
    std::vector<std::size_t> of_cell(study.experiment().cells.size());
    for (const runner::Row& row : rows) {
        ++of_cell[row.cell];
    }
    double bytes = 0.0;
    for (std::size_t cell = 0; cell < of_cell.size(); ++cell) {
        if (of_cell[cell] > 0) {
            bytes += identity_overhead + static_cast<double>(of_cell[cell]) *
                                             (record_bytes(study, cell) + row_overhead);
        }
    }
    return bytes;
}

double snapshot_bytes(const plan::Study& study,
                      std::span<const runner::Row> rows,
                      std::size_t threads) {
    const auto snapshot = [&](std::uint32_t cell) {
        const std::size_t bytes =
            runner::Stepper::saved_size(study.parts(cell), study.layout(cell)) *
            sizeof(double);
        return bytes <= storage::largest_value ? static_cast<double>(bytes) : 0.0;
    };
    double largest = 0.0;
    for (const plan::NoiseGroup& group : study.groups()) {
        largest = std::max(largest, largest_unit(group, snapshot).all);
    }
    // The new one is written before the old one goes.
    return 2.0 * static_cast<double>(std::min(threads, rows.size())) * largest;
}

double result_bytes(const plan::Study& study, std::int64_t confirmation_seeds) {
    const auto more = static_cast<double>(confirmation_seeds);
    double bytes = runner::result_bytes(study);
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        bytes += record_bytes(study, cell) * more / static_cast<double>(model::lanes);
    }
    return bytes;
}

double memory_bytes(const plan::Study& study,
                    std::size_t threads,
                    std::int64_t confirmation_seeds) {
    const auto more = static_cast<double>(confirmation_seeds);
    const double seeds = std::max(static_cast<double>(study.experiment().seeds), more);
    const double blocks = static_cast<double>(study.blocks()) +
                          std::ceil(more / static_cast<double>(model::lanes));
    double records = 0.0;
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        records += blocks * record_bytes(study, cell);
    }
    // What the first phase gives back the second may not get: they are added.
    double bytes =
        program + cell_overhead * static_cast<double>(study.experiment().cells.size()) +
        copies_of_the_queue * std::min(records, buffer) +
        running_memory(study, threads) +
        writing_memory(study, seeds, result_bytes(study, confirmation_seeds));
    for (const std::size_t cell : runner::instances(study).first_cell) {
        bytes += study.problem(cell).bytes() + study.problem(cell).array_bytes();
    }
    return bytes;
}

void check_memory(const plan::Study& study,
                  const std::string& file,
                  std::size_t threads,
                  std::int64_t confirmation_seeds) {
    check_formats(study, {file, 1, 1}, confirmation_seeds);
    const double needed = memory_bytes(study, threads, confirmation_seeds);
    const MemoryLimit limit = memory_limit();
    if (needed > limit.bytes) {
        throw core::InputError{{file, 1, 1},
                               "needs " + bytes_text(needed) + " of memory; " +
                                   limit.source + " " + bytes_text(limit.bytes)};
    }
}

void check_disk(double bytes,
                const std::string& file,
                const std::filesystem::path& output) {
    std::error_code error;
    const std::filesystem::space_info space =
        std::filesystem::space(existing_folder(output), error);
    if (!error && bytes > static_cast<double>(space.available)) {
        throw core::InputError{
            {file, 1, 1},
            "needs " + bytes_text(bytes) + " on the disk of " + output.string() + "; " +
                bytes_text(static_cast<double>(space.available)) + " are free"};
    }
}

}  // namespace tailrate::app
