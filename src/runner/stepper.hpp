#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/recorder.hpp"
#include "model/block.hpp"
#include "model/method.hpp"
#include "plan/study.hpp"

namespace tailrate::runner {

/// One cell stepping through the iterations of one block of seeds. Owns the state;
/// allocates nothing after construction.
class Stepper {
  public:
    /// `record` has layout.size() doubles and receives the row; `tile` is the largest
    /// number of iterations of one advance().
    Stepper(plan::CellParts parts,
            const metrics::RecordLayout& layout,
            std::span<const std::int64_t> checkpoints,
            std::uint64_t master_seed,
            std::uint64_t first_seed,
            std::size_t tile,
            std::span<double> record);

    /// Steps `iterations` times from the current t; `draws` (iterations x clients x
    /// dimension x lanes) at scale 1.
    void advance(std::size_t iterations, const double* draws);

    /// The gradients of the clients in `range` as the method sees them at the current
    /// iterate: `draws` and `gradients` (range x dimension x lanes).
    void gradients(model::ClientRange range, const double* draws, double* gradients);

    [[nodiscard]] const model::Step& state() const { return step_; }

    [[nodiscard]] const plan::CellParts& parts() const { return parts_; }

    /// Bytes of state and buffers of one cell, for estimates.
    [[nodiscard]] static std::size_t bytes(const plan::CellParts& parts);

  private:
    void fill_schedules(std::size_t iterations);
    void iterate(const double* draws);
    void average_messages(const double* draws, bool is_recorded);

    plan::CellParts parts_;
    metrics::Recorder recorder_;
    std::uint64_t master_seed_;
    std::uint64_t first_seed_;
    std::size_t chunk_;  ///< clients handled together, so that their values stay in L1
    std::vector<model::Array> server_arrays_;
    std::vector<model::Array> client_arrays_;
    std::vector<double*> server_pointers_;
    std::vector<double*> client_pointers_;
    std::vector<double> schedules_;  ///< (iteration of the tile, schedule)
    std::vector<double> column_;
    model::Array values_, scratch_, aggregate_;
    model::Lanes saturated_{};
    model::Step step_;
};

}  // namespace tailrate::runner
