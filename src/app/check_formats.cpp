#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/check_report.hpp"
#include "app/json.hpp"

namespace tailrate::app {
namespace {

using nlohmann::ordered_json;
using rates::GateState;
using rates::GateTest;

/// null for a candidate that was not run, the name alone of a file that was not read.
ordered_json file_json(const CheckedFile& file) {
    if (file.path.empty()) {
        return nullptr;
    }
    if (file.sha256.empty()) {
        return {{"file", file.path}};
    }
    return {{"file", file.path},
            {"sha256", file.sha256},
            {"version", file.versions.release},
            {"engine", file.versions.engine},
            {"stream", file.versions.stream},
            {"kernels", file.versions.kernels},
            {"seeds", file.seeds}};
}

ordered_json test_json(const GateTest& test) {
    return {{"baseline", number(test.baseline)},
            {"candidate", number(test.candidate)},
            {"worse", number(test.worse)},
            {"se", number(test.standard_error)},
            {"p", number(test.p_worse)},
            {"detectable", number(test.detectable)}};
}

/// Both exponents under their own names; the MSE has none where it is infinite.
void add_exponents(const rates::CellGate& gate,
                   const GateTest& exponent,
                   const GateTest& typical,
                   ordered_json& json) {
    const bool is_mean = gate.statistic == rates::Statistic::mean;
    json["exponent"] = test_json(is_mean ? exponent : GateTest{});
    json["exponent_geo"] = test_json(is_mean ? typical : exponent);
}

ordered_json cell_json(const CheckedCell& cell) {
    const rates::CellGate& gate = cell.gate;
    ordered_json why = ordered_json::array();
    if (gate.divergence_fails) {
        why.push_back("diverged");
    }
    if (gate.exponent_fails) {
        why.push_back("exponent");
    }
    if (gate.level_fails) {
        why.push_back("level");
    }
    ordered_json json{
        {"key", cell.match.key},
        {"label", cell.match.label},
        {"verdict", rates::name(gate.state)},
        {"why", why},
        {"unexplained", cell.unexplained},
        {"paired", gate.has_same_draws},
        {"estimator", gate.statistic == rates::Statistic::mean ? "mean" : "geo"},
        {"regime",
         {rates::name(gate.baseline_regime), rates::name(gate.candidate_regime)}},
        {"bad_seeds", {gate.baseline_bad_seeds, gate.candidate_bad_seeds}},
        {"seeds_used", gate.seeds}};
    add_exponents(gate, gate.exponent, gate.typical, json);
    json["log_level"] = test_json(gate.level);
    if (gate.confirmation_seeds > 0) {
        ordered_json& confirmation = json["confirmation"];
        confirmation["seeds_used"] = gate.confirmation_seeds;
        add_exponents(gate, gate.confirmed_exponent, {}, confirmation);
        confirmation["log_level"] = test_json(gate.confirmed_level);
    }
    return json;
}

/// Text inside XML.
std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

std::string test_case(const std::string& group,
                      const std::string& name,
                      const std::string& content) {
    return fmt::format(" <testcase classname=\"{}\" name=\"{}\"{}\n",
                       escaped(group),
                       escaped(name),
                       content.empty() ? "/>" : ">" + content + "</testcase>");
}

/// What is wrong, by how much, and what to do.
std::string failure_message(const CheckReport& report, const CheckedCell& cell) {
    const rates::CellGate& gate = cell.gate;
    std::string text = finding(cell);
    if (!std::isnan(gate.level.worse)) {
        text += "; level " + level_change(gate.level);
    }
    if (!std::isnan(gate.exponent.worse)) {
        text += fmt::format(", {} {:.3f} -> {:.3f}",
                            exponent_name(gate),
                            gate.exponent.baseline,
                            gate.exponent.candidate);
    }
    return text + ". Reproduce: " + report.command + ". " + advice(report, cell);
}

/// The same of a cell that only the baseline has.
std::string missing_message(const MissingCell& cell) {
    return fmt::format("not in the candidate{}. {}",
                       cell.difference.empty() ? "" : " (" + cell.difference + ")",
                       advice_to_missing);
}

/// The same of files that cannot be compared.
std::string obstacle_message(const Obstacle& obstacle) {
    return obstacle.text + ". " + obstacle.advice;
}

std::string junit_content(const CheckReport& report, const CheckedCell& cell) {
    const GateState state = cell.gate.state;
    if (stops(report, cell)) {
        const bool is_error = state == GateState::suspect;
        return fmt::format("<{} type=\"{}\" message=\"{}\"/>",
                           is_error ? "error" : "failure",
                           is_error                   ? "undecided"
                           : state == GateState::fail ? "regression"
                                                      : "unexplained",
                           escaped(failure_message(report, cell)));
    }
    if (state == GateState::untested) {
        return fmt::format("<skipped message=\"{}\"/>", escaped(finding(cell)));
    }
    if (state == GateState::changed || state == GateState::improved ||
        !cell.unexplained.empty()) {
        return fmt::format("<system-out>{}</system-out>", escaped(finding(cell)));
    }
    return {};
}

/// Newlines and percent signs would end a workflow command.
std::string annotation(const char* kind, const std::string& text) {
    std::string line = fmt::format("::{} title=tailrate check::", kind);
    for (const char c : text) {
        line += c == '%'    ? std::string{"%25"}
                : c == '\n' ? std::string{"%0A"}
                            : std::string{c};
    }
    return line + "\n";
}

}  // namespace

std::string check_json(const CheckReport& report) {
    std::vector<std::string> missing;
    std::vector<std::string> differences;
    for (const MissingCell& cell : report.comparison.missing_cells) {
        missing.push_back(cell.label);
        differences.push_back(cell.difference);
    }
    std::vector<std::string> obstacles;
    for (const Obstacle& obstacle : report.comparison.obstacles) {
        obstacles.push_back(obstacle.text);
    }
    ordered_json counts;
    for (std::size_t k = 0; k < rates::gate_state_names.size(); ++k) {
        counts[rates::gate_state_names[k]] = count(report, static_cast<GateState>(k));
    }
    counts["new"] = report.comparison.new_cells.size();
    counts["missing"] = report.comparison.missing_cells.size();
    ordered_json json{{"schema", "tailrate.check/1"},
                      {"verdict", name(report.verdict)},
                      {"exit_code", report.exit_code},
                      {"metric", "squared_error"},
                      {"window", {report.window_start, report.horizon}},
                      {"paired", count_other_draws(report) == 0},
                      {"seeds", report.comparison.seeds.size()},
                      {"baseline", file_json(report.baseline)},
                      {"candidate", file_json(report.candidate)},
                      {"rule",
                       {{"family_error", report.rule.family_error},
                        {"tests", report.tests},
                        {"min_drop", report.rule.material_drop},
                        {"min_level", report.rule.material_ratio}}},
                      {"counts", counts},
                      {"obstacles", obstacles},
                      {"missing", missing},
                      {"missing_differences", differences},
                      {"new", report.comparison.new_cells},
                      {"advice", advice(report)},
                      {"cells", ordered_json::array()}};
    for (const CheckedCell& cell : report.cells) {
        json["cells"].push_back(cell_json(cell));
    }
    return json.dump(2) + "\n";
}

std::string check_junit(const CheckReport& report) {
    std::string cases;
    std::size_t tests = report.cells.size();
    std::size_t failures = 0;
    std::size_t errors = 0;
    std::size_t skipped = 0;
    for (const CheckedCell& cell : report.cells) {
        const std::string content = junit_content(report, cell);
        failures += content.starts_with("<failure") ? 1U : 0U;
        errors += content.starts_with("<error") ? 1U : 0U;
        skipped += content.starts_with("<skipped") ? 1U : 0U;
        cases += test_case(cell.group, cell.match.label, content);
    }
    for (const MissingCell& cell : report.comparison.missing_cells) {
        ++errors;
        ++tests;
        cases += test_case(
            "missing",
            cell.label,
            fmt::format("<error message=\"{}\"/>", escaped(missing_message(cell))));
    }
    for (const Obstacle& obstacle : report.comparison.obstacles) {
        ++errors;
        ++tests;
        cases += test_case("comparable",
                           obstacle.text,
                           fmt::format("<error message=\"{}\"/>",
                                       escaped(obstacle_message(obstacle))));
    }
    return fmt::format(
        "{} tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}"
        "</testsuite>\n",
        junit_head,
        tests,
        failures,
        errors,
        skipped,
        cases);
}

std::string check_annotations(const CheckReport& report) {
    std::string text;
    for (const Obstacle& obstacle : report.comparison.obstacles) {
        text += annotation("error", "not comparable: " + obstacle_message(obstacle));
    }
    for (const MissingCell& cell : report.comparison.missing_cells) {
        text += annotation("error", cell.label + ": " + missing_message(cell));
    }
    for (const CheckedCell& cell : report.cells) {
        if (stops(report, cell)) {
            text += annotation("error",
                               cell.match.label + ": " + failure_message(report, cell));
        } else if (!cell.unexplained.empty() ||
                   cell.gate.candidate_bad_seeds > cell.gate.baseline_bad_seeds) {
            text += annotation("warning", cell.match.label + ": " + finding(cell));
        }
    }
    return text;
}

}  // namespace tailrate::app
