#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coverage/pool.hpp"
#include "rates/gate.hpp"

namespace tailrate::coverage {

/// The seeds of one simulated build, drawn from the pool without replacement: baseline
/// and candidate, each with test and confirmation seeds. All cells use the same ones,
/// as they do in a real build.
struct BuildSeeds {
    std::vector<std::uint32_t> baseline;
    std::vector<std::uint32_t> candidate;
    std::vector<std::uint32_t> baseline_confirmation;
    std::vector<std::uint32_t> candidate_confirmation;
};

/// Of build number `build`, always the same.
[[nodiscard]] BuildSeeds draw_seeds(std::uint64_t build, std::size_t pool);

/// A candidate cell: the pool that it is taken from, and a factor on its errors.
struct Change {
    const CellPool* pool = nullptr;
    double factor = 1.0;
};

/// The curves of one cell in both files of a comparison.
class Comparison {
  public:
    Comparison(const CellPool& baseline,
               std::span<const std::uint32_t> baseline_seeds,
               const Change& candidate,
               std::span<const std::uint32_t> candidate_seeds);

    [[nodiscard]] rates::GateCell cell(bool has_same_draws) const;

  private:
    const CellPool* pool_;
    std::vector<double> baseline_;
    std::vector<double> candidate_;
    double final_saturated_ = 0.0;
};

/// What the gate makes of a build with new draws in which nothing has changed, before
/// suspects are confirmed.
[[nodiscard]] std::vector<rates::CellGate> compare_unchanged(
    const std::vector<CellPool>& pools, const BuildSeeds& seeds);

/// Confirms the suspects of such a build; cell `changed` is as in `change`.
void confirm_suspects(const std::vector<CellPool>& pools,
                      const BuildSeeds& seeds,
                      std::size_t changed,
                      const Change& change,
                      std::vector<rates::CellGate>& found);

/// The verdict on cell `changed` of a build with new draws. `unchanged` is what
/// compare_unchanged found: cells become suspects each on its own, so that only the
/// changed one is compared again.
[[nodiscard]] rates::CellGate judge_new_draws(
    const std::vector<CellPool>& pools,
    const BuildSeeds& seeds,
    const std::vector<rates::CellGate>& unchanged,
    std::size_t changed,
    const Change& change);

/// The verdict on cell `changed` of a build with the same draws, where all others are
/// identical.
[[nodiscard]] rates::CellGate judge_same_draws(const std::vector<CellPool>& pools,
                                               const BuildSeeds& seeds,
                                               std::size_t changed,
                                               const Change& change);

}  // namespace tailrate::coverage
