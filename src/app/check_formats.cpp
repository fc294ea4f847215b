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

constexpr std::array<const char*, 5> verdict_names{
    "pass", "regression", "unexplained", "missing", "incomparable"};

ordered_json file_json(const CheckedFile& file) {
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
        {"estimator", gate.statistic == rates::Statistic::mean ? "mean" : "geo"},
        {"regime",
         {rates::name(gate.baseline_regime), rates::name(gate.candidate_regime)}},
        {"bad_seeds", {gate.baseline_bad_seeds, gate.candidate_bad_seeds}},
        {"seeds_used", gate.seeds},
        {"exponent", test_json(gate.exponent)},
        {"log_level", test_json(gate.level)}};
    if (gate.confirmed_level.is_tested()) {
        json["confirmation"] = {{"exponent", test_json(gate.confirmed_exponent)},
                                {"log_level", test_json(gate.confirmed_level)}};
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

/// A failure says by how much; what to do stands below it.
std::string failure_message(const CheckReport& report, const CheckedCell& cell) {
    std::string text = finding(cell);
    if (!std::isnan(cell.gate.level.worse)) {
        text += fmt::format(
            "; level x{:.3g}, exponent drop {:.3f}",
            std::exp(cell.gate.level.worse),
            std::isnan(cell.gate.exponent.worse) ? 0.0 : cell.gate.exponent.worse);
    }
    for (const std::string& line : advice(report)) {
        text += ". " + line;
    }
    return text;
}

std::string junit_content(const CheckReport& report, const CheckedCell& cell) {
    const GateState state = cell.gate.state;
    if (state == GateState::fail) {
        return fmt::format("<failure type=\"regression\" message=\"{}\"/>",
                           escaped(failure_message(report, cell)));
    }
    if (state == GateState::untested) {
        return "<skipped message=\"baseline diverged\"/>";
    }
    if (report.verdict == CheckVerdict::unexplained && !cell.unexplained.empty()) {
        return fmt::format("<failure type=\"unexplained\" message=\"{}\"/>",
                           escaped(failure_message(report, cell)));
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
    ordered_json counts;
    for (std::size_t k = 0; k < rates::gate_state_names.size(); ++k) {
        counts[rates::gate_state_names[k]] = count(report, static_cast<GateState>(k));
    }
    counts["new"] = report.comparison.new_cells.size();
    counts["missing"] = report.comparison.missing_cells.size();
    ordered_json json{
        {"schema", "tailrate.check/1"},
        {"verdict", verdict_names[static_cast<std::size_t>(report.verdict)]},
        {"exit_code", report.exit_code},
        {"metric", "squared_error"},
        {"window", {report.window_start, report.horizon}},
        {"paired", report.is_paired},
        {"seeds", report.comparison.seeds.size()},
        {"baseline", file_json(report.baseline)},
        {"candidate", file_json(report.candidate)},
        {"rule",
         {{"family_error", report.rule.family_error},
          {"tests", report.tests},
          {"min_drop", report.rule.material_drop},
          {"min_level", report.rule.material_ratio}}},
        {"counts", counts},
        {"obstacles", report.comparison.obstacles},
        {"missing", report.comparison.missing_cells},
        {"new", report.comparison.new_cells},
        {"cells", ordered_json::array()}};
    for (const CheckedCell& cell : report.cells) {
        json["cells"].push_back(cell_json(cell));
    }
    return json.dump(2) + "\n";
}

std::string check_junit(const CheckReport& report) {
    std::string cases;
    std::size_t failures = 0;
    std::size_t errors = 0;
    for (const CheckedCell& cell : report.cells) {
        const std::string content = junit_content(report, cell);
        failures += content.starts_with("<failure") ? 1U : 0U;
        cases += test_case(cell.group, cell.match.label, content);
    }
    for (const std::string& label : report.comparison.missing_cells) {
        ++errors;
        cases +=
            test_case("missing", label, "<error message=\"not in the candidate\"/>");
    }
    for (const std::string& obstacle : report.comparison.obstacles) {
        ++errors;
        cases += test_case("comparable",
                           obstacle,
                           fmt::format("<error message=\"{}\"/>", escaped(obstacle)));
    }
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"tailrate "
        "check\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}"
        "</testsuite>\n",
        report.cells.size() + errors,
        failures,
        errors,
        count(report, GateState::untested),
        cases);
}

std::string check_annotations(const CheckReport& report) {
    std::string text;
    for (const std::string& obstacle : report.comparison.obstacles) {
        text += annotation("error", "not comparable: " + obstacle);
    }
    for (const std::string& label : report.comparison.missing_cells) {
        text += annotation("error", "missing cell: " + label);
    }
    for (const CheckedCell& cell : report.cells) {
        const std::string line =
            cell.match.label + ": " + failure_message(report, cell);
        if (cell.gate.state == GateState::fail ||
            (report.verdict == CheckVerdict::unexplained &&
             !cell.unexplained.empty())) {
            text += annotation("error", line);
        } else if (!cell.unexplained.empty() ||
                   cell.gate.candidate_bad_seeds > cell.gate.baseline_bad_seeds) {
            text += annotation("warning", cell.match.label + ": " + finding(cell));
        }
    }
    return text;
}

}  // namespace tailrate::app
