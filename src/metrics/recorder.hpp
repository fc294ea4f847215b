#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/metrics.hpp"
#include "model/method.hpp"
#include "model/problem.hpp"

namespace tailrate::metrics {

/// Writes the record of one row while it runs. Problem, method and record must outlive
/// it; `record` has layout.size() doubles, 64-byte aligned.
class Recorder {
  public:
    Recorder(const RecordLayout& layout,
             const model::Problem& problem,
             const model::Method& method,
             std::span<const std::int64_t> checkpoints,
             std::span<double> record);

    /// The next checkpoint to record, or -1 after the last.
    [[nodiscard]] std::int64_t next_checkpoint() const;

    /// Records the next checkpoint from the state in `step`; `saturated` is the
    /// fraction of the last messages cut off, NaN where undefined. A lane with a
    /// non-finite error has diverged: every metric of it is +inf from here on.
    void record(const model::Step& step, const model::Lanes& saturated);

    /// Goes on after iteration `t` of a run that left `record` there.
    void resume(std::int64_t t, std::span<const double> record);

  private:
    void measure(std::size_t metric, const model::Step& step, double* out);
    void mark_diverged(std::int64_t t);

    const RecordLayout& layout_;
    const model::Problem& problem_;
    const model::Method& method_;
    std::span<const std::int64_t> checkpoints_;
    std::span<double> record_;
    std::size_t next_ = 0;
    const model::Lanes* saturated_ = nullptr;
    model::Array scratch_;
};

}  // namespace tailrate::metrics
