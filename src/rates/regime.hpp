#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "rates/exponent.hpp"

namespace tailrate::rates {

/// What a curve does in the window. Only `converging` may be called a rate.
enum class Regime : std::int8_t {
    converging = 0,    ///< exponent above 0.1, no bend
    plateau = 1,       ///< exponent below 0.1, in the window or in its late half
    decelerating = 2,  ///< falls, and flattens
    accelerating = 3,  ///< falls, and steepens
    inconclusive = 4,  ///< too few seeds or checkpoints, or an interval across 0.1
    diverging = 5,     ///< rises, and stands above the value at 0
    diverged = 6,      ///< more than 5 % of the seeds are lost
    transient = 7,     ///< on its way: exponent above 1, or bounded updates that travel
};

inline constexpr std::array<const char*, 8> regime_names{"converging",
                                                         "plateau",
                                                         "decelerating",
                                                         "accelerating",
                                                         "inconclusive",
                                                         "diverging",
                                                         "diverged",
                                                         "transient"};

[[nodiscard]] constexpr const char* name(Regime regime) {
    return regime_names[static_cast<std::size_t>(regime)];
}

/// Smallest number of checkpoints in a window that an exponent is reported of.
inline constexpr std::size_t fewest_checkpoints = 4;

/// All that the regime of a cell depends on. Exponents are those of one statistic; NaN
/// where they do not exist.
struct Evidence {
    std::size_t seeds = 0;
    std::size_t bad_seeds = 0;                     ///< see count_bad
    std::size_t checkpoints = fewest_checkpoints;  ///< in the window
    double value_at_zero = 0.0;                    ///< squared error at iteration 0
    double final_level = 0.0;  ///< of the same statistic as the exponents
    Estimate exponent;         ///< over the window
    Estimate late_exponent;    ///< over its late half
    Estimate curvature;        ///< late minus early half
    /// See CellFacts; by the start of the window.
    double possible_path = std::numeric_limits<double>::infinity();
    double final_saturated = not_a_number;  ///< see CellFacts
};

/// A regime with the sentence that explains it to a reader of a table.
struct Verdict {
    Regime regime = Regime::inconclusive;
    std::string_view reason;
};

/// The first that applies, with q the 97.5 % t quantile:
///  1. diverged: bad seeds above 5 %;
///  2. transient: the possible path is below twice the initial distance;
///  3. inconclusive: no standard error, too few checkpoints, or no exponent;
///  4. exponent + q s.e. < -0.1: diverging when the final level is above the value at
///     0; else transient when over half of the messages are saturated at the horizon
///     and the late half rises likewise; else plateau (it rises to a bias it overshot);
///  5. transient: exponent significantly above 1, no rate of one draw per step;
///  6. plateau: the late half + q s.e. < 0.1 after a significant bend down, or the
///     exponent + q s.e. < 0.1;
///  7. transient: over half of the messages saturated at the horizon while the exponent
///     - q s.e. > 0.05;
///  8. decelerating, accelerating: a significant bend;
///  9. converging: exponent - q s.e. > 0.1; else inconclusive.
/// A bend is significant when the curvature is above 0.1 and above 3 s.e. (q s.e. where
/// that is more). So is an exponent above 1: q alone would call one in forty cells of
/// exponent 1 transient. Plateaus come before saturation, because at the floor of a
/// clipped method most messages stay saturated. In our simulations of 360 cells of norm
/// clipping, all 74 on their way were transient (56 were converging without rules 2 and
/// 7), and 1 of 118 settled ones; it would be 31 with rule 7 first and on the size of
/// the exponent alone.
[[nodiscard]] Verdict classify(const Evidence& evidence, double quantile);

}  // namespace tailrate::rates
