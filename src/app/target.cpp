#include "app/target.hpp"

#include <system_error>
#include <utility>

#include "app/build.hpp"
#include "app/resources.hpp"
#include "core/errors.hpp"
#include "runner/result_file.hpp"
#include "storage/files.hpp"
#include "storage/journal.hpp"

namespace tailrate::app {

Target checked_target(const plan::Study& study,
                      const std::filesystem::path& output,
                      const RunOptions& options) {
    storage::check_output(output, runner::result_schema_name, study.experiment().name);
    std::filesystem::path journals = storage::journal_folder(output);
    std::error_code ignored;
    const std::filesystem::file_status there =
        std::filesystem::status(journals, ignored);
    if (std::filesystem::exists(there) && !std::filesystem::is_directory(there)) {
        throw core::StorageError{journals.string() +
                                 ": is not a folder; the rows of this run would be "
                                 "kept in one of this name"};
    }
    const std::size_t threads =
        options.threads == 0 ? available_processors() : options.threads;
    check_memory(study, options.experiment.file, threads, options.confirmation_seeds);
    return {options.experiment.file,
            output,
            std::move(journals),
            threads,
            options.is_fresh,
            options.is_quiet,
            options.confirmation_seeds,
            options.snapshot_seconds,
            options.shard};
}

}  // namespace tailrate::app
