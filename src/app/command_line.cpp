#include "app/command_line.hpp"

#include <string>

#include "app/options.hpp"
#include "plan/experiment.hpp"

namespace tailrate::app {
CommandLine::CommandLine() {
    line.set_version_flag("--version", TAILRATE_VERSION);
    line.require_subcommand(1);
    line.footer(
        "Exit codes: 0 done, 1 regression found, 2 bad usage or input, or a file or "
        "standard output that cannot be written, 3 cells failed or missing, 4 not "
        "comparable, undecided, unexplained or other bits, 130 interrupted "
        "(run again to go on).");
    add_run();
    add_merge();
    add_tune();
    add_plan();
    add_rates();
    add_check();
    add_compare();
    add_catalogue();
    add_trace();
    add_sample();
    add_verify();
    add_info();
}

void CommandLine::add_run() {
    CLI::App& command_line =
        *line.add_subcommand("run", "compute an experiment and write its result file");
    add_experiment(command_line, run_.experiment);
    command_line
        .add_option(
            "-o,--output", run_.output, "result file (default: results/<name>.h5)")
        ->check(is_named());
    CLI::Option* confirmation =
        command_line
            .add_option("--confirmation",
                        run_.confirmation_seeds,
                        "also N confirmation seeds, for a baseline of check")
            ->check(CLI::Range(std::int64_t{0}, std::int64_t{1000000}));
    command_line
        .add_option_function<std::string>(
            "--shard",
            [this](const std::string& text) { run_.shard = runner::parse_shard(text); },
            "part I of N, I from 0: journals only, which merge puts together")
        ->check(is_shard())
        ->excludes(confirmation);
    command_line
        .add_option("--snapshot-every",
                    run_.snapshot_seconds,
                    "seconds between snapshots of running rows (default: 50)")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.01, 1e6));
    add_computation(command_line, run_);
    command_line.callback([this] { command = [this] { return run(run_); }; });
}

void CommandLine::add_merge() {
    CLI::App& command_line = *line.add_subcommand(
        "merge", "the result file of an experiment whose rows lie in journals");
    command_line
        .add_option("journals", merge_.places, "journals, or folders of journals")
        ->required()
        ->check(is_named());
    command_line.add_option("-o,--output", merge_.output, "result file (HDF5)")
        ->check(is_named())
        ->required();
    ExperimentOptions& experiment = merge_.experiment;
    CLI::Option* file = command_line.add_option(
        "--experiment",
        experiment.file,
        "experiment file (default: the experiment that all journals share)");
    file->check(is_named());
    add_overrides(command_line, experiment, file);
    command_line.add_flag("--quiet", merge_.is_quiet, "errors only");
    command_line.callback([this] { command = [this] { return merge(merge_); }; });
}

void CommandLine::add_tune() {
    CLI::App& command_line = *line.add_subcommand(
        "tune", "choose constants on seeds of their own, write a tuned experiment");
    add_experiment(command_line, tune_.run.experiment);
    command_line
        .add_option("-o,--output", tune_.run.output, "tuned experiment file (YAML)")
        ->check(is_named())
        ->required();
    add_computation(command_line, tune_.run);
    add_json(command_line, tune_.is_json);
    command_line.callback([this] { command = [this] { return tune(tune_); }; });
}

void CommandLine::add_plan() {
    CLI::App& command_line = *line.add_subcommand(
        "plan", "cells, rows, estimates of time, memory and disk, what is done");
    add_experiment(command_line, plan_.experiment);
    command_line.add_option("-o,--output", plan_.output, "result file of the run")
        ->check(is_named());
    add_threads(command_line, plan_.threads);
    add_json(command_line, plan_.is_json);
    command_line.add_flag(
        "--no-calibration", plan_.is_uncalibrated, "no estimate of time");
    CLI::Option* shards =
        command_line
            .add_option(
                "--shards",
                plan_.shards,
                "only: which of N shards have rows to do, exit 3 if any, and what the "
                "result file is; 0: N as in the names of journals")
            ->check(CLI::Range(std::uint64_t{0}, runner::most_shards))
            ->excludes("--json");
    command_line
        .add_flag("--read-rows",
                  plan_.reads_rows,
                  "read the rows: damaged is not done; refuse an output that a run "
                  "would not replace")
        ->needs(shards);
    command_line.callback([this] {
        command = [this] {
            return plan_.shards ? plan_shards(plan_) : plan_command(plan_);
        };
    });
}

void CommandLine::add_rates() {
    CLI::App& command_line =
        *line.add_subcommand("rates", "table of fitted exponents of a result file");
    command_line.add_option("file", rates_.file, "result file")->required();
    command_line
        .add_option("--window",
                    rates_.window_decades,
                    "decades of iterations fitted (default: as in the file)")
        ->check(is_positive() & CLI::Range(0.3, 6.0));
    add_json(command_line, rates_.is_json);
    command_line.add_flag("--csv", rates_.is_csv, "comma-separated values")
        ->excludes("--json");
    command_line.callback(
        [this] { command = [this] { return rates_command(rates_); }; });
}

