#include "runner/execute.hpp"

#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include "runner/row_writer.hpp"
#include "runner/unit_run.hpp"
#include "runner/workers.hpp"

namespace tailrate::runner {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

/// On the stop flag: how long an iteration may take to its end, which work is too young
/// to be worth a snapshot, and how many bytes of snapshots all workers may leave, so
/// that the program ends within two seconds. What is left out goes on from its last
/// snapshot.
constexpr Seconds patience{0.7};
constexpr Seconds too_young{0.5};
constexpr std::size_t most_last_bytes = std::size_t{128} << 20U;

/// What the workers of one execution share.
struct Work {
    const plan::Study& study;
    const std::vector<Unit>& units;
    const ExecuteOptions& options;
    const std::atomic<bool>& stop;
    RowWriter& writer;
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> last_bytes{0};  ///< of snapshots after the stop
    std::atomic<std::size_t> rows_cut_off{0};
    std::mutex snapshots_mutex{};
    std::mutex failures_mutex{};
    std::vector<std::string> failures{};
};

/// A unit on its way, and when it was last safe.
class Passage {
  public:
    Passage(Work& work, const Unit& unit, Workspace& workspace)
        : work_{work},
          unit_{unit},
          run_{work.study, unit, workspace} {
        restore();
    }

    /// To its end, or until a stop or a failure of the writer.
    void run() {
        std::optional<Clock::time_point> stopped;
        double counted = 0.0;
        while (!run_.is_done()) {
            if (work_.stop || work_.writer.has_failed()) {
                stopped = stopped.value_or(Clock::now());
                if (run_.is_between_iterations() ||
                    Clock::now() - *stopped > patience) {
                    break;
                }
            }
            run_.advance(&work_.stop);
            work_.writer.count(run_.elements() - counted);
            counted = run_.elements();
            leave_snapshots_when_due();
        }
        if (work_.stop && !run_.is_done()) {
            leave_last_snapshots();
        }
        push_done();
    }

  private:
    void restore() {
        if (!work_.options.find_snapshot) {
            return;
        }
        for (std::size_t k = 0; k < unit_.cells.size(); ++k) {
            const std::lock_guard lock{work_.snapshots_mutex};
            const auto found = work_.options.find_snapshot(row(k));
            if (found) {
                run_.restore(k, *found);
            }
        }
    }

    [[nodiscard]] Row row(std::size_t k) const { return {unit_.cells[k], unit_.block}; }

    [[nodiscard]] bool keeps_snapshots() const {
        return work_.options.snapshot_seconds > 0.0;
    }

    void leave_snapshots_when_due() {
        const auto now = Clock::now();
        if (!keeps_snapshots() || !run_.is_between_iterations() ||
            now - safe_ < Seconds{work_.options.snapshot_seconds}) {
            return;
        }
        leave_snapshots();
        safe_ = now;
    }

    /// Of every row, so that they can go on together; returns how many are too large.
    std::size_t leave_snapshots() {
        std::size_t too_large = 0;
        for (std::size_t k = 0; k < unit_.cells.size(); ++k) {
            if (run_.is_done(k)) {
                continue;
            }
            if (run_.snapshot_bytes(k) <= work_.options.largest_snapshot) {
                work_.writer.push(row(k), run_.snapshot(k));
            } else {
                ++too_large;
            }
        }
        return too_large;
    }

    [[nodiscard]] std::size_t unfinished_rows() const {
        std::size_t rows = 0;
        for (std::size_t k = 0; k < unit_.cells.size(); ++k) {
            rows += run_.is_done(k) ? 0U : 1U;
        }
        return rows;
    }

    void leave_last_snapshots() {
        if (!keeps_snapshots() || Clock::now() - safe_ < too_young) {
            return;
        }
        std::size_t bytes = 0;
        for (std::size_t k = 0; k < unit_.cells.size(); ++k) {
            bytes += run_.snapshot_bytes(k);
        }
        const bool has_room =
            work_.last_bytes.fetch_add(bytes) + bytes <= most_last_bytes;
        if (has_room && run_.is_between_iterations()) {
            work_.rows_cut_off += leave_snapshots();
        } else {
            work_.last_bytes.fetch_sub(bytes);
            work_.rows_cut_off += unfinished_rows();
        }
    }

    void push_done() {
        for (std::size_t k = 0; k < unit_.cells.size(); ++k) {
            if (run_.is_done(k)) {
                work_.writer.push(row(k), std::move(run_.records()[k]));
            }
        }
    }

    Work& work_;
    const Unit& unit_;
    UnitRun run_;
    Clock::time_point safe_ = Clock::now();
};

/// Takes one unit after the other until there is none.
void work_until_done(Work& work) {
    Workspace workspace;
    for (std::size_t k = work.next++; k < work.units.size(); k = work.next++) {
        if (work.stop || work.writer.has_failed()) {
            return;
        }
        try {
            Passage{work, work.units[k], workspace}.run();
        } catch (const std::exception& error) {
            const std::lock_guard lock{work.failures_mutex};
            work.failures.push_back(
                "cells " + std::to_string(work.units[k].cells.front()) + " to " +
                std::to_string(work.units[k].cells.back()) + ", block " +
                std::to_string(work.units[k].block) + ": " + error.what());
        }
    }
}

}  // namespace

ExecuteResult execute(const plan::Study& study,
                      const std::vector<Row>& rows,
                      RowSink& sink,
                      const ExecuteOptions& options) {
    static const std::atomic<bool> never{false};
    const std::vector<Unit> units =
        make_units(study, rows, options.threads, options.memory_per_worker);
    RowWriter writer{sink, options.progress};
    Work work{
        study, units, options, options.stop == nullptr ? never : *options.stop, writer};
    run_workers(options.threads,
                [&](std::size_t /*number*/) { work_until_done(work); });
    writer.finish();
    return {work.stop, work.rows_cut_off, std::move(work.failures)};
}

}  // namespace tailrate::runner
