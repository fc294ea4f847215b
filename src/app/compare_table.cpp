#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>

#include "app/compare.hpp"
#include "app/short_names.hpp"
#include "app/table.hpp"

namespace tailrate::app {
namespace {

constexpr std::size_t longest_name = 34;  // beyond, a number and a note

/// Three significant digits; thousands as 5,980.
std::string ratio_text(double value) {
    if (value < 1e3 || value >= 1e6) {
        return level_text(value);
    }
    const double unit = value < 1e4 ? 10.0 : value < 1e5 ? 100.0 : 1000.0;
    return grouped(unit * std::round(value / unit));
}

/// A share in whole percent that says 100 or 0 only where it is.
std::string percent(double share) {
    const double value = 100.0 * share;
    if (share < 1.0 && value > 99.5) {
        return ">99";
    }
    return share > 0.0 && value < 0.5 ? "<1" : fmt::format("{:.0f}", value);
}

std::string share_text(const rates::Frequency& share) {
    return fmt::format("{} ({}-{})",
                       percent(share.value),
                       percent(share.ci.lower),
                       percent(share.ci.upper));
}

/// What the cells of a group are called; notes in the order of the rows.
ShortNames names_of(const ComparedGroup& group) {
    std::vector<std::string> names;
    for (const std::size_t k : group.result.order) {
        const Compared& cell = group.cells[k];
        names.push_back(cell.algorithm + (cell.parameters.empty() ? "" : " ") +
                        cell.parameters);
    }
    ShortNames by_row = short_names(names, longest_name);
    ShortNames by_cell{by_row.of_row, std::move(by_row.notes)};
    for (std::size_t row = 0; row < names.size(); ++row) {
        by_cell.of_row[group.result.order[row]] = by_row.of_row[row];
    }
    return by_cell;
}

std::string error_text(const rates::Snapshot& errors) {
    return errors.diverged > 0 ? fmt::format("inf, {} diverged", errors.diverged)
                               : with_factor(level_text(errors.geometric.value),
                                             errors.geometric.ci.lower,
                                             errors.geometric.ci.upper);
}

std::string calls_text(const Compared& cell, double accuracy) {
    if (std::isnan(accuracy)) {
        return "-";
    }
    return cell.calls_to_accuracy ? grouped(*cell.calls_to_accuracy)
                                  : "> " + grouped(cell.horizon_calls);
}

bool is_trusted(const Compared& cell) {
    return cell.moment == rates::MomentClass::finite;
}

/// The ratio of an error to the lowest one, which has no pair.
std::string lead_text(const rates::Pair* pair) {
    if (pair == nullptr) {
        return "1";
    }
    return std::isnan(pair->ratio) ? "-"
                                   : with_factor(ratio_text(pair->ratio),
                                                 pair->ratio_ci.lower,
                                                 pair->ratio_ci.upper);
}

std::string table_of(const ComparedGroup& group, const ShortNames& names) {
    const bool has_mean =
        std::any_of(group.cells.begin(), group.cells.end(), is_trusted);
    std::vector<std::string> head{
        "method", "error", "to lowest", "loses, %", "verdict", "calls"};
    std::vector<bool> is_right{false, true, true, true, false, true};
    if (has_mean) {
        head.emplace_back("mean MSE");
        is_right.push_back(true);
    }
    Table table{head, is_right};
    for (std::size_t rank = 0; rank < group.result.order.size(); ++rank) {
        const std::size_t k = group.result.order[rank];
        const Compared& cell = group.cells[k];
        // The leader's pairs come first, in the order of the rows.
        const rates::Pair* pair = rank == 0 ? nullptr : &group.result.pairs[rank - 1];
        std::vector<std::string> row{names.of_row[k],
                                     error_text(cell.errors),
                                     lead_text(pair),
                                     pair == nullptr ? "-" : share_text(pair->a_wins),
                                     rates::name(group.result.standings[k]),
                                     calls_text(cell, group.accuracy)};
        if (has_mean) {
            row.push_back(is_trusted(cell) ? level_text(cell.errors.mean.value) : "-");
        }
        table.add(std::move(row));
    }
    return table.markdown();
}

/// "a, b and 3 more".
std::string enumerate(const std::vector<std::string>& items) {
    constexpr std::size_t most = 4;
    std::string text;
    for (std::size_t k = 0; k < std::min(items.size(), most); ++k) {
        text += (k == 0 ? "" : ", ") + items[k];
    }
    return items.size() > most
               ? fmt::format("{} and {} more", text, items.size() - most)
               : text;
}

std::string conclusion(const ComparedGroup& group, const ShortNames& names) {
    const std::size_t leader = group.result.leader();
    const std::string& name = names.of_row[leader];
    if (group.result.standings[leader] == rates::Standing::best) {
        return group.cells.size() == 2
                   ? fmt::format("Best: {}.", name)
                   : fmt::format("Best: {}, better than each of the other {}.",
                                 name,
                                 group.cells.size() - 1);
    }
    std::vector<std::string> undecided;
    std::vector<std::string> ahead;
    for (const std::size_t k : group.result.order) {
        const rates::Standing standing = group.result.standings[k];
        if (k != leader && standing == rates::Standing::undecided) {
            undecided.push_back(names.of_row[k]);
        }
        if (standing == rates::Standing::ahead) {
            ahead.push_back(names.of_row[k]);
        }
    }
    std::string text = fmt::format("No best: {} has the lowest error", name);
    if (!undecided.empty()) {
        text += ", but cannot be told from " + enumerate(undecided);
    }
    if (!ahead.empty()) {
        text += ", but loses most seeds to " + enumerate(ahead) +
                ", which diverged in others";
    }
    return text + ".";
}

std::string group_text(const ComparedGroup& group, bool is_accuracy_given) {
    const ShortNames names = names_of(group);
    std::string text = fmt::format("\n### {}, condition number {:.6g}\n\n{}\n{}\n",
                                   group.noise,
                                   group.condition_number,
                                   table_of(group, names),
                                   conclusion(group, names));
    for (const std::string& note : names.notes) {
        text += note + "\n";
    }
    if (!std::isnan(group.accuracy)) {
        text += fmt::format("Calls: until the error stays at or below {}{}.\n",
                            level_text(group.accuracy),
                            is_accuracy_given ? "" : ", 10 times the lowest");
    }
    return text +
           fmt::format("Problem: {}; network: {}.\n", group.problem, group.network);
}

/// Iterations per call differ between methods that ask several times an iteration.
std::string calls_note(const ComparedFile& file) {
    double least = file.budget;
    for (const ComparedGroup& group : file.groups) {
        for (const Compared& cell : group.cells) {
            least = std::min(least, cell.calls);
        }
    }
    return least == file.budget
               ? std::string{}
               : fmt::format(" (the last checkpoint within them: after {} or more)",
                             grouped(least));
}

}  // namespace

std::string compare_markdown(const ComparedFile& file) {
    std::string text = fmt::format(
        "Squared error after {} oracle calls per client{}, {} seeds from {}, "
        "paired.\n",
        grouped(file.budget),
        calls_note(file),
        file.seeds.size(),
        file.seeds.front());
    for (const ComparedGroup& group : file.groups) {
        text += group_text(group, file.is_accuracy_given);
    }
    text += fmt::format(
        "\nA table compares methods on one problem, network and noise, seed by seed on "
        "the same draws;\nno number is taken across tables.\n"
        "- error: geometric mean over the seeds. ×÷f: 95 % interval, from the number / "
        "f to the number × f.\n"
        "- to lowest: the error over that of the first row, paired by seed.\n"
        "- loses: share of the seeds in which the first row has the smaller error, 95 "
        "% "
        "interval in brackets;\n  ties count half, a diverged seed loses against a "
        "finite "
        "one.\n"
        "- verdict: t test of the log ratio (sign test where a seed diverged), Holm "
        "over "
        "all pairs of the\n  table at {:.0f} %. best: told from every other; "
        "undecided: "
        "cannot be told from the lowest.\n"
        "- calls: oracle calls per client; >: not within the run.\n"
        "- mean MSE: sample mean, only where it is neither infinite nor doubtful (a "
        "method "
        "without\n  clipping, tail index up to 4); not compared.\n",
        100.0 * compare_error);
    if (!file.alone.empty()) {
        text += fmt::format("Without a partner, not compared: {}.\n",
                            enumerate(file.alone));
    }
    return text;
}

}  // namespace tailrate::app
