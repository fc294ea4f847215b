#pragma once

#include <string>
#include <vector>

#include "app/check_input.hpp"
#include "rates/gate.hpp"

namespace tailrate::app {

/// What a check has found in one cell.
struct CheckedCell {
    MatchedCell match;
    rates::CellGate gate;
    std::string group;                     ///< "noise.problem", for JUnit
    std::vector<std::string> unexplained;  ///< in words; --strict makes them count
};

/// A file of a check, as it is named in reports.
struct CheckedFile {
    std::string path;
    std::string sha256;
    Versions versions;
    std::string seeds;  ///< "0-99"
};

enum class CheckVerdict { pass, regression, unexplained, missing, incomparable };

struct CheckReport {
    CheckVerdict verdict = CheckVerdict::pass;
    int exit_code = 0;
    CheckedFile baseline;
    CheckedFile candidate;
    Comparison comparison;
    rates::GateRule rule;
    std::int64_t window_start = 0;
    std::int64_t horizon = 0;
    bool is_paired = true;
    std::size_t tests = 0;
    std::vector<CheckedCell> cells;
    std::string command;  ///< that gives the same report again
};

/// "fail: exponent, level" and what else is to be said of a cell in one phrase.
[[nodiscard]] std::string finding(const CheckedCell& cell);

/// How many cells are in this state.
[[nodiscard]] std::size_t count(const CheckReport& report, rates::GateState state);

/// What to do about the verdict, one line each.
[[nodiscard]] std::vector<std::string> advice(const CheckReport& report);

[[nodiscard]] std::string check_markdown(const CheckReport& report);
[[nodiscard]] std::string check_json(const CheckReport& report);
[[nodiscard]] std::string check_junit(const CheckReport& report);
/// Workflow commands of GitHub Actions: ::error and ::warning lines.
[[nodiscard]] std::string check_annotations(const CheckReport& report);

}  // namespace tailrate::app
