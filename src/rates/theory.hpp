#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/bound.hpp"
#include "rates/rates.hpp"

namespace tailrate::rates {

/// What a measured exponent says of a statement of theory. None of them confirms it: a
/// window has constants and terms that the exponent does not know.
enum class TheoryVerdict : std::int8_t {
    consistent = 0,
    faster_than_proven = 1,    ///< no contradiction: a bound on the error may be loose
    slower_than_proven = 2,    ///< refutes nothing: look at a longer horizon
    faster_than_possible = 3,  ///< a bug until explained
    not_comparable = 4,        ///< for the reason given
};

inline constexpr std::array<const char*, 5> theory_verdict_names{"consistent",
                                                                 "faster than proven",
                                                                 "slower than proven",
                                                                 "faster than possible",
                                                                 "not comparable"};

[[nodiscard]] constexpr const char* name(TheoryVerdict verdict) {
    return theory_verdict_names[static_cast<std::size_t>(verdict)];
}

struct Judgement {
    TheoryVerdict verdict = TheoryVerdict::not_comparable;
    std::string reason;
};

/// The interval of the measured exponent is widened by this at both ends: exponents of
/// theory are limits, from which those of a horizon of 1e4 differ by 0.01 to 0.02 in
/// our simulations.
inline constexpr double theory_slack = 0.05;

/// Below, a plateau (exponent below 0.1) does not speak against a proven exponent.
inline constexpr double smallest_comparable = 0.2;

/// Sets a statement beside the rates of its cell. The first that applies:
///  1. not comparable: the statement is about something else than was fitted, or its
///     exponent was not fitted, or the window starts before bound.from_iteration;
///  2. a floor (exponent 0, exact or at_most): consistent with a plateau, else not
///     comparable, for it may lie below the errors of this horizon;
///  3. a plateau: not comparable below exponents of 0.2, else slower than proven;
///     consistent with at_most;
///  4. not comparable: the regime is not converging, or the cell is no rate;
///  5. the widened interval against the exponent: below, at or above it. Between the
///     ends of an open statement (exponent_up_to) nothing is comparable.
[[nodiscard]] Judgement judge(const core::Bound& bound, const CellRates& cell);

}  // namespace tailrate::rates
