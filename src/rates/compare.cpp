#include "rates/compare.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/contracts.hpp"
#include "math/elementary.hpp"
#include "math/special.hpp"
#include "rates/holm.hpp"

namespace tailrate::rates {
namespace {

constexpr double upper_probability = 0.975;    // two-sided 95 %
constexpr double least_standard_error = 1e-9;  // rounding is no evidence

/// Seeds in which a has the smaller error, and the larger one.
struct Score {
    std::size_t wins = 0;
    std::size_t losses = 0;
};

Score score(std::span<const double> a, std::span<const double> b) {
    Score result;
    for (std::size_t r = 0; r < a.size(); ++r) {
        result.wins += a[r] < b[r] ? 1U : 0U;
        result.losses += b[r] < a[r] ? 1U : 0U;
    }
    return result;
}

bool is_finite(std::span<const double> values) {
    return std::all_of(
        values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

/// Two-sided exact sign test: twice P(Binomial(n, 1/2) <= fewer), n = wins + losses.
double sign_test(Score counts) {
    const std::size_t decided = counts.wins + counts.losses;
    const std::size_t fewer = std::min(counts.wins, counts.losses);
    if (decided == 2 * fewer) {
        return 1.0;
    }
    return 2.0 * math::incomplete_beta(static_cast<double>(decided - fewer),
                                       static_cast<double>(fewer + 1),
                                       0.5);
}

/// b's log errors less a's.
Estimate log_ratio(std::span<const double> a, std::span<const double> b) {
    Estimate ratio;
    ratio.value = 0.0;
    ratio.influence.resize(a.size());
    for (std::size_t r = 0; r < a.size(); ++r) {
        ratio.influence[r] = b[r] - a[r];
        ratio.value += ratio.influence[r];
    }
    ratio.value /= static_cast<double>(a.size());
    ratio.standard_error = standard_error(ratio.influence);
    return ratio;
}

double student_test(const Estimate& estimate) {
    const double error = std::max(estimate.standard_error, least_standard_error);
    const double dof = static_cast<double>(estimate.influence.size() - 1);
    return 2.0 * math::student_t_cdf(-std::abs(estimate.value) / error, dof);
}

std::vector<Pair> all_pairs(std::span<const Snapshot> cells,
                            const std::vector<std::size_t>& order) {
    std::vector<Pair> pairs;
    std::vector<double> p;
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t j = i + 1; j < order.size(); ++j) {
            Pair pair =
                compare_pair(cells[order[i]].log_errors, cells[order[j]].log_errors);
            pair.a = order[i];
            pair.b = order[j];
            p.push_back(pair.p);
            pairs.push_back(pair);
        }
    }
    const std::vector<double> adjusted = holm_adjusted(p);
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        pairs[k].p_holm = adjusted[k];
    }
    return pairs;
}

std::vector<Standing> judge(const GroupComparison& group, double family_error) {
    std::vector<Standing> standings(group.order.size(), Standing::undecided);
    bool is_best = true;
    for (std::size_t k = 0; k + 1 < group.order.size(); ++k) {
        const Pair& pair = group.pairs[k];
        const bool is_told = pair.p_holm <= family_error;
        const bool is_behind =
            pair.test == PairTest::student || pair.a_wins.value > 0.5;
        is_best = is_best && is_told && is_behind;
        if (is_told) {
            standings[pair.b] = is_behind ? Standing::worse : Standing::ahead;
        }
    }
    if (is_best) {
        standings[group.leader()] = Standing::best;
    }
    return standings;
}

}  // namespace

Frequency wilson(double wins, std::size_t trials) {
    TAILRATE_EXPECTS(trials >= 1);
    const auto n = static_cast<double>(trials);
    TAILRATE_EXPECTS(wins >= 0.0 && wins <= n);
    static const double z = math::normal_quantile(upper_probability);
    const double p = wins / n;
    const double shrink = 1.0 + z * z / n;
    const double centre = (p + z * z / (2.0 * n)) / shrink;
    const double half_width =
        z / shrink * std::sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n));
    // The ends 0 and 1 are exact; elsewhere the bounds lie strictly inside.
    return {p,
            {wins == 0.0 ? 0.0 : centre - half_width,
             wins == n ? 1.0 : centre + half_width}};
}