void CommandLine::add_check() {
    CLI::App& command_line = *line.add_subcommand(
        "check", "is a candidate worse than a baseline in any cell?");
    command_line.add_option("--baseline",
                            check_.baseline,
                            "result file, best made by run --confirmation 200");
    command_line.add_option(
        "candidate",
        check_.candidate,
        "result file, or experiment file (YAML) that is run afresh");
    command_line.add_flag("--strict",
                          check_.is_strict,
                          "also stop (exit 4) at changes that no version announces");
    command_line.add_option("--junit", check_.junit, "write a JUnit file")
        ->check(is_named());
    command_line.add_flag("--github",
                          check_.is_github,
                          "annotations for GitHub Actions, not with --json");
    command_line.add_flag("--self-test",
                          check_.is_self_test,
                          "plant bugs in a small run: does this gate find them?");
    add_threads(command_line, check_.threads);
    add_json(command_line, check_.is_json);
    command_line.callback([this] {
        if (!check_.is_self_test && check_.baseline.empty()) {
            throw CLI::RequiredError{"--baseline"};
        }
        if (!check_.is_self_test && check_.candidate.empty()) {
            throw CLI::RequiredError{"candidate"};
        }
        if (check_.is_json && check_.is_github && !check_.is_self_test) {
            throw CLI::ExcludesError{
                "--json excludes --github, whose lines would stand before the JSON; "
                "allowed: one of them",
                CLI::ExitCodes::ExcludesError};
        }
        command = [this] { return check(check_); };
    });
}

void CommandLine::add_compare() {
    CLI::App& command_line = *line.add_subcommand(
        "compare", "methods side by side: paired ratios at equal oracle calls");
    command_line.add_option("file", compare_.file, "result file")->required();
    command_line
        .add_option("--budget",
                    compare_.budget,
                    "oracle calls per client (default: all that every cell has)")
        ->type_name("CALLS")
        ->check(is_positive());
    command_line
        .add_option("--accuracy",
                    compare_.accuracy,
                    "squared error to reach (default: 10 times the lowest, per "
                    "table)")
        ->type_name("EPS")
        ->check(is_positive());
    add_json(command_line, compare_.is_json);
    command_line.callback([this] { command = [this] { return compare(compare_); }; });
}

void CommandLine::add_catalogue() {
    CLI::App& list_line = *line.add_subcommand("list", "what can be combined");
    list_line.add_option("catalogue", list_.catalogue, "one of them only")
        ->check(CLI::IsMember({"methods", "noises", "problems", "networks"}));
    add_json(list_line, list_.is_json);
    list_line.callback([this] { command = [this] { return list(list_); }; });

    CLI::App& describe_line =
        *line.add_subcommand("describe", "parameters and source of one entry");
    describe_line.add_option("key", describe_.key, "its key")->required();
    add_json(describe_line, describe_.is_json);
    describe_line.callback(
        [this] { command = [this] { return describe(describe_); }; });
}

void CommandLine::add_trace() {
    CLI::App& command_line = *line.add_subcommand(
        "trace", "every iterate, gradient and draw of one cell and seed");
    add_experiment(command_line, trace_.experiment);
    command_line.add_option("--cell", trace_.cell, "number of the cell, from 0")
        ->required()
        ->check(CLI::NonNegativeNumber);
    command_line.add_option("--seed", trace_.seed, "number of the seed")
        ->required()
        ->check(CLI::NonNegativeNumber);
    command_line.add_option("--iterations", trace_.iterations, "iterations to record")
        ->required()
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000000000}));
    command_line.add_option("-o,--output", trace_.output, "trace file (HDF5)")
        ->check(is_named())
        ->required();
    command_line.callback([this] { command = [this] { return trace(trace_); }; });
}

void CommandLine::add_sample() {
    CLI::App& command_line =
        *line.add_subcommand("sample", "draws of a noise law at scale 1, one a line");
    command_line.add_option("noise", sample_.noise, "key of the law")->required();
    add_law_option(command_line, "--tail-index", "tail_index");
    add_law_option(command_line, "--skew", "skew");
    add_law_option(command_line, "--eps", "eps");
    add_law_option(command_line, "--k", "k");
    command_line.add_option("-n", sample_.count, "number of draws")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000000000}));
    command_line.add_option("--seed", sample_.seed, "seed")
        ->check(CLI::NonNegativeNumber);
    command_line.add_option("-o,--output", sample_.output, "file to write")
        ->check(is_named());
    command_line.callback([this] { command = [this] { return sample(sample_); }; });
}

void CommandLine::add_law_option(CLI::App& command_line,
                                 const std::string& option,
                                 const std::string& parameter) {
    command_line.add_option_function<std::string>(
        option,
        [this, parameter](const std::string& value) {
            sample_.parameters.push_back(parameter + "=" + value);
        },
        parameter + " of the law");
}

void CommandLine::add_verify() {
    CLI::App& command_line = *line.add_subcommand(
        "verify", "digest of a result file, and a sample of its cells computed again");
    command_line.add_option("file", verify_.file, "result file")->required();
    command_line
        .add_option("--cells",
                    verify_.cells,
                    "cells to compute again, always the same ones (default: 3)")
        ->check(CLI::Range(std::size_t{0}, std::size_t{plan::most_cells}));
    add_threads(command_line, verify_.threads);
    add_json(command_line, verify_.is_json);
    command_line.add_flag("--quiet", verify_.is_quiet, "only what does not fit");
    command_line.callback([this] { command = [this] { return verify(verify_); }; });
}

void CommandLine::add_info() {
    CLI::App& command_line =
        *line.add_subcommand("info", "version, compiler, flags, processor, libraries");
    add_json(command_line, info_.is_json);
    command_line.callback([this] { command = [this] { return info(info_); }; });
}

}  // namespace tailrate::app
