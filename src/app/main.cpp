#include <algorithm>
#include <csignal>
#include <cstdio>
#include <functional>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "core/errors.hpp"

namespace {

using namespace tailrate;

constexpr int bad_input = 2;

/// Refuses an empty file name.
const CLI::Validator is_named{[](const std::string& text) {
                                  return text.empty() ? std::string{"a file name must not be empty"} : std::string{};
                              },
                              "FILE"};

void add_experiment(CLI::App& command, app::ExperimentOptions& options) {
    command.add_option("experiment", options.file, "experiment file (YAML)")
        ->required();
    command.add_option("--set", options.set, "override, e.g. problem.clients=20")
        ->type_name("K=V")
        ->allow_extra_args(false);
    command.add_option("--seeds", options.seeds, "number of seeds, the first N")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000000}));
}

void add_threads(CLI::App& command, std::size_t& threads) {
    command.add_option("--threads", threads, "worker threads (default: all cores)")
        ->check(CLI::Range(std::size_t{1}, std::size_t{4096}));
}

void add_computation(CLI::App& command, app::RunOptions& options) {
    add_threads(command, options.threads);
    command.add_flag("--fresh", options.is_fresh, "ignore rows of earlier runs");
    command.add_flag("--quiet", options.is_quiet, "no progress, errors only");
}

void add_json(CLI::App& command, bool& is_json) {
    command.add_flag("--json", is_json, "machine-readable output");
}

/// Everything the command line can say; `command` is what it asked for.
struct Program {
    CLI::App line{
        "tailrate measures how fast distributed first-order methods converge "
        "under heavy-tailed gradient noise.",
        "tailrate"};
    app::RunOptions run;
    app::TuneOptions tune;
    app::PlanOptions plan;
    app::RatesOptions rates;
    app::CheckOptions check;
    app::CompareOptions compare;
    app::ListOptions list;
    app::DescribeOptions describe;
    app::TraceOptions trace;
    app::SampleOptions sample;
    app::InfoOptions info;
    std::function<int()> command;

    Program() {
        line.set_version_flag("--version", TAILRATE_VERSION);
        line.require_subcommand(1);
        line.footer(
            "Exit codes: 0 done, 1 regression found, 2 bad usage or input, 3 cells "
            "failed "
            "or missing, 4 not comparable or unexplained, 130 interrupted (run again "
            "to "
            "go on).");
        add_run();
        add_tune();
        add_plan();
        add_rates();
        add_check();
        add_compare();
        add_catalogue();
        add_trace();
        add_sample();
        add_info();
    }

    void add_run() {
        CLI::App& command_line = *line.add_subcommand(
            "run", "compute an experiment and write its result file");
        add_experiment(command_line, run.experiment);
        command_line
            .add_option(
                "-o,--output", run.output, "result file (default: results/<name>.h5)")
            ->check(is_named);
        command_line
            .add_option("--confirmation",
                        run.confirmation_seeds,
                        "also N confirmation seeds, for a baseline of check")
            ->check(CLI::Range(std::int64_t{0}, std::int64_t{1000000}));
        add_computation(command_line, run);
        command_line.callback([this] { command = [this] { return app::run(run); }; });
    }

    void add_tune() {
        CLI::App& command_line = *line.add_subcommand(
            "tune", "choose constants on seeds of their own, write a tuned experiment");
        add_experiment(command_line, tune.run.experiment);
        command_line
            .add_option("-o,--output", tune.run.output, "tuned experiment file (YAML)")
            ->check(is_named)
            ->required();
        add_computation(command_line, tune.run);
        add_json(command_line, tune.is_json);
        command_line.callback([this] { command = [this] { return app::tune(tune); }; });
    }

    void add_plan() {
        CLI::App& command_line = *line.add_subcommand(
            "plan", "cells, rows, estimates of time, memory and disk, what is done");
        add_experiment(command_line, plan.experiment);
        command_line.add_option("-o,--output", plan.output, "result file of the run")
            ->check(is_named);
        add_threads(command_line, plan.threads);
        add_json(command_line, plan.is_json);
        command_line.add_flag(
            "--no-calibration", plan.is_uncalibrated, "no estimate of time");
        command_line.callback(
            [this] { command = [this] { return app::plan_command(plan); }; });
    }

    void add_rates() {
        CLI::App& command_line =
            *line.add_subcommand("rates", "table of fitted exponents of a result file");
        command_line.add_option("file", rates.file, "result file")->required();
        command_line
            .add_option("--window",
                        rates.window_decades,
                        "decades of iterations fitted (default: as in the file)")
            ->check(CLI::Range(0.3, 6.0));
        add_json(command_line, rates.is_json);
        command_line.add_flag("--csv", rates.is_csv, "comma-separated values")
            ->excludes("--json");
        command_line.callback(
            [this] { command = [this] { return app::rates_command(rates); }; });
    }

    void add_check() {
        CLI::App& command_line = *line.add_subcommand(
            "check", "is a candidate worse than a baseline in any cell?");
        command_line
            .add_option("--baseline",
                        check.baseline,
                        "result file, best made by run --confirmation 200")
            ->required();
        command_line
            .add_option("candidate",
                        check.candidate,
                        "result file, or experiment file (YAML) that is run afresh")
            ->required();
        command_line.add_flag(
            "--strict",
            check.is_strict,
            "also stop (exit 4) at changes that no version announces");
        command_line.add_option("--junit", check.junit, "write a JUnit file")
            ->check(is_named);
        command_line.add_flag(
            "--github", check.is_github, "annotations for GitHub Actions");
        add_threads(command_line, check.threads);
        add_json(command_line, check.is_json);
        command_line.callback(
            [this] { command = [this] { return app::check(check); }; });
    }

