#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <vector>

#include "model/noise_field.hpp"
#include "runner/stepper.hpp"
#include "runner/units.hpp"
#include "runner/workspace.hpp"
#include "storage/journal.hpp"

namespace tailrate::runner {

/// Draws that are made together, small enough to stay in a second-level cache: some
/// whole iterations, or some clients of one iteration where that alone is too large.
struct Tile {
    std::size_t iterations = 1;
    std::size_t clients = 1;  ///< all of them where iterations > 1
};

[[nodiscard]] Tile tile_of(std::size_t clients, std::size_t dimension);

/// The cells of a unit on their way from iteration 0, or from where they were left, to
/// the horizon: each tile of draws is made once and every cell steps through it before
/// the next is made. Cells that are behind the others catch up first.
class UnitRun {
  public:
    /// Clears the workspace, which it uses alone until it is destroyed.
    UnitRun(const plan::Study& study, const Unit& unit, Workspace& workspace);

    [[nodiscard]] bool is_done() const { return t_ == horizon_; }

    /// Steps the cells that are not ahead of others through the next tile. Where
    /// `stop` becomes true meanwhile, some of them may stay behind.
    void advance(const std::atomic<bool>* stop = nullptr);

    /// False in the middle of an iteration, of which some clients are done.
    [[nodiscard]] bool is_between_iterations() const { return next_client_ == 0; }

    // Of the k-th cell of the unit, between iterations.

    [[nodiscard]] bool is_done(std::size_t k) const {
        return steppers_[k].state().t == horizon_;
    }

    [[nodiscard]] storage::Snapshot snapshot(std::size_t k) const;
    [[nodiscard]] std::size_t snapshot_bytes(std::size_t k) const;
    /// Goes on from the snapshot; ignores one that is not of this cell's shape.
    void restore(std::size_t k, const storage::Snapshot& snapshot);

    /// Elements (client x coordinate x seed x iteration x cell) stepped so far.
    [[nodiscard]] double elements() const { return elements_; }

    /// One record per cell, in the order of the unit, when it is done.
    [[nodiscard]] std::vector<model::Array>& records() { return records_; }

  private:
    void advance_iterations(const std::atomic<bool>* stop);
    void advance_clients();
    void find_last();
    void count(std::size_t clients);

    model::NoiseField field_;
    std::uint64_t first_seed_;
    std::uint64_t horizon_;
    std::uint64_t t_ = 0;          ///< of the cells that are last
    std::uint64_t next_t_ = 0;     ///< of those just ahead of them, or the horizon
    std::size_t next_client_ = 0;  ///< of iteration t_
    double elements_ = 0.0;
    std::size_t clients_;
    std::size_t vector_size_;  ///< numbers of one client's draws
    Tile tile_;
    double* draws_;
    std::deque<Stepper> steppers_;
    std::vector<metrics::RecordLayout> layouts_;
    std::vector<model::Array> records_;
};

}  // namespace tailrate::runner
