#include <string>
#include <utility>

#include <fmt/core.h>

#include "app/commands.hpp"
#include "app/computation.hpp"
#include "app/shell_word.hpp"
#include "app/stop_signal.hpp"
#include "app/study_input.hpp"
#include "app/table.hpp"
#include "core/errors.hpp"

namespace tailrate::app {
namespace {

void print_summary(const plan::Study& study,
                   const Target& target,
                   const Computed& done) {
    fmt::print(
        "{}: {} cells x {} seeds x {} iterations\n{} of {} rows computed in {} on {} "
        "threads, the rest reused\ncontent_sha256 {}\n",
        target.output.string(),
        grouped(static_cast<double>(study.experiment().cells.size())),
        grouped(static_cast<double>(study.experiment().seeds)),
        grouped(static_cast<double>(study.experiment().horizon)),
        grouped(static_cast<double>(done.rows)),
        grouped(static_cast<double>(done.all_rows)),
        duration_text(done.seconds),
        target.threads,
        core::hex(done.digest));
}

/// What merge is told of the experiment, as it was given: the journals of a folder may
/// have served others, or an earlier state of this one.
std::string experiment_options(const ExperimentOptions& options) {
    std::string text = "--experiment " + shell_word(options.file);
    for (const std::string& change : options.set) {
        text += " --set " + shell_word(change);
    }
    if (options.seeds > 0) {
        text += fmt::format(" --seeds {}", options.seeds);
    }
    return text;
}

/// A shard leaves no result file: what it did, and what comes next.
void print_shard_summary(const ExperimentOptions& experiment,
                         const Target& target,
                         const Computed& done) {
    if (done.all_rows == 0) {
        fmt::print("shard {} of {} has no rows: there are fewer rows than shards\n",
                   target.shard->index,
                   target.shard->count);
        return;
    }
    fmt::print(
        "shard {} of {}: {} of its {} rows computed in {} on {} threads, the rest "
        "reused; they are in {}\nwhen every shard is done: tailrate merge {} -o {} "
        "{}\n",
        target.shard->index,
        target.shard->count,
        grouped(static_cast<double>(done.rows)),
        grouped(static_cast<double>(done.all_rows)),
        duration_text(done.seconds),
        target.threads,
        target.journals.string(),
        shell_word(target.journals.string()),
        shell_word(target.output.string()),
        experiment_options(experiment));
}

/// What is known before the first iteration.
struct Input {
    plan::Study study;
    Target target;
};

Input checked_input(const RunOptions& options) {
    const NothingBegun signals;
    plan::Study study = load_study(options.experiment);
    if (options.confirmation_seeds > 0 &&
        study.experiment().keep == plan::Keep::summary) {
        throw core::InputError{options.experiment.file +
                               ": --confirmation is for a baseline, which needs every "
                               "seed; it does not go "
                               "with keep: summary"};
    }
    const Target target =
        checked_target(study, result_path(options.output, study), options);
    return {std::move(study), target};
}

}  // namespace

int run(const RunOptions& options) {
    const auto [study, target] = checked_input(options);
    const Computed done = compute(study, target);
    if (done.code == 0 && !options.is_quiet) {
        if (target.shard) {
            print_shard_summary(options.experiment, target, done);
        } else {
            print_summary(study, target, done);
        }
    }
    return done.code;
}

}  // namespace tailrate::app
