#include "app/resources.hpp"

#include <algorithm>
#include <cmath>
#include <system_error>

#include <unistd.h>

#include "app/table.hpp"
#include "core/errors.hpp"
#include "runner/execute.hpp"
#include "runner/result_file.hpp"
#include "runner/stepper.hpp"
#include "runner/unit_run.hpp"
#include "storage/journal.hpp"

namespace tailrate::app {
namespace {

/// Of a row in a journal besides its numbers: its key, and pages filled in part.
constexpr double row_overhead = 400.0;
/// Rows on their way to the journal, and a small result file before it is written, fill
/// at most this much each.
constexpr double buffer = 64.0 * 1024.0 * 1024.0;

/// In the queue, on its way and in the next commit.
constexpr double copies_of_a_snapshot = 3.0;

double physical_memory() {
    return static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
           static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::filesystem::path existing_folder(const std::filesystem::path& output) {
    std::filesystem::path folder = std::filesystem::absolute(output).parent_path();
    std::error_code ignored;
    while (!std::filesystem::exists(folder, ignored) && folder.has_relative_path()) {
        folder = folder.parent_path();
    }
    return folder;
}

/// Of the journals that are there already.
double journal_bytes(const std::filesystem::path& output) {
    std::error_code error;
    double bytes = 0.0;
    for (std::filesystem::directory_iterator entry{storage::journal_folder(output),
                                                   error};
         !error && entry != std::filesystem::directory_iterator{};
         entry.increment(error)) {
        std::error_code ignored;
        const std::uintmax_t size = entry->file_size(ignored);
        bytes += ignored ? 0.0 : static_cast<double>(size);
    }
    return bytes;
}

}  // namespace

Resources resources(const plan::Study& study,
                    std::size_t threads,
                    std::int64_t confirmation_seeds) {
    const auto more = static_cast<double>(confirmation_seeds);
    const auto seeds = std::max(static_cast<double>(study.experiment().seeds), more);
    const double blocks = static_cast<double>(study.blocks()) +
                          std::ceil(more / static_cast<double>(model::lanes));
    const auto cap = static_cast<double>(runner::ExecuteOptions{}.memory_per_worker);
    Resources need;
    double largest_unit = 0.0;
    double largest_cell = 0.0;
    double largest_snapshot = 0.0;
    double confirmed = 0.0;
    double records = 0.0;
    for (const plan::NoiseGroup& group : study.groups()) {
        double states = 0.0;
        double largest_state = 0.0;
        for (const std::uint32_t cell : group.cells) {
            const auto record =
                static_cast<double>(study.layout(cell).size() * sizeof(double));
            const double state =
                record + static_cast<double>(runner::Stepper::bytes(study.parts(cell)));
            states += state;
            largest_state = std::max(largest_state, state);
            const double stored = record * seeds / static_cast<double>(model::lanes);
            largest_cell = std::max(largest_cell, 2.0 * stored);
            largest_snapshot = std::max(
                largest_snapshot,
                std::min(state, static_cast<double>(storage::largest_snapshot)));
            confirmed += record * more / static_cast<double>(model::lanes);
            records += blocks * record;
            need.journal += blocks * (record + row_overhead);
        }
        const runner::Tile shape = runner::tile_of(group.clients, group.dimension);
        const auto tile =
            static_cast<double>(shape.iterations * shape.clients * group.dimension *
                                model::lanes * sizeof(double));
        // Units are cut to the cap, but hold one cell at least.
        largest_unit = std::max(largest_unit,
                                tile + std::max(largest_state, std::min(states, cap)));
    }
    need.result = runner::result_bytes(study) + confirmed;
    const double running = static_cast<double>(threads) * largest_unit +
                           std::min(records, buffer) +
                           copies_of_a_snapshot * largest_snapshot;
    const double writing = largest_cell + std::min(need.result, buffer);
    need.memory = std::max(running, writing);
    for (const std::size_t cell : runner::instances(study).first_cell) {
        need.memory += study.problem(cell).bytes();
    }
    return need;
}

void check_resources(const plan::Study& study,
                     const std::string& file,
                     const std::filesystem::path& output,
                     std::size_t threads,
                     std::int64_t confirmation_seeds,
                     std::uint64_t shards) {
    const Resources need = resources(study, threads, confirmation_seeds);
    if (need.memory > physical_memory()) {
        throw core::InputError{{file, 1, 1},
                               "needs " + bytes_text(need.memory) +
                                   " of memory; this machine has " +
                                   bytes_text(physical_memory())};
    }
    check_disk(shards == 0
                   ? std::max(0.0, need.journal - journal_bytes(output)) + need.result
                   : need.journal / static_cast<double>(shards),
               file,
               output);
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
