#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runner/verification.hpp"

namespace tailrate::app {

enum class VerifyState : std::uint8_t { identical, other_bits, not_comparable };
inline constexpr std::array<const char*, 3> verify_state_names{
    "identical", "other bits", "not comparable"};

/// A cell of the sample.
struct VerifiedCell {
    std::size_t cell = 0;
    std::string label;
    VerifyState state = VerifyState::identical;
    std::string reason;  ///< of not_comparable
    std::vector<runner::Deviation> deviations;
};

struct VerifyReport {
    std::string file;
    std::string content_sha256;
    std::size_t all_cells = 0;
    std::vector<VerifiedCell> cells;
    /// Variables that only the file or only this program has.
    std::vector<std::string> unchecked;
    int exit_code = 0;
};

[[nodiscard]] std::size_t count(const VerifyReport& report, VerifyState state);

/// "squared_error at seed 17, iteration 1000: 0.5 in the file, 0.25 computed; 4 more
/// variables", or why the cell cannot be compared; empty for an identical one.
[[nodiscard]] std::string verify_finding(const VerifiedCell& cell);

[[nodiscard]] std::string verify_markdown(const VerifyReport& report);
/// Schema tailrate.verify/1.
[[nodiscard]] std::string verify_json(const VerifyReport& report);

}  // namespace tailrate::app
