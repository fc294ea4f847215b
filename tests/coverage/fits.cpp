#include <algorithm>
#include <array>
#include <cmath>

#include <tbb/parallel_for.h>

#include "core/contracts.hpp"
#include "coverage/closed_form.hpp"
#include "coverage/intervals.hpp"

namespace tailrate::coverage {
namespace {

// The window of 1.5 decades before 10,000 and its geometric middle.
constexpr std::int64_t window_first = 316;
constexpr std::int64_t window_middle = 1778;
/// Numbers of seeds to which it is asked whether they make a rate, and fits to each.
constexpr std::array<std::size_t, 5> seed_numbers{100, 200, 400, 800, 1600};
constexpr std::size_t most_fits = 200;

double largest_z(const CellPool& pool, const std::vector<double>& exact) {
    const rates::Curves curves = pool.curves(0, pool.seeds());
    const auto seeds = static_cast<double>(pool.seeds());
    double largest = 0.0;
    for (std::size_t k = 1; k < exact.size(); ++k) {
        double mean = 0.0;
        double square = 0.0;
        for (std::size_t r = 0; r < pool.seeds(); ++r) {
            const double distance = curves.at(r, k) - exact[k];
            mean += distance / seeds;
            square += distance * distance / seeds;
        }
        const double error = std::sqrt((square - mean * mean) / seeds);
        largest = std::max(largest, std::abs(mean) / error);
    }
    return largest;
}

void take_exact_truth(const CellPool& pool, CellFits& cell) {
    const plan::Study study = make_study({"exact", "{kind: gaussian}", {pool.text}}, 1);
    const std::vector<double> curve =
        exact_sgd_curve(study.problem(0), *pool.text.exact_step, pool.iterations);
    const ExactTruth exact =
        exact_truth(pool.iterations, curve, window_first, window_middle);
    cell.truth.exponent = exact.exponent;
    cell.truth.curvature = exact.curvature;
    cell.truth.final_mean = exact.final_mean;
    cell.is_exact = true;
    cell.largest_z = largest_z(pool, curve);
}

RateShare count_rates(const CellPool& pool, std::size_t seeds) {
    RateShare share{
        .seeds = seeds, .fits = std::min(most_fits, pool.seeds() / seeds), .called = 0};
    std::vector<char> is_rate(share.fits);
    tbb::parallel_for(std::size_t{0}, share.fits, [&](std::size_t k) {
        is_rate[k] = pool.fit(k * seeds, seeds).is_rate ? 1 : 0;
    });
    share.called =
        static_cast<std::size_t>(std::count(is_rate.begin(), is_rate.end(), 1));
    return share;
}

}  // namespace

CellFits fit_repetitions(const CellPool& pool, std::size_t repetitions) {
    TAILRATE_EXPECTS(repetitions * seeds_per_repetition <= pool.seeds());
    CellFits cell;
    cell.name = pool.name;
    cell.is_travelling = pool.text.is_travelling;
    cell.truth = pool.fit(0, pool.seeds());
    if (pool.text.exact_step) {
        take_exact_truth(pool, cell);
    }
    cell.fits.resize(repetitions);
    tbb::parallel_for(std::size_t{0}, repetitions, [&](std::size_t r) {
        cell.fits[r] = pool.fit(r * seeds_per_repetition, seeds_per_repetition);
    });
    for (const std::size_t seeds : seed_numbers) {
        if (pool.seeds() >= seeds) {
            cell.rate_shares.push_back(count_rates(pool, seeds));
        }
    }
    return cell;
}

}  // namespace tailrate::coverage
