#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "plan/study.hpp"
#include "runner/units.hpp"

namespace tailrate::runner {

/// Where finished rows go. Called by one thread at a time.
class RowSink {
  public:
    virtual ~RowSink() = default;
    virtual void put(const Row& row, std::span<const double> record) = 0;
    /// Makes everything put so far durable.
    virtual void commit() = 0;
};

struct ExecuteOptions {
    std::size_t threads = 1;
    std::size_t memory_per_worker = std::size_t{1} << 30U;
    /// Set from outside to stop at the next tile.
    const std::atomic<bool>* stop = nullptr;
    /// Called about four times a second with the elements done so far.
    std::function<void(double)> progress = nullptr;
};

struct ExecuteResult {
    bool was_stopped = false;
    std::vector<std::string> failures;  ///< one line per unit that threw
};

/// Computes the rows and hands each to the sink. An exception in a unit is a failure of
/// its rows only.
[[nodiscard]] ExecuteResult execute(const plan::Study& study,
                                    const std::vector<Row>& rows,
                                    RowSink& sink,
                                    const ExecuteOptions& options);

}  // namespace tailrate::runner
