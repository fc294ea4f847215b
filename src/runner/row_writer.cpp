#include "runner/row_writer.hpp"

#include <chrono>
#include <utility>

namespace tailrate::runner {
namespace {

constexpr std::size_t queue_bytes = std::size_t{64} << 20U;
constexpr auto tick = std::chrono::milliseconds{250};
constexpr int ticks_per_commit = 4;

}  // namespace

RowWriter::RowWriter(RowSink& sink, std::function<void(double)> progress)
    : sink_{sink},
      progress_{std::move(progress)},
      thread_{[this] { run(); }} {}

RowWriter::~RowWriter() {
    close();
}

std::size_t RowWriter::Item::bytes() const {
    return (record.size() + snapshot.state.size()) * sizeof(double);
}

bool RowWriter::is_full() const {
    return bytes_ >= queue_bytes;
}

void RowWriter::push(const Row& row, model::Array record) {
    push({row, std::move(record), {}});
}

void RowWriter::push(const Row& row, storage::Snapshot snapshot) {
    push({row, {}, std::move(snapshot)});
}

void RowWriter::push(Item item) {
    std::unique_lock lock{mutex_};
    room_.wait(lock, [this] { return !is_full() || error_ != nullptr; });
    bytes_ += item.bytes();
    queue_.push_back(std::move(item));
    if (is_full()) {
        wake_.notify_one();
    }
}

void RowWriter::finish() {
    close();
    if (error_ != nullptr) {
        std::rethrow_exception(error_);
    }
}

void RowWriter::close() {
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

void RowWriter::run() {
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
        deliver(std::move(items), is_last || ticks % ticks_per_commit == 0);
        if (progress_) {
            progress_(counted_);
        }
    }
}

void RowWriter::deliver(std::deque<Item> items, bool is_commit_due) {
    try {
        for (; !items.empty(); items.pop_front()) {
            Item& item = items.front();
            if (item.snapshot.state.empty()) {
                sink_.put(item.row, item.record);
            } else {
                sink_.snapshot(item.row, std::move(item.snapshot));
            }
        }
        if (is_commit_due) {
            sink_.commit();
        }
    } catch (...) {
        const std::lock_guard lock{mutex_};
        if (error_ == nullptr) {
            error_ = std::current_exception();
            has_failed_ = true;
        }
    }
}

}  // namespace tailrate::runner
