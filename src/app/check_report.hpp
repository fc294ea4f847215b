#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/check_confirm.hpp"
#include "app/check_input.hpp"
#include "rates/gate.hpp"

namespace tailrate::app {

/// What a check has found in one cell.
struct CheckedCell {
    MatchedCell match;
    rates::CellGate gate;
    std::string group;                     ///< "noise.problem", for JUnit
    std::vector<std::string> unexplained;  ///< in words; --strict makes them count
    std::size_t seeds = 0;                 ///< that both files have
};

/// A file of a check, as it is named in reports.
struct CheckedFile {
    std::string path;
    std::string sha256;
    Versions versions;
    std::string seeds;  ///< "0-99"
};

enum class CheckVerdict {
    pass,
    regression,
    undecided,    ///< suspects that cannot be confirmed
    unexplained,  ///< only with --strict
    missing,
    incomparable
};

inline constexpr std::array<const char*, 6> check_verdict_names{
    "pass", "regression", "undecided", "unexplained", "missing", "incomparable"};

[[nodiscard]] constexpr const char* name(CheckVerdict verdict) {
    return check_verdict_names[static_cast<std::size_t>(verdict)];
}

struct CheckReport {
    CheckVerdict verdict = CheckVerdict::pass;
    int exit_code = 0;
    CheckedFile baseline;
    CheckedFile candidate;  ///< its path is empty where it was not run
    Comparison comparison;
    rates::GateRule rule;
    std::int64_t window_start = 0;
    std::int64_t horizon = 0;
    std::size_t tests = 0;
    Undecided undecided = Undecided::none;
    std::size_t baseline_confirmation_seeds = 0;
    std::vector<CheckedCell> cells;
    std::string command;  ///< that gives the same report again
};

/// Everything that is to be said of a cell, in parts.
[[nodiscard]] std::vector<std::string> findings(const CheckedCell& cell);

/// These in one phrase: "MSE exponent (drop 0.037 ± 0.006); level".
[[nodiscard]] std::string finding(const CheckedCell& cell);

/// Which exponent is tested in a cell, in words.
[[nodiscard]] const char* exponent_name(const rates::CellGate& gate);

/// "x1.31 ×÷1.02", with the factor of two standard errors; empty where there is none.
[[nodiscard]] std::string level_change(const rates::GateTest& test);

/// How many cells are in this state, and how many met other draws.
[[nodiscard]] std::size_t count(const CheckReport& report, rates::GateState state);
[[nodiscard]] std::size_t count_other_draws(const CheckReport& report);

/// The cells of which there is something to say, with notes below, for a terminal of
/// 100 columns where names are short; empty where there are none.
[[nodiscard]] std::string check_table(const CheckReport& report);

/// Whether the cell alone keeps the check from passing.
[[nodiscard]] bool stops(const CheckReport& report, const CheckedCell& cell);

/// What to do about a cell that stops the check; empty for another.
[[nodiscard]] std::string advice(const CheckReport& report, const CheckedCell& cell);

/// What to do about missing cells.
inline constexpr const char* advice_to_missing =
    "Put the cells back into the experiment, or make a new baseline without them.";

/// What to do about all that was found, one line each.
[[nodiscard]] std::vector<std::string> advice(const CheckReport& report);

/// How every JUnit report of ours begins.
inline constexpr std::string_view junit_head =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"tailrate check\"";

[[nodiscard]] std::string check_markdown(const CheckReport& report);
[[nodiscard]] std::string check_json(const CheckReport& report);
[[nodiscard]] std::string check_junit(const CheckReport& report);
/// Workflow commands of GitHub Actions: ::error and ::warning lines.
[[nodiscard]] std::string check_annotations(const CheckReport& report);

}  // namespace tailrate::app
