#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "runner/cell_record.hpp"
#include "runner/execute.hpp"

namespace tailrate::runner {

/// Rows that never reach a file: those of confirmation seeds, which a check computes
/// for a few cells and a baseline once.
class MemoryRows final : public RowSink {
  public:
    /// Computes all rows of these cells; throws core::StorageError when one fails.
    MemoryRows(const plan::Study& study,
               std::span<const std::size_t> cells,
               std::size_t threads);

    void put(const Row& row, std::span<const double> record) override;

    void commit() override {}

    [[nodiscard]] RowSource source() const;

  private:
    const plan::Study& study_;
    std::map<core::Digest, std::vector<double>> records_;
};

}  // namespace tailrate::runner
