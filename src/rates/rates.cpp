#include "rates/rates.hpp"

#include <algorithm>
#include <cmath>

#include "core/contracts.hpp"
#include "rates/level.hpp"

namespace tailrate::rates {
namespace {

constexpr std::size_t fewest_seeds = 20;   // below, the interval of the mean is short
constexpr std::size_t fewest_in_half = 3;  // checkpoints of half a window
constexpr double straight = 0.1;           // bound on the curvature of a rate

/// Exponents of one statistic over the window and its halves.
struct Trend {
    Estimate whole;
    Estimate early;
    Estimate late;
    Estimate curvature;
};

Estimate exponent_of(const LoggedWindow& logged, Range part, Statistic statistic) {
    return statistic == Statistic::mean ? mean_exponent(logged, part)
                                        : geometric_exponent(logged, part);
}

Trend measure_trend(const LoggedWindow& logged,
                    const Window& window,
                    Statistic statistic) {
    Trend trend;
    trend.whole = exponent_of(logged, window.whole, statistic);
    if (window.early.size() >= fewest_in_half && window.late.size() >= fewest_in_half) {
        trend.early = exponent_of(logged, window.early, statistic);
        trend.late = exponent_of(logged, window.late, statistic);
        trend.curvature = difference(trend.late, trend.early);
    }
    return trend;
}

/// False where a seed diverged, and where the errors are finite but their sum
/// overflows.
bool has_finite_means(const LoggedWindow& logged) {
    return std::all_of(logged.means.begin(), logged.means.end(), [](double mean) {
        return std::isfinite(mean);
    });
}

Reason reason_of(MomentClass moment,
                 bool finite_means,
                 std::size_t seeds,
                 std::size_t checkpoints) {
    if (moment == MomentClass::infinite) {
        return Reason::infinite_mse;
    }
    if (!finite_means) {
        return Reason::diverged;
    }
    if (seeds < fewest_seeds) {
        return Reason::few_seeds;
    }
    if (checkpoints < fewest_checkpoints) {
        return Reason::short_window;
    }
    return moment == MomentClass::caution ? Reason::caution : Reason::ok;
}

void report_levels(const Curves& curves,
                   const LoggedWindow& logged,
                   MomentClass moment,
                   double quantile,
                   CellRates& rates) {
    const Level mean = final_mean(curves, quantile);
    const Level geo = final_geo(logged, quantile);
    rates.final_mean = mean.value;
    rates.final_mean_ci = moment == MomentClass::infinite ? Interval{} : mean.ci;
    rates.final_geo = geo.value;
    rates.final_geo_ci = geo.ci;
    rates.hill = hill_index(logged);
    rates.largest_share = largest_share(curves);
    rates.diverged_seeds = count_diverged(curves);
}

Trend report_exponents(const LoggedWindow& logged,
                       const Window& window,
                       double quantile,
                       CellRates& rates) {
    if (rates.diverged_seeds > 0 || logged.size() < 2) {
        return {};
    }
    const bool judged_by_mean = rates.judged_by == Statistic::mean;
    Trend trend;
    if (!judged_by_mean || has_finite_means(logged)) {
        trend = measure_trend(logged, window, rates.judged_by);
    }
    if (rates.reason == Reason::ok || rates.reason == Reason::caution) {
        rates.exponent = trend.whole.value;
        rates.exponent_ci = interval(trend.whole, quantile);
    }
    if (logged.seeds >= 2) {
        const Estimate geo =
            judged_by_mean ? geometric_exponent(logged, window.whole) : trend.whole;
        rates.exponent_geo = geo.value;
        rates.exponent_geo_ci = interval(geo, quantile);
    }
    rates.early_exponent = trend.early.value;
    rates.late_exponent = trend.late.value;
    rates.curvature = trend.curvature.value;
    rates.curvature_ci = interval(trend.curvature, quantile);
    return trend;
}

void report_regime(const Curves& curves,
                   const CellFacts& facts,
                   const Window& window,
                   const Trend& trend,
                   double quantile,
                   CellRates& rates) {
    Evidence evidence;
    evidence.seeds = curves.seeds();
    evidence.bad_seeds = count_bad(curves);
    evidence.checkpoints = rates.window_points;
    evidence.value_at_zero = curves.value_at_zero();
    evidence.final_level =
        rates.judged_by == Statistic::mean ? rates.final_mean : rates.final_geo;
    if (rates.window_points >= fewest_checkpoints) {
        evidence.exponent = trend.whole;
    }
    evidence.late_exponent = trend.late;
    evidence.curvature = trend.curvature;
    if (!facts.path_bound.empty()) {
        evidence.possible_path = facts.path_bound[window.offset];
    }
    evidence.final_saturated = facts.final_saturated;
    const Verdict verdict = classify(evidence, quantile);
    rates.regime = verdict.regime;
    rates.regime_reason = verdict.reason;
    rates.is_rate = rates.regime == Regime::converging &&
                    rates.curvature_ci.lower >= -straight &&
                    rates.curvature_ci.upper <= straight;
}

}  // namespace

CellRates fit(const Curves& curves, const CellFacts& facts, double window_decades) {
    check(curves);
    TAILRATE_EXPECTS(facts.path_bound.empty() ||
                     facts.path_bound.size() == curves.checkpoints());
    const Window window = select_window(curves.iterations, window_decades);
    const LoggedWindow logged = log_window(curves, window);
    const std::size_t seeds = curves.seeds();
    const double quantile = t_quantile(seeds);

    CellRates rates;
    rates.window_start = curves.iterations[window.offset];
    rates.window_points = logged.size();
    rates.reason =
        reason_of(facts.moment, has_finite_means(logged), seeds, logged.size());
    rates.judged_by = facts.moment == MomentClass::infinite || seeds < fewest_seeds
                          ? Statistic::geo
                          : Statistic::mean;
    report_levels(curves, logged, facts.moment, quantile, rates);
    const Trend trend = report_exponents(logged, window, quantile, rates);
    report_regime(curves, facts, window, trend, quantile, rates);
    return rates;
}

}  // namespace tailrate::rates
