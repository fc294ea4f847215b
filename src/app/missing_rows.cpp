#include "app/missing_rows.hpp"

namespace tailrate::app {

std::vector<runner::Row> missing_rows(const plan::Study& study,
                                      const FindMissing& find) {
    std::vector<std::vector<bool>> is_missing;
    is_missing.reserve(study.experiment().cells.size());
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        is_missing.push_back(find(study.row_keys(cell)));
    }
    std::vector<runner::Row> rows = runner::all_rows(study);
    std::erase_if(rows, [&](const runner::Row& row) {
        return !is_missing[row.cell][row.block - study.first_block()];
    });
    return rows;
}

}  // namespace tailrate::app
