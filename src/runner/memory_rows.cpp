#include "runner/memory_rows.hpp"

#include "core/errors.hpp"

namespace tailrate::runner {

MemoryRows::MemoryRows(const plan::Study& study,
                       std::span<const std::size_t> cells,
                       std::size_t threads)
    : study_{study} {
    std::vector<bool> is_wanted(study.experiment().cells.size(), false);
    for (const std::size_t cell : cells) {
        is_wanted[cell] = true;
    }
    std::vector<Row> rows = all_rows(study);
    std::erase_if(rows, [&](const Row& row) { return !is_wanted[row.cell]; });
    const ExecuteResult result = execute(study, rows, *this, {.threads = threads});
    if (!result.failures.empty()) {
        throw core::StorageError{result.failures.front()};
    }
}

void MemoryRows::put(const Row& row, std::span<const double> record) {
    records_[study_.row_key(row.cell, row.block)].assign(record.begin(), record.end());
}

RowSource MemoryRows::source() const {
    return [this](std::span<const core::Digest> keys) {
        std::vector<std::vector<double>> rows;
        rows.reserve(keys.size());
        for (const core::Digest& key : keys) {
            rows.push_back(records_.at(key));
        }
        return rows;
    };
}

}  // namespace tailrate::runner
