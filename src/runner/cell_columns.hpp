#pragma once

#include <string>
#include <vector>

#include "plan/study.hpp"
#include "rates/rates.hpp"
#include "storage/labelled_writer.hpp"

namespace tailrate::runner {

/// Names of the coordinates on `cell`, separated by blanks: the attribute `coordinates`
/// of every variable over cells.
[[nodiscard]] std::string cell_coordinates(const plan::Study& study);

/// algorithm, noise, tail_index, label, param_... and the other coordinates on `cell`.
void write_cell_coordinates(storage::LabelledWriter& file, const plan::Study& study);

/// The variables over cells that hold fitted exponents, regimes and levels.
class RateColumns {
  public:
    void add(rates::MomentClass moment, const rates::CellRates& rates);
    void write(storage::LabelledWriter& file, const plan::Study& study) const;

  private:
    std::vector<double> exponent_, exponent_ci_, exponent_geo_, exponent_geo_ci_;
    std::vector<double> final_mean_, final_mean_ci_, final_geo_, final_geo_ci_;
    std::vector<std::int8_t> reason_, regime_, moment_;
};

}  // namespace tailrate::runner
