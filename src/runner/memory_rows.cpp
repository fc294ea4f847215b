#include "runner/memory_rows.hpp"

#include <algorithm>

#include "core/errors.hpp"

namespace tailrate::runner {

MemoryRows::MemoryRows(const plan::Study& study,
                       std::span<const std::size_t> cells,
                       std::size_t threads)
    : study_{study} {
    std::vector<Row> rows = all_rows(study);
    std::erase_if(rows, [cells](const Row& row) {
        return std::find(cells.begin(), cells.end(), row.cell) == cells.end();
    });
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
