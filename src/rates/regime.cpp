#include "rates/regime.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace tailrate::rates {
namespace {

constexpr double flat = 0.1;  // below: no rate. Under half of a proven rate
constexpr double bend = 0.1;  // change of exponent that matters
constexpr double strict_errors =
    3.0;                        // standard errors for bends and exponents above 1
constexpr double creep = 0.05;  // exponent at which saturated clients travel
constexpr double most_saturated = 0.5;   // share of the clients' messages
constexpr double path_needed = 2.0;      // initial distances
constexpr std::size_t lost_one_in = 20;  // 5 % of the seeds
constexpr double rounding = 1e-9;        // runs without noise have no standard error

constexpr std::array<const char*, fewest_checkpoints> short_window{
    "the window has no checkpoint of the 4 needed",
    "the window has 1 checkpoint of the 4 needed",
    "the window has 2 checkpoints of the 4 needed",
    "the window has 3 checkpoints of the 4 needed"};

bool is_travelling_by_path(const Evidence& evidence) {
    return evidence.possible_path < path_needed * std::sqrt(evidence.value_at_zero);
}

bool is_bend(const Estimate& curvature, double strict) {
    const double size = std::abs(curvature.value);
    return size > bend && size > strict * curvature.standard_error;
}

bool is_saturated(const Evidence& evidence) {
    return evidence.final_saturated > most_saturated;
}

Verdict classify_rising(const Evidence& evidence, double quantile) {
    if (evidence.final_level > evidence.value_at_zero) {
        return {Regime::diverging, "rises and stands above its value at 0"};
    }
    const Interval late = interval(evidence.late_exponent, quantile);
    if (is_saturated(evidence) && late.upper < -flat) {
        return {Regime::transient, "most messages are saturated and the error rises"};
    }
    return {Regime::plateau, "rises to a bias that it overshot"};
}

Verdict classify_falling(const Evidence& evidence, double quantile, bool bends) {
    const Interval ci = interval(evidence.exponent, quantile);
    if (is_saturated(evidence) && ci.lower > creep) {
        return {Regime::transient, "most messages are saturated and the error falls"};
    }
    if (bends && evidence.curvature.value < 0.0) {
        return {Regime::decelerating, "flattens: the exponent is local"};
    }
    if (bends) {
        return {Regime::accelerating, "steepens: the exponent is local"};
    }
    if (ci.lower > flat) {
        return {Regime::converging, "exponent above 0.1 without a bend"};
    }
    return {Regime::inconclusive, "the interval of the exponent contains 0.1"};
}

Verdict classify_trend(const Evidence& evidence, double quantile) {
    const double strict = std::max(strict_errors, quantile);
    const Interval ci = interval(evidence.exponent, quantile);
    if (ci.upper < -flat) {
        return classify_rising(evidence, quantile);
    }
    if (interval(evidence.exponent, strict).lower > 1.0 + rounding) {
        return {Regime::transient, "exponent above 1: not a rate of one draw per step"};
    }
    const bool bends = is_bend(evidence.curvature, strict);
    const Interval late = interval(evidence.late_exponent, quantile);
    if (bends && evidence.curvature.value < 0.0 && late.upper < flat) {
        return {Regime::plateau, "exponent of the late half below 0.1"};
    }
    if (ci.upper < flat) {
        return {Regime::plateau, "exponent below 0.1"};
    }
    return classify_falling(evidence, quantile, bends);
}

}  // namespace

Verdict classify(const Evidence& evidence, double quantile) {
    if (evidence.bad_seeds * lost_one_in > evidence.seeds) {
        return {Regime::diverged,
                "over 5 % of the seeds are infinite or above 1e6 times "
                "the value at 0"};
    }
    if (is_travelling_by_path(evidence)) {
        return {Regime::transient, "updates too small to have arrived by the window"};
    }
    if (evidence.seeds < 2) {
        return {Regime::inconclusive, "one seed has no interval"};
    }
    if (evidence.checkpoints < fewest_checkpoints) {
        return {Regime::inconclusive, short_window[evidence.checkpoints]};
    }
    if (std::isnan(evidence.exponent.value)) {
        return {Regime::inconclusive,
                evidence.bad_seeds > 0 ? "a seed diverged"
                                       : "the mean over seeds overflows"};
    }
    return classify_trend(evidence, quantile);
}

}  // namespace tailrate::rates
