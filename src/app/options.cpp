#include "app/options.hpp"

#include <cmath>
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "runner/shard.hpp"

namespace tailrate::app {

CLI::Validator is_named() {
    return {[](const std::string& text) {
                return std::string{text.empty() ? "a file name must not be empty" : ""};
            },
            "FILE"};
}

CLI::Validator is_positive() {
    return {[](const std::string& text) {
                double value = 0.0;
                const bool is_number = CLI::detail::lexical_cast(text, value);
                return std::string{is_number && value > 0.0 && std::isfinite(value)
                                       ? ""
                                       : "must be a number above 0"};
            },
            "> 0"};
}

CLI::Validator is_shard() {
    return {[](const std::string& text) {
                return runner::parse_shard(text)
                           ? std::string{}
                           : fmt::format(
                                 "'{}' is no shard; allowed: I/N with 0 <= I < N <= {}",
                                 text,
                                 runner::most_shards);
            },
            "I/N"};
}

void add_overrides(CLI::App& command, ExperimentOptions& options, CLI::Option* file) {
    command.add_option("--set", options.set, "override, e.g. problem.clients=20")
        ->type_name("K=V")
        ->allow_extra_args(false)
        ->needs(file);
    command.add_option("--seeds", options.seeds, "number of seeds, the first N")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000000}))
        ->needs(file);
}

void add_experiment(CLI::App& command, ExperimentOptions& options) {
    CLI::Option* file =
        command.add_option("experiment", options.file, "experiment file (YAML)")
            ->required();
    add_overrides(command, options, file);
}

void add_threads(CLI::App& command, std::size_t& threads) {
    command.add_option("--threads", threads, "worker threads (default: all cores)")
        ->check(CLI::Range(std::size_t{1}, std::size_t{4096}));
}

void add_computation(CLI::App& command, RunOptions& options) {
    add_threads(command, options.threads);
    command.add_flag("--fresh", options.is_fresh, "ignore rows of earlier runs");
    command.add_flag("--quiet", options.is_quiet, "no progress, errors only");
}

void add_json(CLI::App& command, bool& is_json) {
    command.add_flag("--json", is_json, "machine-readable output");
}

}  // namespace tailrate::app
