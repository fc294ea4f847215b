#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "model/noise_field.hpp"
#include "runner/stepper.hpp"
#include "runner/units.hpp"
#include "runner/workspace.hpp"

namespace tailrate::runner {

/// Draws that are made together, small enough to stay in a second-level cache: some
/// whole iterations, or some clients of one iteration where that alone is too large.
struct Tile {
    std::size_t iterations = 1;
    std::size_t clients = 1;  ///< all of them where iterations > 1
};

[[nodiscard]] Tile tile_of(std::size_t clients, std::size_t dimension);

/// The cells of a unit on their way from iteration 0 to the horizon: each tile of draws
/// is made once and every cell steps through it before the next is made.
class UnitRun {
  public:
    /// Clears the workspace, which it uses alone until it is destroyed.
    UnitRun(const plan::Study& study, const Unit& unit, Workspace& workspace);

    [[nodiscard]] bool is_done() const { return t_ == horizon_; }

    /// Steps every cell through the next tile.
    void advance();

    /// Elements (client x coordinate x seed x iteration x cell) stepped so far.
    [[nodiscard]] double elements() const;

    /// One record per cell, in the order of the unit, when it is done.
    [[nodiscard]] std::vector<model::Array>& records() { return records_; }

  private:
    void advance_iterations();
    void advance_clients();

    model::NoiseField field_;
    std::uint64_t first_seed_;
    std::uint64_t horizon_;
    std::uint64_t t_ = 0;
    std::size_t next_client_ = 0;  ///< of iteration t_
    std::size_t clients_;
    std::size_t vector_size_;  ///< numbers of one client's draws
    Tile tile_;
    double* draws_;
    std::deque<Stepper> steppers_;
    std::vector<metrics::RecordLayout> layouts_;
    std::vector<model::Array> records_;
};

}  // namespace tailrate::runner
