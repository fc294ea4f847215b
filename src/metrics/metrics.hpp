#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What is recorded along a run, and when. Knows problems and methods by their
/// interfaces; knows nothing of statistics over seeds.
namespace tailrate::metrics {

struct Metric {
    std::string_view name;
    std::string_view meaning;
    bool per_coordinate = false;  ///< one value per coordinate instead of one
    bool is_error = true;         ///< non-finite means diverged
};

/// Every metric an experiment may ask for, squared_error first.
[[nodiscard]] const std::vector<Metric>& all_metrics();

/// The metric of this name; a contract violation if there is none.
[[nodiscard]] const Metric& find_metric(std::string_view name);

/// Iterations at which metrics are recorded: 0, floor(10^(k / points_per_decade) + 1/2)
/// without repeats for k = 0, 1, ..., and the horizon; ascending.
[[nodiscard]] std::vector<std::int64_t> checkpoints(std::int64_t horizon,
                                                    std::int64_t points_per_decade);

/// Where the numbers of one row (one cell, one block of seeds) lie in its record of
/// doubles: for every metric (checkpoint, coordinate, lane), then per lane the largest
/// squared error at a checkpoint, the checkpoint of divergence (-1 = never) and the
/// saturated fraction at the last iteration (NaN where undefined).
class RecordLayout {
  public:
    RecordLayout(std::vector<Metric> metrics,
                 std::size_t checkpoints,
                 std::size_t dimension);

    [[nodiscard]] std::size_t size() const { return size_; }

    [[nodiscard]] std::size_t checkpoints() const { return checkpoints_; }

    [[nodiscard]] const std::vector<Metric>& metrics() const { return metrics_; }

    [[nodiscard]] std::size_t width(std::size_t metric) const;
    [[nodiscard]] std::size_t at(std::size_t metric, std::size_t checkpoint) const;

    [[nodiscard]] std::size_t peak_error() const { return peak_error_; }

    [[nodiscard]] std::size_t diverged_at() const;
    [[nodiscard]] std::size_t final_saturated() const;

  private:
    std::vector<Metric> metrics_;
    std::size_t checkpoints_;
    std::size_t dimension_;
    std::vector<std::size_t> first_;
    std::size_t peak_error_ = 0;
    std::size_t size_ = 0;
};

}  // namespace tailrate::metrics
