#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <fmt/core.h>
#include <tbb/parallel_for.h>

#include "app/table.hpp"
#include "core/contracts.hpp"
#include "coverage/builds.hpp"
#include "coverage/gate_study.hpp"

namespace tailrate::coverage {
namespace {

constexpr double raised_level = 1.2;
constexpr double hiding_level = 0.6;  // a better level, so that only the exponent fails

/// The builds of the power study, each with what the gate finds before any change.
struct Builds {
    const std::vector<CellPool>& pools;
    std::vector<BuildSeeds> seeds;
    std::vector<std::vector<rates::CellGate>> unchanged;
};

Builds make_builds(const std::vector<CellPool>& pools, std::size_t count) {
    Builds builds{pools, std::vector<BuildSeeds>(count), {}};
    builds.unchanged.resize(count);
    tbb::parallel_for(std::size_t{0}, count, [&](std::size_t build) {
        builds.seeds[build] = draw_seeds(build, pools.front().seeds());
        builds.unchanged[build] = compare_unchanged(pools, builds.seeds[build]);
    });
    return builds;
}

/// How many builds failed on the changed cell, and on which of its tests.
struct Found {
    std::size_t failed = 0;
    std::size_t by_level = 0;
    std::size_t by_exponent = 0;
};

Found count_found(const Builds& builds,
                  std::size_t changed,
                  const Change& change,
                  bool is_same_stream) {
    std::vector<rates::CellGate> verdicts(builds.seeds.size());
    tbb::parallel_for(std::size_t{0}, verdicts.size(), [&](std::size_t b) {
        verdicts[b] =
            is_same_stream
                ? judge_same_draws(builds.pools, builds.seeds[b], changed, change)
                : judge_new_draws(builds.pools,
                                  builds.seeds[b],
                                  builds.unchanged[b],
                                  changed,
                                  change);
    });
    Found found;
    for (const rates::CellGate& cell : verdicts) {
        if (cell.state == rates::GateState::fail) {
            ++found.failed;
            found.by_level += cell.level_fails ? 1U : 0U;
            found.by_exponent += cell.exponent_fails ? 1U : 0U;
        }
    }
    return found;
}

std::size_t index_of(const std::vector<CellPool>& pools, const std::string& name) {
    const auto found = std::find_if(
        pools.begin(), pools.end(), [&](const CellPool& p) { return p.name == name; });
    TAILRATE_EXPECTS(found != pools.end());
    return static_cast<std::size_t>(found - pools.begin());
}

void add_change(const Builds& builds,
                const std::string& planted,
                std::size_t changed,
                const Change& change,
                app::Table& table) {
    const std::size_t count = builds.seeds.size();
    for (const bool is_same_stream : {true, false}) {
        const Found found = count_found(builds, changed, change, is_same_stream);
        table.add({builds.pools[changed].name,
                   planted,
                   is_same_stream ? "same" : "new",
                   percent_text(found.failed, count),
                   percent_text(found.by_level, count),
                   percent_text(found.by_exponent, count)});
    }
}

std::string slower_text(const CellPool& before, const CellPool& after) {
    const rates::CellRates fast = before.fit(0, before.seeds());
    const rates::CellRates slow = after.fit(0, after.seeds());
    return fmt::format("exponent {:.3f} to {:.3f}, final mean x{:.2f}",
                       fast.exponent,
                       slow.exponent,
                       slow.final_mean / fast.final_mean);
}

/// Median over the builds of what the gate says it can find; NaN where in half of them
/// it tests nothing.
double median_detectable(const Builds& builds,
                         std::size_t cell,
                         rates::GateTest rates::CellGate::*test) {
    std::vector<double> sizes;
    for (const std::vector<rates::CellGate>& found : builds.unchanged) {
        const double size = (found[cell].*test).detectable;
        sizes.push_back(std::isnan(size) ? std::numeric_limits<double>::infinity()
                                         : size);
    }
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    return std::isinf(*middle) ? rates::not_a_number : *middle;
}

/// Builds in which the exponent of the cell was tested at all.
std::size_t count_tested(const Builds& builds, std::size_t cell) {
    return static_cast<std::size_t>(std::count_if(
        builds.unchanged.begin(), builds.unchanged.end(), [&](const auto& found) {
            return found[cell].exponent.is_tested();
        }));
}

void report_planted(const Builds& builds,
                    const std::vector<CellPool>& slower,
                    Report& report) {
    app::Table table{
        {"cell", "planted", "draws", "found, %", "by its level", "by its exponent"},
        {false, false, false, true, true, true}};
    for (const CellPool& slow : slower) {
        const std::size_t cell = index_of(builds.pools, slow.name);
        const std::string planted = slower_text(builds.pools[cell], slow);
        add_change(builds, planted, cell, {&slow}, table);
        add_change(builds, planted + ", then x0.6", cell, {&slow, hiding_level}, table);
    }
    for (const char* name :
         {"gaussian sclip_ef k1", "gaussian sclip_ef k10", "gaussian sgd k1"}) {
        const std::size_t cell = index_of(builds.pools, name);
        add_change(
            builds, "level x1.2", cell, {&builds.pools[cell], raised_level}, table);
    }
    report.add(fmt::format(
        "## Gate: power\n\nOne cell of the {} is changed, {} builds of the same pool. "
        "Same draws: all other cells are identical. New draws: suspects of the others "
        "are confirmed beside it.\n",
        builds.pools.size(),
        builds.seeds.size()));
    report.add(table.markdown());
}

void report_detectable(const Builds& builds, Report& report) {
    app::Table table{{"cell",
                      "exponent tested, %",
                      "detectable drop",
                      "detectable level",
                      "found at it, %",
                      "x1.2 found, %"},
                     {false, true, true, true, true, true}};
    const std::size_t count = builds.seeds.size();
    for (std::size_t cell = 0; cell < builds.pools.size(); ++cell) {
        const CellPool* pool = &builds.pools[cell];
        const double drop = median_detectable(builds, cell, &rates::CellGate::exponent);
        const double ratio =
            std::exp(median_detectable(builds, cell, &rates::CellGate::level));
        if (std::isnan(ratio)) {
            continue;  // it diverges in some seeds
        }
        const auto found = [&](double factor) {
            return percent_text(count_found(builds, cell, {pool, factor}, false).failed,
                                count);
        };
        table.add({pool->name,
                   percent_text(count_tested(builds, cell), count),
                   fmt::format("{:.3f}", drop),
                   fmt::format("x{:.2f}", ratio),
                   found(ratio),
                   found(raised_level)});
    }
    report.add(
        "With new draws in every cell: the median of the sizes that the gate reports "
        "as detectable (with probability 80 %, at its first look at 100 seeds), and "
        "how "
        "often a level that is worse by as much, or by 1.2, is found.\n");
    report.add(table.markdown());
}

}  // namespace

void report_power(const std::vector<CellPool>& pools,
                  const std::vector<CellPool>& slower,
                  std::size_t builds,
                  Report& report) {
    const Builds made = make_builds(pools, builds);
    report_planted(made, slower, report);
    report_detectable(made, report);
}

}  // namespace tailrate::coverage
