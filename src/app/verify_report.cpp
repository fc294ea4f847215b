#include "app/verify_report.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/json.hpp"
#include "app/table.hpp"

namespace tailrate::app {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const storage::Scalar& value) {
    if (const auto* real = std::get_if<double>(&value)) {
        return number(*real);
    }
    return std::visit([](const auto& other) { return ordered_json(other); }, value);
}

/// Shortest digits that give the same bits.
std::string to_text(const storage::Scalar& value) {
    return std::visit([](const auto& any) { return fmt::format("{}", any); }, value);
}

const char* name(VerifyState state) {
    return verify_state_names[static_cast<std::size_t>(state)];
}

std::string place_text(const runner::Deviation& deviation) {
    std::string text;
    for (const auto& [axis, value] : deviation.place) {
        text +=
            fmt::format("{}{} {}", text.empty() ? " at " : ", ", axis, to_text(value));
    }
    return text;
}

ordered_json to_json(const VerifiedCell& cell) {
    ordered_json json{{"cell", cell.cell},
                      {"label", cell.label},
                      {"state", name(cell.state)},
                      {"reason", cell.reason},
                      {"deviations", ordered_json::array()}};
    for (const runner::Deviation& deviation : cell.deviations) {
        ordered_json place = ordered_json::object();
        for (const auto& [axis, value] : deviation.place) {
            place[axis] = to_json(value);
        }
        json["deviations"].push_back({{"variable", deviation.variable},
                                      {"place", place},
                                      {"stored", to_json(deviation.stored)},
                                      {"computed", to_json(deviation.computed)}});
    }
    return json;
}

}  // namespace

std::size_t count(const VerifyReport& report, VerifyState state) {
    return static_cast<std::size_t>(std::count_if(
        report.cells.begin(), report.cells.end(), [&](const VerifiedCell& cell) {
            return cell.state == state;
        }));
}

std::string verify_finding(const VerifiedCell& cell) {
    if (cell.deviations.empty()) {
        return cell.reason;
    }
    const runner::Deviation& first = cell.deviations.front();
    std::string text = fmt::format("{}{}: {} in the file, {} computed",
                                   first.variable,
                                   place_text(first),
                                   to_text(first.stored),
                                   to_text(first.computed));
    if (cell.deviations.size() > 1) {
        text += fmt::format("; variables that differ: {}", cell.deviations.size());
    }
    return text;
}

std::string verify_markdown(const VerifyReport& report) {
    std::string text =
        fmt::format("{}: content_sha256 {} fits\n", report.file, report.content_sha256);
    if (!report.cells.empty()) {
        Table table{{"cell", "label", "verdict", "what"}, {true, false, false, false}};
        for (const VerifiedCell& cell : report.cells) {
            table.add({std::to_string(cell.cell),
                       cell.label,
                       name(cell.state),
                       verify_finding(cell)});
        }
        text += "\n" + table.markdown() + "\n";
    }
    for (const std::string& path : report.unchecked) {
        text += fmt::format("not compared: {}\n", path);
    }
    return text + fmt::format(
                      "{} of {} cells: {} identical, {} other bits, {} not "
                      "comparable\n",
                      report.cells.size(),
                      report.all_cells,
                      count(report, VerifyState::identical),
                      count(report, VerifyState::other_bits),
                      count(report, VerifyState::not_comparable));
}

std::string verify_json(const VerifyReport& report) {
    ordered_json json{{"schema", "tailrate.verify/1"},
                      {"file", report.file},
                      {"content_sha256", report.content_sha256},
                      {"exit_code", report.exit_code},
                      {"all_cells", report.all_cells},
                      {"not_compared", report.unchecked},
                      {"cells", ordered_json::array()}};
    for (const VerifiedCell& cell : report.cells) {
        json["cells"].push_back(to_json(cell));
    }
    return json.dump(2) + "\n";
}

}  // namespace tailrate::app
