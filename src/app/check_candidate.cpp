#include "app/check_candidate.hpp"

#include <numeric>
#include <optional>

#include <fmt/core.h>

#include "app/computation.hpp"
#include "app/exit_codes.hpp"
#include "core/errors.hpp"
#include "runner/memory_rows.hpp"
#include "runner/result_file.hpp"
#include "storage/files.hpp"

namespace tailrate::app {

std::filesystem::path candidate_path(const plan::Study& study) {
    return std::filesystem::path{"results"} /
           (study.experiment().name + ".candidate.h5");
}

int run_candidate(const plan::Study& study,
                  const std::filesystem::path& output,
                  std::size_t threads) {
    std::vector<std::size_t> cells(study.experiment().cells.size());
    std::iota(cells.begin(), cells.end(), std::size_t{0});
    storage::make_folder(output.parent_path());
    std::optional<runner::MemoryRows> rows;
    try {
        rows.emplace(study, cells, threads);
    } catch (const core::StorageError& error) {
        fmt::print(stderr, "tailrate: failed: {}\n", error.what());
        return exit_code::incomplete;
    }
    static_cast<void>(runner::write_result(study, rows->source(), output));
    return 0;
}

}  // namespace tailrate::app
