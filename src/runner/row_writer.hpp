#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "model/block.hpp"
#include "runner/execute.hpp"

namespace tailrate::runner {

/// Finished rows, and snapshots of others, on their way to the sink, which one thread
/// of its own feeds.
class RowWriter {
  public:
    /// `progress`, where there is one, is told every tick what was counted.
    RowWriter(RowSink& sink, std::function<void(double)> progress);
    RowWriter(const RowWriter&) = delete;
    RowWriter& operator=(const RowWriter&) = delete;
    RowWriter(RowWriter&&) = delete;
    RowWriter& operator=(RowWriter&&) = delete;
    ~RowWriter();

    // Both block while more than 64 MiB wait.

    void push(const Row& row, model::Array record);
    void push(const Row& row, storage::Snapshot snapshot);

    /// Elements that were stepped.
    void count(double elements) { counted_ += elements; }

    [[nodiscard]] bool has_failed() const { return has_failed_; }

    /// Writes what waits, commits, and rethrows what the sink threw.
    void finish();

  private:
    /// A record or a snapshot; the other is empty.
    struct Item {
        Row row;
        model::Array record;
        storage::Snapshot snapshot;

        [[nodiscard]] std::size_t bytes() const;
    };

    [[nodiscard]] bool is_full() const;
    void push(Item item);
    void close();
    void run();
    void deliver(std::deque<Item> items, bool is_commit_due);

    RowSink& sink_;
    std::function<void(double)> progress_;
    std::atomic<double> counted_{0.0};
    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable room_;
    std::deque<Item> queue_;
    std::size_t bytes_ = 0;
    bool is_closing_ = false;
    std::exception_ptr error_;
    std::atomic<bool> has_failed_{false};  ///< error_ is there; read without the lock
    std::thread thread_;
};

}  // namespace tailrate::runner
