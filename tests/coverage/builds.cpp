#include "coverage/builds.hpp"

#include <numeric>
#include <utility>

#include "core/contracts.hpp"
#include "support/words.hpp"

namespace tailrate::coverage {
namespace {

constexpr std::size_t test_seeds = 100;
constexpr std::size_t confirmation_seeds = 200;

std::vector<double> gather(const CellPool& pool,
                           std::span<const std::uint32_t> seeds,
                           double factor) {
    const std::size_t n = pool.iterations.size();
    std::vector<double> errors;
    errors.reserve(seeds.size() * n);
    for (const std::uint32_t seed : seeds) {
        const double* row = &pool.errors[seed * n];
        errors.push_back(row[0]);  // at 0 nothing has happened yet
        for (std::size_t k = 1; k < n; ++k) {
            errors.push_back(factor * row[k]);
        }
    }
    return errors;
}

std::vector<rates::GateCell> cells_of(const std::vector<Comparison>& comparisons,
                                      bool has_same_draws) {
    std::vector<rates::GateCell> cells;
    for (const Comparison& comparison : comparisons) {
        cells.push_back(comparison.cell(has_same_draws));
    }
    return cells;
}

}  // namespace

BuildSeeds draw_seeds(std::uint64_t build, std::size_t pool) {
    constexpr std::size_t needed = 2 * (test_seeds + confirmation_seeds);
    TAILRATE_EXPECTS(needed <= pool);
    std::vector<std::uint32_t> order(pool);
    std::iota(order.begin(), order.end(), 0U);
    test::Words words{build};
    for (std::size_t k = 0; k < needed; ++k) {
        std::swap(order[k], order[k + words.next() % (pool - k)]);
    }
    auto next = order.cbegin();
    const auto take = [&](std::size_t count) {
        const auto first = next;
        next += static_cast<std::ptrdiff_t>(count);
        return std::vector<std::uint32_t>(first, next);
    };
    BuildSeeds seeds;
    seeds.baseline = take(test_seeds);
    seeds.candidate = take(test_seeds);
    seeds.baseline_confirmation = take(confirmation_seeds);
    seeds.candidate_confirmation = take(confirmation_seeds);
    return seeds;
}

Comparison::Comparison(const CellPool& baseline,
                       std::span<const std::uint32_t> baseline_seeds,
                       const Change& candidate,
                       std::span<const std::uint32_t> candidate_seeds)
    : pool_{&baseline},
      baseline_{gather(baseline, baseline_seeds, 1.0)},
      candidate_{gather(*candidate.pool, candidate_seeds, candidate.factor)} {
    for (const std::uint32_t seed : baseline_seeds) {
        final_saturated_ +=
            baseline.final_saturated[seed] / static_cast<double>(baseline_seeds.size());
    }
}

rates::GateCell Comparison::cell(bool has_same_draws) const {
    const rates::CellFacts facts{.moment = pool_->moment,
                                 .path_bound = pool_->path_bound,
                                 .final_saturated = final_saturated_};
    return {.baseline = {.iterations = pool_->iterations, .errors = baseline_},
            .candidate = {.iterations = pool_->iterations, .errors = candidate_},
            .facts = facts,
            .candidate_facts = facts,
            .has_same_draws = has_same_draws};
}

std::vector<rates::CellGate> compare_unchanged(const std::vector<CellPool>& pools,
                                               const BuildSeeds& seeds) {
    std::vector<Comparison> comparisons;
    for (const CellPool& pool : pools) {
        comparisons.emplace_back(pool, seeds.baseline, Change{&pool}, seeds.candidate);
    }
    return rates::gate(cells_of(comparisons, false), {});
}

void confirm_suspects(const std::vector<CellPool>& pools,
                      const BuildSeeds& seeds,
                      std::size_t changed,
                      const Change& change,
                      std::vector<rates::CellGate>& found) {
    std::vector<Comparison> comparisons;
    for (std::size_t k = 0; k < pools.size(); ++k) {
        if (found[k].state == rates::GateState::suspect) {
            comparisons.emplace_back(pools[k],
                                     seeds.baseline_confirmation,
                                     k == changed ? change : Change{&pools[k]},
                                     seeds.candidate_confirmation);
        }
    }
    rates::confirm(cells_of(comparisons, false), {}, found);
}

rates::CellGate judge_new_draws(const std::vector<CellPool>& pools,
                                const BuildSeeds& seeds,
                                const std::vector<rates::CellGate>& unchanged,
                                std::size_t changed,
                                const Change& change) {
    const Comparison comparison{
        pools[changed], seeds.baseline, change, seeds.candidate};
    const rates::GateCell cell = comparison.cell(false);
    std::vector<rates::CellGate> found = unchanged;
    found[changed] = rates::gate({&cell, 1}, {}).front();
    confirm_suspects(pools, seeds, changed, change, found);
    return found[changed];
}

rates::CellGate judge_same_draws(const std::vector<CellPool>& pools,
                                 const BuildSeeds& seeds,
                                 std::size_t changed,
                                 const Change& change) {
    std::vector<Comparison> comparisons;
    for (std::size_t k = 0; k < pools.size(); ++k) {
        comparisons.emplace_back(pools[k],
                                 seeds.baseline,
                                 k == changed ? change : Change{&pools[k]},
                                 seeds.baseline);
    }
    return rates::gate(cells_of(comparisons, true), {})[changed];
}

}  // namespace tailrate::coverage
