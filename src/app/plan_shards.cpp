#include <fmt/core.h>

#include "app/absent_rows.hpp"
#include "app/commands.hpp"
#include "app/exit_codes.hpp"
#include "app/study_input.hpp"
#include "app/table.hpp"
#include "storage/journal_set.hpp"

namespace tailrate::app {

int plan_shards(const PlanOptions& options) {
    const plan::Study study = load_study(options.experiment);
    const std::filesystem::path output = result_path(options.output, study);
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
    return missing.empty() ? 0 : exit_code::incomplete;
}

}  // namespace tailrate::app