    void add_compare() {
        CLI::App& command_line = *line.add_subcommand(
            "compare", "methods side by side: paired ratios at equal oracle calls");
        command_line.add_option("file", compare.file, "result file")->required();
        command_line
            .add_option("--budget",
                        compare.budget,
                        "oracle calls per client (default: all that every cell has)")
            ->type_name("CALLS")
            ->check(CLI::PositiveNumber);
        command_line
            .add_option("--accuracy",
                        compare.accuracy,
                        "squared error to reach (default: 10 times the lowest, per "
                        "table)")
            ->type_name("EPS")
            ->check(CLI::PositiveNumber);
        add_json(command_line, compare.is_json);
        command_line.callback(
            [this] { command = [this] { return app::compare(compare); }; });
    }

    void add_catalogue() {
        CLI::App& list_line = *line.add_subcommand("list", "what can be combined");
        list_line.add_option("catalogue", list.catalogue, "one of them only")
            ->check(CLI::IsMember({"methods", "noises", "problems", "networks"}));
        add_json(list_line, list.is_json);
        list_line.callback([this] { command = [this] { return app::list(list); }; });

        CLI::App& describe_line =
            *line.add_subcommand("describe", "parameters and source of one entry");
        describe_line.add_option("key", describe.key, "its key")->required();
        add_json(describe_line, describe.is_json);
        describe_line.callback(
            [this] { command = [this] { return app::describe(describe); }; });
    }

    void add_trace() {
        CLI::App& command_line = *line.add_subcommand(
            "trace", "every iterate, gradient and draw of one cell and seed");
        add_experiment(command_line, trace.experiment);
        command_line.add_option("--cell", trace.cell, "number of the cell, from 0")
            ->required()
            ->check(CLI::NonNegativeNumber);
        command_line.add_option("--seed", trace.seed, "number of the seed")
            ->required()
            ->check(CLI::NonNegativeNumber);
        command_line
            .add_option("--iterations", trace.iterations, "iterations to record")
            ->required()
            ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000000000}));
        command_line.add_option("-o,--output", trace.output, "trace file (HDF5)")
            ->check(is_named)
            ->required();
        command_line.callback(
            [this] { command = [this] { return app::trace(trace); }; });
    }

    void add_sample() {
        CLI::App& command_line = *line.add_subcommand(
            "sample", "draws of a noise law at scale 1, one a line");
        command_line.add_option("noise", sample.noise, "key of the law")->required();
        add_law_option(command_line, "--tail-index", "tail_index");
        add_law_option(command_line, "--skew", "skew");
        add_law_option(command_line, "--eps", "eps");
        add_law_option(command_line, "--k", "k");
        command_line.add_option("-n", sample.count, "number of draws")
            ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000000000}));
        command_line.add_option("--seed", sample.seed, "seed")
            ->check(CLI::NonNegativeNumber);
        command_line.add_option("-o,--output", sample.output, "file to write")
            ->check(is_named);
        command_line.callback(
            [this] { command = [this] { return app::sample(sample); }; });
    }

    void add_law_option(CLI::App& command_line,
                        const std::string& option,
                        const std::string& parameter) {
        command_line.add_option_function<std::string>(
            option,
            [this, parameter](const std::string& value) {
                sample.parameters.push_back(parameter + "=" + value);
            },
            parameter + " of the law");
    }

    void add_info() {
        CLI::App& command_line = *line.add_subcommand(
            "info", "version, compiler, flags, processor, libraries");
        add_json(command_line, info.is_json);
        command_line.callback([this] { command = [this] { return app::info(info); }; });
    }
};

/// A first word that is no command, with those that are; nothing when it is one.
std::string unknown_command(const CLI::App& line, const std::string& word) {
    std::vector<std::string> commands;
    std::string all;
    for (const CLI::App* command : line.get_subcommands({})) {
        commands.push_back(command->get_name());
        all += (all.empty() ? "" : ", ") + commands.back();
    }
    const bool is_known =
        std::find(commands.begin(), commands.end(), word) != commands.end();
    return is_known || word.starts_with('-')
               ? std::string{}
               : "tailrate: there is no command '" + word + "'; allowed: " + all +
                     core::suggestion(word, commands);
}

int run_program(int argc, char** argv) {
    Program program;
    if (argc > 1) {
        const std::string problem = unknown_command(program.line, argv[1]);
        if (!problem.empty()) {
            std::fprintf(stderr, "%s\n", problem.c_str());
            return bad_input;
        }
    }
    try {
        program.line.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.line.exit(error) == 0 ? 0 : bad_input;
    }
    try {
        return program.command();
    } catch (const core::InputError& error) {
        std::fprintf(stderr, "%s\n", error.what());
    } catch (const core::StorageError& error) {
        std::fprintf(stderr, "tailrate: %s\n", error.what());
    }
    return bad_input;
}

}  // namespace

int main(int argc, char** argv) {
    // A limit on file sizes is an error of the write, not the end of the process.
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        return run_program(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "tailrate: internal error: %s\n", error.what());
    }
    return 3;
}
