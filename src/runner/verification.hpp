#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plan/study.hpp"
#include "runner/cell_record.hpp"
#include "storage/labelled_reader.hpp"

namespace tailrate::runner {

/// Where a result file says otherwise than this program.
struct Deviation {
    std::string variable;  ///< path in the file
    /// Coordinates of the first value that differs, by the names of its axes.
    std::vector<std::pair<std::string, storage::Scalar>> place;
    storage::Scalar stored;
    storage::Scalar computed;
};

/// Cells of a result file against what this program makes of them: every variable over
/// cells, bit for bit; any NaN equals any other. The file must outlive it.
class Verification {
  public:
    explicit Verification(const storage::LabelledReader& file) : file_{file} {}

    /// What follows from the rows of a cell: seeds, summaries, rates, theory.
    void check_rows(const plan::Study& study, std::size_t cell, const RowSource& rows);
    /// The group /confirmation, from the rows of a study of its seeds.
    void check_confirmation(const plan::Study& study,
                            std::size_t cell,
                            const RowSource& rows);
    /// Coordinates and fingerprints of the noise, which need no rows.
    void check_coordinates(const plan::Study& study,
                           const std::vector<std::size_t>& cells);

    /// One per variable, in the order of the checks.
    [[nodiscard]] const std::vector<Deviation>& deviations(std::size_t cell) {
        return deviations_[cell];
    }

    /// Paths of variables over cells that only the file has, or only this program.
    [[nodiscard]] std::vector<std::string> unchecked() const;

  private:
    void compare(const std::string& path,
                 std::size_t cell,
                 const storage::Values& computed);
    [[nodiscard]] std::vector<std::pair<std::string, storage::Scalar>> place(
        const std::string& path, std::size_t index) const;

    const storage::LabelledReader& file_;
    std::map<std::size_t, std::vector<Deviation>> deviations_;
    std::set<std::string> checked_;
};

}  // namespace tailrate::runner
