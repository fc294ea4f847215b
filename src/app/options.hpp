#pragma once

// Options that several commands have, and what options allow.

#include <cstddef>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"

namespace tailrate::app {

/// Refuses an empty file name.
[[nodiscard]] CLI::Validator is_named();

/// A finite number above 0: CLI11's own checks let NaN through.
[[nodiscard]] CLI::Validator is_positive();

/// I/N, as runner::parse_shard.
[[nodiscard]] CLI::Validator is_shard();

/// --set and --seeds, of the experiment that the option `file` names.
void add_overrides(CLI::App& command, ExperimentOptions& options, CLI::Option* file);

/// An experiment file and its overrides.
void add_experiment(CLI::App& command, ExperimentOptions& options);

void add_threads(CLI::App& command, std::size_t& threads);

/// --threads, --fresh and --quiet.
void add_computation(CLI::App& command, RunOptions& options);

void add_json(CLI::App& command, bool& is_json);

}  // namespace tailrate::app
