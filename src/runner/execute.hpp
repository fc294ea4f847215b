#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plan/study.hpp"
#include "runner/units.hpp"
#include "storage/journal.hpp"

namespace tailrate::runner {

/// Where finished rows go. Called by one thread at a time.
class RowSink {
  public:
    virtual ~RowSink() = default;
    virtual void put(const Row& row, std::span<const double> record) = 0;

    /// The state of a row that is not finished, in place of an earlier one.
    virtual void snapshot(const Row& /*row*/, storage::Snapshot&& /*snapshot*/) {}

    /// Makes everything put so far durable.
    virtual void commit() = 0;
};

/// Where an earlier run left a row, if it did. Called by one thread at a time.
using FindSnapshot = std::function<std::optional<storage::Snapshot>(const Row& row)>;

struct ExecuteOptions {
    std::size_t threads = 1;
    std::size_t memory_per_worker = std::size_t{1} << 30U;
    /// Set from outside to stop at the next tile.
    const std::atomic<bool>* stop = nullptr;
    /// Called about four times a second with the elements done so far.
    std::function<void(double)> progress = nullptr;
    /// Running rows leave a snapshot so often, and when they are stopped; 0: never.
    double snapshot_seconds = 0.0;
    /// Rows with more bytes of state leave none.
    std::size_t largest_snapshot = std::numeric_limits<std::size_t>::max();
    FindSnapshot find_snapshot = nullptr;
};

struct ExecuteResult {
    bool was_stopped = false;
    /// Stopped without a snapshot of where they were, for the size of their state.
    std::size_t rows_cut_off = 0;
    std::vector<std::string> failures;  ///< one line per unit that threw
};

/// Computes the rows, each from its snapshot where there is one, and hands them to the
/// sink. An exception in a unit is a failure of its rows only.
[[nodiscard]] ExecuteResult execute(const plan::Study& study,
                                    const std::vector<Row>& rows,
                                    RowSink& sink,
                                    const ExecuteOptions& options);

}  // namespace tailrate::runner
