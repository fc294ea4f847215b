#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/recorder.hpp"
#include "model/block.hpp"
#include "model/method.hpp"
#include "plan/study.hpp"
#include "runner/workspace.hpp"

namespace tailrate::runner {

/// One cell stepping through the iterations of one block of seeds. Its state is in the
/// workspace, which must outlive it; allocates nothing after construction.
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
            std::span<double> record,
            Workspace& workspace);

    /// Steps `iterations` times from the current t; `draws` (iterations x clients x
    /// dimension x lanes) at scale 1.
    void advance(std::size_t iterations, const double* draws);

    /// One iteration in parts, where its draws would fill too much memory: the clients
    /// in consecutive ranges from 0 on, `draws` (range x dimension x lanes). The last
    /// range completes the step.
    void advance_clients(model::ClientRange range, const double* draws);

    /// The gradients of the clients in `range` as the method sees them at the current
    /// iterate: `draws` and `gradients` (range x dimension x lanes).
    void gradients(model::ClientRange range, const double* draws, double* gradients);

    [[nodiscard]] const model::Step& state() const { return step_; }

    /// All that later steps depend on, with the record so far; between whole
    /// iterations.
    [[nodiscard]] std::vector<double> saved() const;

    /// Goes on after `iteration` with what saved() gave there, in a stepper of the same
    /// cell and block with any tile. False, and nothing has happened, where the numbers
    /// are no such state.
    [[nodiscard]] bool restore(std::uint64_t iteration, std::span<const double> saved);

    [[nodiscard]] const plan::CellParts& parts() const { return parts_; }

    /// How many clients are handled together, so that their values stay in L1.
    [[nodiscard]] static std::size_t clients_per_chunk(
        const model::ProblemFacts& facts);

    /// Bytes of state and buffers of one cell, for estimates.
    [[nodiscard]] static std::size_t bytes(const plan::CellParts& parts);

    /// How many numbers saved() gives.
    [[nodiscard]] static std::size_t saved_size(const plan::CellParts& parts,
                                                const metrics::RecordLayout& layout);

  private:
    void fill_schedules(std::size_t iterations);
    void start();
    void pass_messages(model::ClientRange range, const double* draws);
    void finish();
    void add_noisy_gradients(model::ClientRange range,
                             const double* draws,
                             double* gradients);

    plan::CellParts parts_;
    metrics::Recorder recorder_;
    std::span<const double> record_;
    Workspace& workspace_;
    std::uint64_t master_seed_;
    std::uint64_t first_seed_;
    std::size_t tile_;
    std::size_t chunk_;         ///< clients_per_chunk
    bool keeps_messages_;       ///< for a method that takes all of them, not their mean
    bool is_recorded_ = false;  ///< whether the state after this step is
    std::vector<double*> server_arrays_;
    std::vector<double*> client_arrays_;
    double* schedules_;  ///< (iteration of the tile, schedule)
    double* scratch_;    ///< of the problem
    double* aggregate_;  ///< the mean, or all messages
    model::Lanes saturated_{};
    model::Step step_;
};

}  // namespace tailrate::runner
