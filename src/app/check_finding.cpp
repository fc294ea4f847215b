#include <cmath>

#include <fmt/format.h>

#include "app/check_report.hpp"
#include "app/table.hpp"

namespace tailrate::app {
namespace {

using rates::GateState;
using rates::GateTest;

std::string confirmed_text(const rates::CellGate& gate) {
    std::vector<std::string> parts;
    if (gate.divergence_fails) {
        parts.push_back(fmt::format("diverged seeds {} -> {}",
                                    gate.confirmed_baseline_bad_seeds,
                                    gate.confirmed_candidate_bad_seeds));
    }
    if (gate.exponent_fails) {
        parts.push_back(fmt::format("drop {:.3f}", gate.confirmed_exponent.worse));
    }
    if (gate.level_fails) {
        parts.push_back(level_change(gate.confirmed_level));
    }
    return fmt::format(
        "confirmed on {} seeds: {}", gate.confirmation_seeds, fmt::join(parts, ", "));
}

/// Why nothing is tested.
const char* untested_text(const rates::CellGate& gate) {
    return gate.baseline_regime == rates::Regime::diverged
               ? "not tested: the baseline diverged"
               : "not tested: fewer than 2 seeds are finite in both";
}

}  // namespace

const char* exponent_name(const rates::CellGate& gate) {
    return gate.statistic == rates::Statistic::mean ? "MSE exponent"
                                                    : "typical run's exponent";
}

std::string level_change(const GateTest& test) {
    if (std::isnan(test.worse)) {
        return "";
    }
    const double ratio = std::exp(test.worse);
    const double margin = 2.0 * test.standard_error;
    return with_factor(ratio > 0.1 && ratio < 99.0 ? fmt::format("x{:#.3g}", ratio)
                                                   : fmt::format("x{:.3g}", ratio),
                       std::exp(test.worse - margin),
                       std::exp(test.worse + margin));
}

std::vector<std::string> findings(const CheckedCell& cell) {
    const rates::CellGate& gate = cell.gate;
    std::vector<std::string> parts;
    if (gate.candidate_bad_seeds != gate.baseline_bad_seeds) {
        parts.push_back(fmt::format("diverged seeds {} -> {}",
                                    gate.baseline_bad_seeds,
                                    gate.candidate_bad_seeds));
    }
    if (gate.state == GateState::changed) {
        parts.emplace_back("changed, not material");
    } else if (gate.state == GateState::untested) {
        parts.emplace_back(untested_text(gate));
    } else if (gate.state != GateState::fail) {
        parts.emplace_back(rates::name(gate.state));
    }
    if (gate.level.is_tested() && gate.seeds < cell.seeds) {
        parts.push_back(fmt::format("on {} of {} seeds", gate.seeds, cell.seeds));
    }
    if (gate.exponent_fails) {
        parts.push_back(fmt::format("{} (drop {:.3f} ± {:.3f})",
                                    exponent_name(gate),
                                    gate.exponent.worse,
                                    2.0 * gate.exponent.standard_error));
    }
    if (gate.level_fails) {
        parts.emplace_back("level");
    }
    if (gate.state == GateState::fail && gate.confirmation_seeds > 0) {
        parts.push_back(confirmed_text(gate));
    }
    if (gate.baseline_regime != gate.candidate_regime) {
        parts.push_back(fmt::format("{} -> {}",
                                    rates::name(gate.baseline_regime),
                                    rates::name(gate.candidate_regime)));
    }
    parts.insert(parts.end(), cell.unexplained.begin(), cell.unexplained.end());
    return parts;
}

std::string finding(const CheckedCell& cell) {
    return fmt::format("{}", fmt::join(findings(cell), "; "));
}

}  // namespace tailrate::app
