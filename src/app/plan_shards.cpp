#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "app/absent_rows.hpp"
#include "app/check_input.hpp"
#include "app/commands.hpp"
#include "app/exit_codes.hpp"
#include "app/study_input.hpp"
#include "app/table.hpp"
#include "core/errors.hpp"
#include "plan/kinds.hpp"
#include "random/address.hpp"
#include "runner/result_file.hpp"
#include "runner/result_reader.hpp"
#include "storage/files.hpp"
#include "storage/journal_set.hpp"

namespace tailrate::app {
namespace {

/// Of the engine, the stream and the entries of the experiment.
bool has_own_versions(const Versions& versions, const plan::Experiment& experiment) {
    const auto has_own_kernels = [&](plan::Section section) {
        const auto& choices = experiment.choices[static_cast<std::size_t>(section)];
        return std::all_of(
            choices.begin(), choices.end(), [&](const plan::Choice& choice) {
                const auto found = versions.kernels.find(
                    fmt::format("{}.{}", plan::section_name(section), choice.kind));
                return found != versions.kernels.end() &&
                       found->second == plan::kernel_version(section, choice.kind);
            });
    };
    return versions.engine == plan::engine_version &&
           versions.stream == random::stream_version &&
           std::all_of(all_sections.begin(), all_sections.end(), has_own_kernels);
}

/// Whether the data files are those it was made from.
bool has_own_data(const storage::LabelledReader& file, const plan::Study& study) {
    const std::vector<std::size_t> first_cell = runner::instances(study).first_cell;
    for (std::size_t k = 0; k < first_cell.size(); ++k) {
        const std::string own = study.problem(first_cell[k]).data_digest();
        const std::string path = fmt::format("/instance/{}/data_sha256", k);
        if (!own.empty() && file.text(path) != std::vector{own}) {
            return false;
        }
    }
    return true;
}

/// Whether a run would write the same numbers and the same experiment.
bool is_result_of(const plan::Study& study, const runner::ResultReader& result) {
    const plan::Experiment& experiment = study.experiment();
    const storage::LabelledReader& file = result.file();
    std::vector<std::int64_t> seeds(static_cast<std::size_t>(experiment.seeds));
    std::iota(seeds.begin(), seeds.end(), experiment.first_seed);
    return file.text("/provenance/experiment_completed") ==
               std::vector{experiment.completed} &&
           file.text("/provenance/experiment_as_read") ==
               std::vector{experiment.source} &&
           result.seeds() == seeds &&
           has_own_versions(read_versions(result), experiment) &&
           has_own_data(file, study);
}

/// What is at the place of the result file. It is read twice for that, and therefore
/// not at all while rows are missing.
const char* state_of_result(const plan::Study& study,
                            const std::filesystem::path& path,
                            bool has_all_rows) {
    if (!std::filesystem::exists(path)) {
        return "none";
    }
    if (!has_all_rows) {
        return "unread";
    }
    try {
        return is_result_of(study, runner::ResultReader{path}) ? "complete" : "other";
    } catch (const core::StorageError& error) {
        fmt::print(stderr, "note: {}\n", error.what());
        return "damaged";
    }
}

}  // namespace

int plan_shards(const PlanOptions& options) {
    const plan::Study study = load_study(options.experiment);
    const std::filesystem::path output = result_path(options.output, study);
    if (options.reads_rows) {
        // Asked by who is about to start them: every shard would refuse.
        storage::check_output(
            output, runner::result_schema_name, study.experiment().name);
    }
    storage::JournalSet journals{storage::journal_folder(output)};
    const std::vector<runner::Row> missing = options.reads_rows
                                                 ? unreadable_rows(study, journals)
                                                 : rows_without_key(study, journals);
    for (const std::string& line : journals.skipped()) {
        fmt::print(stderr, "note: {}\n", line);
    }
    const std::size_t rows = study.experiment().cells.size() * study.blocks();
    fmt::print("{}: {} of {} rows done\n",
               output.string(),
               grouped(static_cast<double>(rows - missing.size())),
               grouped(static_cast<double>(rows)));
    print_shards(study,
                 missing,
                 *options.shards > 0 ? *options.shards
                                     : static_cast<std::uint64_t>(journals.shards()));
    fmt::print("result: {}\n", state_of_result(study, output, missing.empty()));
    return missing.empty() ? 0 : exit_code::incomplete;
}

}  // namespace tailrate::app
