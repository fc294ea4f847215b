#include <algorithm>
#include <map>
#include <string>

#include <fmt/core.h>
#include <tbb/parallel_for.h>

#include "app/table.hpp"
#include "coverage/builds.hpp"
#include "coverage/gate_study.hpp"

namespace tailrate::coverage {
namespace {

constexpr double most_alarms = 0.01;

/// What one build said.
struct BuildOutcome {
    std::size_t suspects = 0;
    std::vector<std::size_t> failed;  ///< cells
};

BuildOutcome run_build(const std::vector<CellPool>& pools, std::uint64_t build) {
    const BuildSeeds seeds = draw_seeds(build, pools.front().seeds());
    std::vector<rates::CellGate> found = compare_unchanged(pools, seeds);
    BuildOutcome outcome;
    for (const rates::CellGate& cell : found) {
        outcome.suspects += cell.state == rates::GateState::suspect ? 1U : 0U;
    }
    confirm_suspects(pools, seeds, pools.size(), {}, found);
    for (std::size_t k = 0; k < found.size(); ++k) {
        if (found[k].state == rates::GateState::fail) {
            outcome.failed.push_back(k);
        }
    }
    return outcome;
}

std::string blamed_text(const std::vector<CellPool>& pools,
                        const std::vector<BuildOutcome>& outcomes) {
    std::map<std::size_t, std::size_t> blamed;
    for (const BuildOutcome& outcome : outcomes) {
        for (const std::size_t cell : outcome.failed) {
            ++blamed[cell];
        }
    }
    std::string text;
    for (const auto& [cell, count] : blamed) {
        text +=
            fmt::format("{}{} ({})", text.empty() ? "" : ", ", pools[cell].name, count);
    }
    return text.empty() ? "none" : text;
}

}  // namespace

void report_false_alarms(const std::vector<CellPool>& pools,
                         std::size_t builds,
                         Report& report) {
    std::vector<BuildOutcome> outcomes(builds);
    tbb::parallel_for(std::size_t{0}, builds, [&](std::size_t build) {
        outcomes[build] = run_build(pools, build);
    });
    std::size_t suspects = 0;
    std::size_t failed = 0;
    for (const BuildOutcome& outcome : outcomes) {
        suspects += outcome.suspects;
        failed += outcome.failed.empty() ? 0U : 1U;
    }
    const double limit = clopper_pearson_upper(failed, builds);
    report.add(fmt::format(
        "## Gate: false alarms\n\n{} builds of {} unchanged cells with new draws: 100 "
        "seeds for the baseline, 100 others for the candidate, and 200 and 200 to "
        "confirm suspects, drawn without replacement for each build from one pool of "
        "{} seeds, so that builds share seeds.\n",
        builds,
        pools.size(),
        pools.front().seeds()));
    app::Table table{
        {"builds", "suspects a build", "failed builds", "upper 95 % limit", "goal"},
        {true, true, true, true, false}};
    table.add({fmt::format("{}", builds),
               fmt::format("{:.2f}",
                           static_cast<double>(suspects) / static_cast<double>(builds)),
               fmt::format("{}", failed),
               fmt::format("{:.2f} %", 100.0 * limit),
               limit < most_alarms ? "below 1 %" : "**below 1 % missed**"});
    report.add(table.markdown());
    report.add("Cells that failed: " + blamed_text(pools, outcomes) + ".\n");
}

}  // namespace tailrate::coverage
