#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <tbb/global_control.h>

#include "app/table.hpp"
#include "coverage/cells.hpp"
#include "coverage/gate_study.hpp"
#include "coverage/intervals.hpp"
#include "coverage/pool.hpp"
#include "coverage/report.hpp"
#include "model/block.hpp"

namespace {

using namespace tailrate;
using namespace tailrate::coverage;

/// How much is simulated.
struct Effort {
    std::size_t repetitions;         ///< of the coverage
    std::size_t regime_repetitions;  ///< not more
    std::size_t pool;                ///< seeds of the gate
    std::size_t builds;
    std::size_t power_builds;
};

constexpr Effort full{2000, 1000, 20000, 3000, 500};
constexpr Effort quick{40, 40, 1600, 400, 40};
/// Only to see that everything runs.
constexpr Effort smoke{2, 2, 608, 2, 2};

struct Options {
    bool coverage = false;
    bool regimes = false;
    bool gate = false;
    std::size_t repetitions = 0;  ///< 0: as the effort says
    std::size_t pool = 0;         ///< likewise
    std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
};

class Stopwatch {
  public:
    /// Seconds since the last lap.
    double lap() {
        const auto now = std::chrono::steady_clock::now();
        const std::chrono::duration<double> seconds = now - last_;
        last_ = now;
        return seconds.count();
    }

  private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Beyond it the simulation or the closed form is wrong, and nothing else counts.
constexpr double impossible_z = 6.0;

std::size_t whole_blocks(std::size_t seeds) {
    return (seeds + model::lanes - 1) / model::lanes * model::lanes;
}

/// Simulates a family and says on stderr how long it took.
std::vector<CellPool> simulate(const Family& family,
                               std::size_t seeds,
                               const Options& options) {
    Stopwatch watch;
    std::vector<CellPool> pools = run_pool(family, seeds, options.threads);
    fmt::print(stderr,
               "{}: {} cells, {} seeds, {}\n",
               family.name,
               pools.size(),
               seeds,
               app::duration_text(watch.lap()));
    return pools;
}

/// Whether the pools agree with the closed form.
bool study_intervals(const Effort& effort, const Options& options, Report& report) {
    const std::size_t repetitions =
        options.coverage ? effort.repetitions : effort.regime_repetitions;
    std::vector<CellFits> cells;
    for (const Family& family : interval_families()) {
        for (const CellPool& pool : simulate(
                 family, whole_blocks(repetitions * seeds_per_repetition), options)) {
            cells.push_back(fit_repetitions(pool, repetitions));
        }
    }
    if (options.coverage) {
        report_coverage(cells, report);
    }
    if (options.regimes) {
        report_regimes(cells, effort.regime_repetitions, report);
    }
    return std::none_of(cells.begin(), cells.end(), [](const CellFits& cell) {
        return cell.largest_z > impossible_z;
    });
}

void study_gate(const Effort& effort, const Options& options, Report& report) {
    std::vector<CellPool> pools;
    for (const Family& family : gate_families()) {
        std::vector<CellPool> made = simulate(family, effort.pool, options);
        std::move(made.begin(), made.end(), std::back_inserter(pools));
    }
    const std::vector<CellPool> slower = simulate(slower_cells(), effort.pool, options);
    report_false_alarms(pools, effort.builds, report);
    report_power(pools, slower, effort.power_builds, report);
}

/// The effort with what was asked for instead.
Effort changed(Effort effort, const Options& options) {
    if (options.repetitions > 0) {
        effort.repetitions = options.repetitions;
        effort.regime_repetitions =
            std::min(effort.regime_repetitions, options.repetitions);
    }
    if (options.pool > 0) {
        effort.pool = whole_blocks(options.pool);
    }
    return effort;
}

/// 0, or 1 where the simulation contradicts the closed form.
int run(const Effort& effort, const Options& options, Report& report) {
    const tbb::global_control limit{tbb::global_control::max_allowed_parallelism,
                                    options.threads};
    const bool all = !options.coverage && !options.regimes && !options.gate;
    Options chosen = options;
    chosen.coverage = all || options.coverage;
    chosen.regimes = all || options.regimes;
    chosen.gate = all || options.gate;
    report.add(fmt::format(
        "# Coverage, regimes, gate\n\nBy `scripts/coverage`: quadratics of 5 clients "
        "and dimension 5, horizon 10,000, initial distance 10, heterogeneity 3 "
        "(plateau: 10), window {} decades; study seeds from 3,000,000,000 on.\n",
        window_decades));
    Stopwatch watch;
    bool is_right = true;
    if (chosen.coverage || chosen.regimes) {
        is_right = study_intervals(effort, chosen, report);
        report.add(fmt::format("Intervals and regimes took {} on {} threads.\n",
                               app::duration_text(watch.lap()),
                               options.threads));
    }
    if (chosen.gate) {
        study_gate(effort, chosen, report);
        report.add(fmt::format("The gate took {} on {} threads.\n",
                               app::duration_text(watch.lap()),
                               options.threads));
    }
    return is_right ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Measures intervals, regimes and the gate on cells of known truth."};
    Options options;
    bool is_quick = false;
    bool is_smoke = false;
    std::string output;
    app.add_flag("--coverage", options.coverage, "coverage of intervals");
    app.add_flag("--regimes", options.regimes, "misclassified regimes");
    app.add_flag("--gate", options.gate, "false alarms and power of the gate");
    app.add_flag("--quick", is_quick, "about a minute instead of half an hour");
    app.add_flag("--smoke", is_smoke, "a few seconds: that everything runs");
    app.add_option("--repetitions", options.repetitions, "of intervals and regimes")
        ->check(CLI::PositiveNumber);
    app.add_option("--pool", options.pool, "seeds of the gate")
        ->check(CLI::Range(600, 10'000'000));
    app.add_option("--threads", options.threads, "workers")->check(CLI::PositiveNumber);
    app.add_option("-o,--output", output, "Markdown file");
    CLI11_PARSE(app, argc, argv);
    try {
        Report report;
        const Effort effort = is_smoke ? smoke : is_quick ? quick : full;
        const int code = run(changed(effort, options), options, report);
        if (!output.empty()) {
            report.save(output);
        }
        if (code != 0) {
            fmt::print(stderr, "coverage: a pool contradicts the closed form\n");
        }
        return code;
    } catch (const std::exception& error) {
        fmt::print(stderr, "coverage: {}\n", error.what());
        return 2;
    }
}
