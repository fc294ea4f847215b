#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "app/commands.hpp"
#include "app/computation.hpp"
#include "app/exit_codes.hpp"
#include "app/stop_signal.hpp"
#include "app/study_input.hpp"
#include "app/table.hpp"
#include "app/tuning_report.hpp"
#include "app/winners.hpp"
#include "core/errors.hpp"
#include "plan/tuning.hpp"
#include "runner/result_file.hpp"
#include "runner/result_reader.hpp"
#include "storage/files.hpp"

namespace tailrate::app {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t fewest_seeds = 2;

/// Files of a tuning run, named after the first.
struct Files {
    fs::path experiment;  ///< TUNED.yaml
    fs::path result;      ///< TUNED.h5: the curves
    fs::path table;       ///< TUNED.tuning.csv: every cell with its score
};

[[noreturn]] void refuse(const fs::path& path, const std::string& text) {
    throw core::InputError{path.string() + ": " + text};
}

/// An experiment that is there is replaced only when it is a tuned one.
void check_replaceable(const fs::path& path) {
    if (!fs::is_regular_file(path)) {
        refuse(path, "is there and is not a regular file");
    }
    if (::access(path.c_str(), W_OK) != 0) {
        refuse(path, "is there and is not writable");
    }
    bool is_tuned = false;
    try {
        is_tuned = plan::load(path, {}).tuning.has_value();
    } catch (const core::InputError&) {
        // What cannot be read is not ours either.
    }
    if (!is_tuned) {
        refuse(path,
               "is there and is not a tuned experiment (it has no map tuning); it is "
               "not overwritten");
    }
}

/// A table that is there is replaced only when it is one of ours.
void check_table(const fs::path& path) {
    if (!fs::exists(fs::symlink_status(path))) {
        return;
    }
    std::string head;
    if (fs::is_regular_file(path)) {
        std::ifstream file{path};
        std::getline(file, head);
    }
    if (head != tuning_csv_head) {
        refuse(path, "is there and is not a table of tune; it is not overwritten");
    }
}

Files checked_files(const RunOptions& options) {
    const fs::path output{options.output};
    if (output.extension() != ".yaml" && output.extension() != ".yml") {
        refuse(output, "is not the name of an experiment file; allowed: *.yaml, *.yml");
    }
    std::error_code ignored;
    if (fs::equivalent(output, options.experiment.file, ignored)) {
        refuse(output, "is the experiment that is tuned; name another file");
    }
    if (fs::exists(fs::symlink_status(output))) {
        check_replaceable(output);
    }
    Files files{output, output, output};
    files.result.replace_extension(".h5");
    files.table.replace_extension(".tuning.csv");
    check_table(files.table);
    return files;
}

/// A result file of the same name may be one of test seeds, which are kept.
void check_seeds(const fs::path& result) {
    if (fs::exists(result) &&
        runner::ResultReader{result}.seed_range() != plan::SeedRange::tuning) {
        refuse(result,
               "holds results of other seeds than those of tuning; it is not "
               "overwritten");
    }
}

/// One seed has no interval, and its best constants are those of its draws.
void check_number_of_seeds(const plan::Study& study, const std::string& file) {
    if (study.experiment().seeds < fewest_seeds) {
        refuse(file,
               fmt::format("is to be tuned on {} seed, which says nothing of the next; "
                           "allowed: at least {} (--seeds N, or seeds in the file)",
                           study.experiment().seeds,
                           fewest_seeds));
    }
}

/// Every method is given the same budget, which one horizon does not do where some
/// make more oracle calls per iteration.
void check_budget(const plan::Study& study) {
    const plan::Experiment& experiment = study.experiment();
    for (std::size_t cell = 1; cell < experiment.cells.size(); ++cell) {
        if (study.oracle_calls(cell) == study.oracle_calls(0)) {
            continue;
        }
        const plan::Choice& first =
            experiment.at(experiment.cells[0], plan::Section::method);
        const plan::Choice& other =
            experiment.at(experiment.cells[cell], plan::Section::method);
        throw core::InputError{
            other.place(""),
            fmt::format("{} makes {} oracle calls per iteration and {} makes {}: with "
                        "one horizon they are not given the same budget; tune them in "
                        "files of their own",
                        other.kind,
                        study.oracle_calls(cell),
                        first.kind,
                        study.oracle_calls(0))};
    }
}

/// What is known before the first iteration.
struct Input {
    plan::Study study;        ///< of the tuning seeds
    plan::Experiment wanted;  ///< as in the file, with its own number of seeds
    std::vector<plan::MethodGrid> grids;
    Files files;
    Target target;
};

Input check(const RunOptions& options) {
    const NothingBegun signals;
    const Files files = checked_files(options);
    const std::string& file = options.experiment.file;
    const std::vector<std::string>& set = options.experiment.set;
    std::vector<std::string> every_seed = set;
    every_seed.emplace_back("keep=seeds");  // their final errors choose the constants
    plan::Study study =
        make_study(plan::load(file,
                              {.set = every_seed,
                               .seeds = options.experiment.seeds,
                               .first_seed = first_seed(plan::SeedRange::tuning)}));
    std::vector<plan::MethodGrid> grids = plan::method_grids(study.experiment());
    check_number_of_seeds(study, file);
    check_budget(study);
    const Target target = checked_target(study, files.result, options);
    check_seeds(files.result);
    return {std::move(study),
            plan::load(file, {.set = set}),
            std::move(grids),
            files,
            target};
}

plan::Tuning tuning_of(const plan::Study& study) {
    return {study.experiment().first_seed, study.experiment().seeds};
}

void print_text(const Input& input, const Tuned& tuned) {
    const plan::Experiment& experiment = input.study.experiment();
    const Draws draws = count_draws(input.study);
    const std::size_t calls = input.study.oracle_calls(0);
    fmt::print(
        "{}Typical final error: geometric mean over seeds of the squared error at the "
        "horizon, 95 % interval;\nthe runner-up's ratio to it is paired by seed. {} "
        "seeds from {} on, {} oracle calls per client for every cell.\n",
        choices_text(input.study, tuned),
        grouped(static_cast<double>(experiment.seeds)),
        grouped(static_cast<double>(experiment.first_seed)),
        grouped(static_cast<double>(calls) * static_cast<double>(experiment.horizon)));
    fmt::print(
        "{} in {}: {:.3g} draws, each made once for all cells of "
        "its "
        "group; {:.3g} times as many without.\n",
        counted(grouped(static_cast<double>(experiment.cells.size())), "cell"),
        counted(std::to_string(input.study.groups().size()), "noise group"),
        draws.shared,
        draws.apart / draws.shared);
    fmt::print("{}: every cell\n{}: its curves\n",
               input.files.table.string(),
               input.files.result.string());
    if (has_choice(tuned)) {
        fmt::print("{}: the tuned experiment\n", input.files.experiment.string());
    }
}

void print_json(const Input& input, const Tuned& tuned, const core::Digest& digest) {
    const plan::Experiment& experiment = input.study.experiment();
    const Draws draws = count_draws(input.study);
    const nlohmann::ordered_json json{
        {"schema", "tailrate.tune/1"},
        {"experiment", experiment.name},
        {"tuned",
         has_choice(tuned) ? nlohmann::ordered_json(input.files.experiment.string())
                           : nlohmann::ordered_json(nullptr)},
        {"table", input.files.table.string()},
        {"result", input.files.result.string()},
        {"content_sha256", core::hex(digest)},
        {"first_seed", experiment.first_seed},
        {"seeds", experiment.seeds},
        {"oracle_calls",
         static_cast<std::int64_t>(input.study.oracle_calls(0)) * experiment.horizon},
        {"cells", experiment.cells.size()},
        {"noise_groups", input.study.groups().size()},
        {"draws", draws.shared},
        {"draws_without_sharing", draws.apart},
        {"settings", choices_json(input.study, tuned)}};
    fmt::print("{}\n", json.dump(2));
}

/// The table first: a tuned experiment has everything behind it.
void write_files(const Input& input, const Tuned& tuned) {
    storage::atomic_write_text(input.files.table, every_cell_csv(input.study, tuned));
    if (has_choice(tuned)) {
        storage::atomic_write_text(
            input.files.experiment,
            plan::tuned_text(input.wanted,
                             tuning_of(input.study),
                             winners(tuned),
                             input.files.experiment.parent_path()));
    }
}

}  // namespace

int tune(const TuneOptions& options) {
    const Input input = check(options.run);
    const Computed done = compute(input.study, input.target);
    if (done.code != 0) {
        return done.code;
    }
    const Tuned tuned = judge(input.study.experiment(),
                              input.grids,
                              runner::ResultReader{input.files.result});
    write_files(input, tuned);
    if (!options.run.is_quiet) {
        for (const std::string& line :
             doubts(input.study, tuned, input.files.experiment.string())) {
            fmt::print(stderr, "warning: {}\n", line);
        }
    }
    if (options.is_json) {
        print_json(input, tuned, done.digest);
    } else if (!options.run.is_quiet) {
        print_text(input, tuned);
    }
    if (!has_choice(tuned)) {
        fmt::print(stderr,
                   "tailrate tune: no list led to a choice, every cell of every list "
                   "has diverged seeds; {} is not written\n",
                   input.files.experiment.string());
        return exit_code::incomplete;
    }
    return 0;
}

}  // namespace tailrate::app
