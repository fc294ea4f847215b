#include "app/missing_rows.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "plan/identity.hpp"

namespace tailrate::app {

FindMissing without_key(const storage::JournalSet& journals) {
    return [&journals](const std::vector<core::Digest>& keys) {
        std::vector<bool> is_missing;
        is_missing.reserve(keys.size());
        for (const core::Digest& key : keys) {
            is_missing.push_back(!journals.has(key));
        }
        return is_missing;
    };
}

FindMissing unreadable(storage::JournalSet& journals) {
    return [&journals](const std::vector<core::Digest>& keys) {
        std::vector<bool> is_missing;
        is_missing.reserve(keys.size());
        for (const auto& row : journals.read(keys)) {
            is_missing.push_back(!row);
        }
        return is_missing;
    };
}

std::vector<runner::Row> missing_rows(const plan::Study& study,
                                      const std::vector<runner::Row>& rows,
                                      const FindMissing& find) {
    std::vector<std::size_t> by_cell(rows.size());
    std::iota(by_cell.begin(), by_cell.end(), std::size_t{0});
    std::stable_sort(by_cell.begin(), by_cell.end(), [&](std::size_t a, std::size_t b) {
        return rows[a].cell < rows[b].cell;
    });
    std::vector<bool> is_missing(rows.size());
    std::vector<core::Digest> keys;
    for (std::size_t first = 0; first < by_cell.size(); first += keys.size()) {
        const std::uint32_t cell = rows[by_cell[first]].cell;
        const std::string identity = study.identity(cell);
        keys.clear();
        for (std::size_t k = first; k < by_cell.size() && rows[by_cell[k]].cell == cell;
             ++k) {
            keys.push_back(plan::row_key(identity, rows[by_cell[k]].block));
        }
        const std::vector<bool> found = find(keys);
        for (std::size_t k = 0; k < keys.size(); ++k) {
            is_missing[by_cell[first + k]] = found[k];
        }
    }
    std::vector<runner::Row> missing;
    for (std::size_t k = 0; k < rows.size(); ++k) {
        if (is_missing[k]) {
            missing.push_back(rows[k]);
        }
    }
    return missing;
}

}  // namespace tailrate::app