std::optional<std::size_t> checkpoint_within(std::span<const std::int64_t> iterations,
                                             double calls_per_iteration,
                                             double budget) {
    std::size_t checkpoint = 0;
    while (checkpoint + 1 < iterations.size() &&
           calls_per_iteration * static_cast<double>(iterations[checkpoint + 1]) <=
               budget) {
        ++checkpoint;
    }
    return checkpoint == 0 ? std::nullopt : std::optional{checkpoint};
}

Snapshot snapshot(const Curves& curves, std::size_t checkpoint) {
    TAILRATE_EXPECTS(checkpoint >= 1 && checkpoint < curves.checkpoints());
    // Curves that end at the checkpoint: their horizon is what is looked at.
    const std::array<std::int64_t, 2> iterations{0, curves.iterations[checkpoint]};
    std::vector<double> errors;
    errors.reserve(2 * curves.seeds());
    for (std::size_t r = 0; r < curves.seeds(); ++r) {
        errors.push_back(curves.at(r, 0));
        errors.push_back(curves.at(r, checkpoint));
    }
    const Curves last{iterations, errors};
    check(last);
    Window window;
    window.offset = 1;
    window.whole = {0, 1};
    LoggedWindow logged = log_window(last, window);
    const double quantile = t_quantile(curves.seeds());
    Snapshot result;
    result.geometric = final_geo(logged, quantile);
    result.mean = final_mean(last, quantile);
    result.diverged = count_diverged(last);
    result.log_errors = std::move(logged.log_errors);
    return result;
}

std::optional<std::size_t> first_within(const Curves& curves, double accuracy) {
    const std::size_t n = curves.checkpoints() - 1;
    Window window;
    window.offset = 1;
    window.whole = {0, n};
    const LoggedWindow logged = log_window(curves, window);
    std::size_t first = curves.checkpoints();
    while (first > 1) {
        double log_level = 0.0;
        for (std::size_t r = 0; r < logged.seeds; ++r) {
            log_level += logged.log_errors[r * n + first - 2];
        }
        log_level /= static_cast<double>(logged.seeds);
        if (!(math::exp(log_level) <= accuracy)) {
            break;
        }
        --first;
    }
    if (first == 1 && curves.value_at_zero() <= accuracy) {
        first = 0;
    }
    return first == curves.checkpoints() ? std::nullopt : std::optional{first};
}

Pair compare_pair(std::span<const double> log_errors_a,
                  std::span<const double> log_errors_b) {
    TAILRATE_EXPECTS(log_errors_a.size() == log_errors_b.size());
    TAILRATE_EXPECTS(log_errors_a.size() >= 2);
    const std::size_t seeds = log_errors_a.size();
    const Score counts = score(log_errors_a, log_errors_b);
    const std::size_t ties = seeds - counts.wins - counts.losses;
    Pair pair;
    pair.a_wins = wilson(
        static_cast<double>(counts.wins) + 0.5 * static_cast<double>(ties), seeds);
    if (!is_finite(log_errors_a) || !is_finite(log_errors_b)) {
        pair.test = PairTest::sign;
        pair.p = sign_test(counts);
        return pair;
    }
    const Estimate ratio = log_ratio(log_errors_a, log_errors_b);
    const Interval ci = interval(ratio, t_quantile(seeds));
    pair.ratio = math::exp(ratio.value);
    pair.ratio_ci = {math::exp(ci.lower), math::exp(ci.upper)};
    pair.p = student_test(ratio);
    return pair;
}

GroupComparison compare_group(std::span<const Snapshot> cells, double family_error) {
    TAILRATE_EXPECTS(cells.size() >= 2);
    GroupComparison group;
    group.order.resize(cells.size());
    std::iota(group.order.begin(), group.order.end(), std::size_t{0});
    std::stable_sort(
        group.order.begin(), group.order.end(), [&](std::size_t i, std::size_t j) {
            return cells[i].diverged != cells[j].diverged
                       ? cells[i].diverged < cells[j].diverged
                       : cells[i].geometric.value < cells[j].geometric.value;
        });
    group.pairs = all_pairs(cells, group.order);
    group.standings = judge(group, family_error);
    return group;
}

}  // namespace tailrate::rates
