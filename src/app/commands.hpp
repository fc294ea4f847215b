#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/shard.hpp"

/// The subcommands, one file each. Each returns the exit code: 0 done, 1 regression
/// found, 3 cells failed or missing, 4 not comparable, undecided or unexplained, 130
/// interrupted; bad input is thrown to main and ends with 2, as does whatever cannot be
/// printed.
namespace tailrate::app {

struct ExperimentOptions {
    std::string file;
    std::vector<std::string> set;  ///< "key=value"
    std::int64_t seeds = 0;        ///< 0: as in the file
};

struct RunOptions {
    ExperimentOptions experiment;
    std::string output;       ///< empty: results/<name>.h5
    std::size_t threads = 0;  ///< 0: all
    std::int64_t confirmation_seeds = 0;
    /// Running rows leave a snapshot so often: with what it takes to write one, less
    /// than a minute of work is lost.
    double snapshot_seconds = 50.0;
    bool is_fresh = false;
    bool is_quiet = false;
    std::optional<runner::Shard> shard;  ///< journals only
};

struct MergeOptions {
    std::vector<std::string> places;  ///< journals and folders of them
    std::string output;
    ExperimentOptions experiment;  ///< file empty: the one that all journals share
    bool is_quiet = false;
};

struct TuneOptions {
    RunOptions run;  ///< its output is the tuned experiment file
    bool is_json = false;
};

struct PlanOptions {
    ExperimentOptions experiment;
    std::string output;
    std::size_t threads = 0;
    bool is_json = false;
    bool is_uncalibrated = false;  ///< no estimate of time
    /// What is left of so many shards, instead of all the rest; 0: of as many as the
    /// names of the journals say.
    std::optional<std::uint64_t> shards;
    /// A damaged row is not done, and an output that a run would refuse is refused.
    bool reads_rows = false;
};

struct RatesOptions {
    std::string file;
    double window_decades = 0.0;  ///< 0: as in the file
    bool is_json = false;
    bool is_csv = false;
};

struct CheckOptions {
    std::string baseline;
    std::string candidate;    ///< a result file, or an experiment that is run first
    std::string junit;        ///< file to write; empty: none
    std::size_t threads = 0;  ///< 0: all
    bool is_strict = false;
    bool is_json = false;
    bool is_github = false;
    bool is_self_test = false;
};

struct CompareOptions {
    std::string file;
    double budget = 0.0;    ///< oracle calls per client; 0: all that every cell has
    double accuracy = 0.0;  ///< 0: chosen per group
    bool is_json = false;
};

struct ListOptions {
    std::string catalogue;  ///< empty: all
    bool is_json = false;
};

struct DescribeOptions {
    std::string key;
    bool is_json = false;
};

struct TraceOptions {
    ExperimentOptions experiment;
    std::int64_t cell = 0;
    std::int64_t seed = 0;
    std::int64_t iterations = 0;
    std::string output;
};

struct SampleOptions {
    std::string noise;
    std::vector<std::string> parameters;  ///< "name=value" of the law
    std::int64_t count = 10;
    std::int64_t seed = 0;
    std::string output;  ///< empty: standard output
};

struct VerifyOptions {
    std::string file;
    std::size_t cells = 3;    ///< to recompute
    std::size_t threads = 0;  ///< 0: all
    bool is_json = false;
    bool is_quiet = false;
};

struct InfoOptions {
    bool is_json = false;
};

int run(const RunOptions& options);
int merge(const MergeOptions& options);
int tune(const TuneOptions& options);
int plan_command(const PlanOptions& options);
/// What is left of the shards; 3 where something is.
int plan_shards(const PlanOptions& options);
int rates_command(const RatesOptions& options);
int check(const CheckOptions& options);
/// Plants bugs and innocent changes in a small built-in run: does the gate of this
/// build find what it must, and nothing else? Exit code 3 when not. Its files are in a
/// folder of their own, which it removes.
int self_test(std::size_t threads);
int compare(const CompareOptions& options);
int list(const ListOptions& options);
int describe(const DescribeOptions& options);
int trace(const TraceOptions& options);
int sample(const SampleOptions& options);
/// Exit code 4 where this program computes other bits than the file has, or cannot
/// tell.
int verify(const VerifyOptions& options);
int info(const InfoOptions& options);

}  // namespace tailrate::app
