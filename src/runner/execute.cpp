#include "runner/execute.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include "core/contracts.hpp"
#include "runner/unit_run.hpp"

namespace tailrate::runner {
namespace {

constexpr std::size_t queue_bytes = std::size_t{64} << 20U;
constexpr auto tick = std::chrono::milliseconds{250};
constexpr int ticks_per_commit = 4;

/// Finished rows on their way to the sink, which one thread of its own feeds.
class Writer {
  public:
    /// `progress`, where there is one, is told every tick what was counted.
    Writer(RowSink& sink, std::function<void(double)> progress)
        : sink_{sink},
          progress_{std::move(progress)},
          thread_{[this] { run(); }} {}

    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    Writer(Writer&&) = delete;
    Writer& operator=(Writer&&) = delete;

    ~Writer() { close(); }

    /// Blocks while more than 64 MiB wait.
    void push(const Row& row, model::Array record) {
        std::unique_lock lock{mutex_};
        room_.wait(lock, [this] { return !is_full() || error_ != nullptr; });
        bytes_ += record.size() * sizeof(double);
        queue_.push_back({row, std::move(record)});
        if (is_full()) {
            wake_.notify_one();
        }
    }

    /// Elements that were stepped.
    void count(double elements) { counted_ += elements; }

    [[nodiscard]] bool has_failed() {
        const std::lock_guard lock{mutex_};
        return error_ != nullptr;
    }

    /// Writes what waits, commits, and rethrows what the sink threw.
    void finish() {
        close();
        if (error_ != nullptr) {
            std::rethrow_exception(error_);
        }
    }

  private:
    [[nodiscard]] bool is_full() const { return bytes_ >= queue_bytes; }

    void close() {
        if (!thread_.joinable()) {
            return;
        }
        {
            const std::lock_guard lock{mutex_};
            is_closing_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }

    struct Item {
        Row row;
        model::Array record;
    };

    void run() {
        int ticks = 0;
        bool is_last = false;
        while (!is_last) {
            std::deque<Item> items;
            {
                std::unique_lock lock{mutex_};
                wake_.wait_for(lock, tick, [this] { return is_closing_ || is_full(); });
                is_last = is_closing_;
                items.swap(queue_);
                bytes_ = 0;
            }
            room_.notify_all();
            ++ticks;
            deliver(items, is_last || ticks % ticks_per_commit == 0);
            if (progress_) {
                progress_(counted_);
            }
        }
    }

    void deliver(const std::deque<Item>& items, bool is_commit_due) {
        try {
            for (const Item& item : items) {
                sink_.put(item.row, item.record);
            }
            if (is_commit_due) {
                sink_.commit();
            }
        } catch (...) {
            const std::lock_guard lock{mutex_};
            if (error_ == nullptr) {
                error_ = std::current_exception();
            }
        }
    }

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
    std::thread thread_;
};

struct Work;

/// Takes one unit after the other until there is none.
struct Worker {
    Work* work;

    void operator()(std::size_t /*number*/) const;
};

/// What the workers of one execution share. oneTBB hands it over and back; the two
/// atomics say so once more, to a thread sanitizer that cannot see inside of oneTBB.
struct Work {
    const plan::Study& study;
    const std::vector<Unit>& units;
    const std::atomic<bool>& stop;
    Writer& writer;
    std::atomic<std::size_t> next{0};
    std::mutex failures_mutex{};
    std::vector<std::string> failures{};
    std::atomic<bool> is_ready{false};
    std::atomic<std::size_t> workers_done{0};
    Worker worker{this};
};

/// A function of its own, which scripts/dev/tsan.supp names.
[[gnu::noinline]] Work prepare_work(const plan::Study& study,
                                    const std::vector<Unit>& units,
                                    const std::atomic<bool>& stop,
                                    Writer& writer) {
    return {study, units, stop, writer};
}

void compute(Work& work, const Unit& unit, Workspace& workspace) {
    UnitRun run{work.study, unit, workspace};
    double counted = 0.0;
    while (!run.is_done()) {
        if (work.stop) {
            return;
        }
        run.advance();
        work.writer.count(run.elements() - counted);
        counted = run.elements();
    }
    for (std::size_t k = 0; k < unit.cells.size(); ++k) {
        work.writer.push({unit.cells[k], unit.block}, std::move(run.records()[k]));
    }
}

void work_until_done(Work& work) {
    Workspace workspace;
    for (std::size_t k = work.next++; k < work.units.size(); k = work.next++) {
        if (work.stop || work.writer.has_failed()) {
            return;
        }
        try {
            compute(work, work.units[k], workspace);
        } catch (const std::exception& error) {
            const std::lock_guard lock{work.failures_mutex};
            work.failures.push_back(
                "cells " + std::to_string(work.units[k].cells.front()) + " to " +
                std::to_string(work.units[k].cells.back()) + ", block " +
                std::to_string(work.units[k].block) + ": " + error.what());
        }
    }
}

void Worker::operator()(std::size_t /*number*/) const {
    TAILRATE_EXPECTS(work->is_ready.load(std::memory_order_acquire));
    work_until_done(*work);
    work->workers_done.fetch_add(1, std::memory_order_release);
}

}  // namespace

ExecuteResult execute(const plan::Study& study,
                      const std::vector<Row>& rows,
                      RowSink& sink,
                      const ExecuteOptions& options) {
    static const std::atomic<bool> never{false};
    const std::vector<Unit> units =
        make_units(study, rows, options.threads, options.memory_per_worker);
    Writer writer{sink, options.progress};
    Work work = prepare_work(
        study, units, options.stop == nullptr ? never : *options.stop, writer);
    work.is_ready.store(true, std::memory_order_release);
    const tbb::global_control limit{tbb::global_control::max_allowed_parallelism,
                                    options.threads};
    tbb::parallel_for(std::size_t{0}, options.threads, work.worker);
    TAILRATE_ENSURES(work.workers_done.load(std::memory_order_acquire) ==
                     options.threads);
    writer.finish();
    return {work.stop, std::move(work.failures)};
}

}  // namespace tailrate::runner
