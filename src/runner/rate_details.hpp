#pragma once

#include <string>
#include <vector>

#include "rates/rates.hpp"
#include "runner/cell_variables.hpp"
#include "storage/labelled_reader.hpp"
#include "storage/labelled_writer.hpp"

namespace tailrate::runner {

/// The variables over cells that hold the rest of rates::CellRates, beside those of
/// RateColumns: for a file without the curves of its seeds, which cannot be fitted
/// again.
class RateDetails {
  public:
    /// Of the next cell.
    void add(const rates::CellRates& rates) { cells_.push_back(rates); }

    void write(storage::LabelledWriter& file, const std::string& coordinates) const;
    void visit(const TakeValues& take) const;

  private:
    std::vector<rates::CellRates> cells_;
};

/// Per cell what was fitted when a file with these variables was written. The texts are
/// views of `reasons` (cell).
[[nodiscard]] std::vector<rates::CellRates> read_rates(
    const storage::LabelledReader& file,
    double window_decades,
    const std::vector<std::string>& reasons);

}  // namespace tailrate::runner
