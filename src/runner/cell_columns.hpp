#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "plan/study.hpp"
#include "rates/rates.hpp"
#include "runner/cell_variables.hpp"
#include "storage/labelled_writer.hpp"

namespace tailrate::runner {

/// Names of the coordinates on `cell`, separated by blanks: the attribute `coordinates`
/// of every variable over cells.
[[nodiscard]] std::string cell_coordinates(const plan::Study& study);

/// algorithm, noise, tail_index, label, param_... and the other coordinates on `cell`.
void write_cell_coordinates(storage::LabelledWriter& file, const plan::Study& study);
/// The same, a value per cell each.
void visit_cell_coordinates(const plan::Study& study, const TakeValues& take);

/// The variables over cells that hold fitted exponents, regimes and levels.
class RateColumns {
  public:
    /// Of the next cell.
    void add(rates::MomentClass moment, const rates::CellRates& rates);
    void write(storage::LabelledWriter& file, const plan::Study& study) const;
    void visit(const TakeValues& take) const;

  private:
    struct Numbers {
        std::string name;
        std::string meaning;
        std::vector<double> values;
        std::vector<double> ends;  ///< (cell, bound)
    };

    std::array<Numbers, 4> numbers_{
        {{"exponent", "exponent of the mean squared error", {}, {}},
         {"exponent_geo", "exponent of the typical run", {}, {}},
         {"final_mean", "mean squared error at the horizon", {}, {}},
         {"final_geo", "geometric mean error at the horizon", {}, {}}}};
    std::vector<std::int8_t> reason_, regime_, moment_;
};

}  // namespace tailrate::runner
