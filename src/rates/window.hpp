#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tailrate::rates {

/// Squared errors of one cell as recorded along its run.
struct Curves {
    std::span<const std::int64_t> iterations;  ///< (K): K >= 2, 0 first, ascending
    /// (R x K), seed major: >= 0, never NaN, +inf from the checkpoint on at which the
    /// seed diverged. The value at 0 is finite and has the same bits in every seed.
    std::span<const double> errors;

    [[nodiscard]] std::size_t checkpoints() const { return iterations.size(); }

    [[nodiscard]] std::size_t seeds() const {
        return errors.size() / iterations.size();
    }

    [[nodiscard]] double at(std::size_t seed, std::size_t checkpoint) const {
        return errors[seed * checkpoints() + checkpoint];
    }

    [[nodiscard]] double value_at_zero() const { return errors.front(); }

    [[nodiscard]] double final_error(std::size_t seed) const {
        return at(seed, checkpoints() - 1);
    }
};

/// Throws core::ContractViolation when the curves are not as `Curves` promises. The
/// equal values at 0 also catch an array that was passed iteration major.
void check(const Curves& curves);

/// First iteration of a window of `decades` that ends at `horizon`: the larger of 1 and
/// floor(horizon / 10^decades + 1/2), rounded like the checkpoints themselves: without
/// the rounding 1.5 decades before 10,000 would start at 316.2 and lose checkpoint 316.
[[nodiscard]] std::int64_t window_start(std::int64_t horizon, double decades);

/// Consecutive checkpoints of a window: first, ..., last - 1, counted in the window.
struct Range {
    std::size_t first = 0;
    std::size_t last = 0;

    [[nodiscard]] std::size_t size() const { return last - first; }
};

/// The checkpoints that a rate is fitted to.
struct Window {
    std::size_t offset = 0;  ///< checkpoints before the window
    Range whole;
    /// The halves meet at window_start(horizon, decades / 2), the geometric middle; a
    /// checkpoint right there belongs to both, so that neither half is favoured.
    Range early;
    Range late;
};

/// The last checkpoint is the horizon.
[[nodiscard]] Window select_window(std::span<const std::int64_t> iterations,
                                   double decades);

/// 1e-24 of the value at 0, far above the squared rounding of doubles (5e-32) and far
/// below what a run with noise reaches: with errors floored here, neither an exact zero
/// nor rounding makes a slope. Above 0.
[[nodiscard]] double error_floor(const Curves& curves);

/// What every fit over one window needs, computed once, of errors above error_floor().
struct LoggedWindow {
    std::size_t seeds = 0;               ///< R
    std::vector<double> log_iterations;  ///< (n)
    std::vector<double> errors;          ///< (R x n), floored
    std::vector<double> log_errors;      ///< (R x n), of the floored errors
    std::vector<double> means;           ///< (n), of the floored errors
    std::vector<double> log_means;       ///< (n)

    [[nodiscard]] std::size_t size() const { return log_iterations.size(); }
};

[[nodiscard]] LoggedWindow log_window(const Curves& curves, const Window& window);

}  // namespace tailrate::rates
