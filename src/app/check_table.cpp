#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/check_report.hpp"
#include "app/short_names.hpp"
#include "app/table.hpp"

namespace tailrate::app {
namespace {

using rates::GateState;
using rates::GateTest;

// What a table and its notes may take of a line of 100 characters.
constexpr std::size_t longest_name = 38;
constexpr std::size_t longest_note = 96;

bool is_worth_a_line(const CheckedCell& cell) {
    const GateState state = cell.gate.state;
    const bool is_quiet = state == GateState::identical ||
                          state == GateState::rounding || state == GateState::pass;
    return !is_quiet || !cell.unexplained.empty() ||
           cell.gate.candidate_bad_seeds > cell.gate.baseline_bad_seeds;
}

const char* mark(const CheckedCell& cell) {
    switch (cell.gate.state) {
        case GateState::fail:
            return "x";
        case GateState::suspect:
            return "?";
        default:
            return cell.unexplained.empty() ? "~" : "!";
    }
}

/// "+0.003", the change of an exponent; no sign where it is 0.000.
std::string change_text(double change) {
    return std::abs(change) < 0.0005 ? "0.000" : fmt::format("{:+.3f}", change);
}

/// "0.809 -> 0.771" where that is the matter, else the change alone.
std::string exponents_text(const GateTest& test, bool is_the_matter) {
    if (std::isnan(test.worse)) {
        return "";
    }
    return is_the_matter
               ? fmt::format("{:.3f} -> {:.3f}", test.baseline, test.candidate)
               : change_text(-test.worse);
}

/// "a" to "z", then "aa", "ab".
std::string letters(std::size_t number) {
    constexpr std::size_t alphabet = 26;
    const std::string last(1, static_cast<char>('a' + number % alphabet));
    return number < alphabet ? last : letters(number / alphabet - 1) + last;
}

/// The parts of a note, in as many lines as it takes.
std::string note_text(const std::string& mark, const std::vector<std::string>& parts) {
    const std::string indent(mark.size() + 2, ' ');
    std::string text = mark + ": ";
    std::size_t width = text.size();
    for (std::size_t k = 0; k < parts.size(); ++k) {
        const std::string part = parts[k] + (k + 1 < parts.size() ? ";" : "");
        if (k > 0 && width + 1 + part.size() > longest_note) {
            text += "\n" + indent;
            width = indent.size();
        } else if (k > 0) {
            text += " ";
            ++width;
        }
        text += part;
        width += part.size();
    }
    return text + "\n";
}

}  // namespace

std::string check_table(const CheckReport& report) {
    std::vector<const CheckedCell*> cells;
    std::vector<std::string> labels;
    for (const CheckedCell& cell : report.cells) {
        if (is_worth_a_line(cell)) {
            cells.push_back(&cell);
            labels.push_back(cell.match.label);
        }
    }
    if (cells.empty()) {
        return "";
    }
    const ShortNames names = short_names(labels, longest_name);
    Table table{{"", "cell", "MSE exponent", "typical run", "level"},
                {false, false, true, true, true}};
    std::vector<std::vector<std::string>> notes;  // distinct: rows share them
    for (std::size_t k = 0; k < cells.size(); ++k) {
        const CheckedCell& cell = *cells[k];
        const rates::CellGate& gate = cell.gate;
        const std::vector<std::string> said = findings(cell);
        const auto note = std::find(notes.begin(), notes.end(), said);
        const auto number = static_cast<std::size_t>(note - notes.begin());
        if (note == notes.end()) {
            notes.push_back(said);
        }
        const bool is_mean = gate.statistic == rates::Statistic::mean;
        table.add({fmt::format("{} {}", mark(cell), letters(number)),
                   names.of_row[k],
                   is_mean ? exponents_text(gate.exponent, gate.exponent_fails)
                           : "none (infinite)",
                   is_mean ? exponents_text(gate.typical, false)
                           : exponents_text(gate.exponent, gate.exponent_fails),
                   level_change(gate.level)});
    }
    std::string text = table.markdown() + "\n";
    for (std::size_t k = 0; k < notes.size(); ++k) {
        text += note_text(letters(k), notes[k]);
    }
    for (const std::string& name : names.notes) {
        text += name + "\n";
    }
    return text + "\n";
}

}  // namespace tailrate::app
