#pragma once

/// What the program ends with, but for 0.
namespace tailrate::app::exit_code {

inline constexpr int regression_found = 1;
inline constexpr int bad_input = 2;
inline constexpr int incomplete = 3;  ///< cells failed, or rows are missing
/// Files of different studies, or a check that is undecided or unexplained.
inline constexpr int incomparable = 4;
inline constexpr int interrupted = 130;

}  // namespace tailrate::app::exit_code
