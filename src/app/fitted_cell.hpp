#pragma once

#include <string>
#include <vector>

#include "core/bound.hpp"
#include "rates/rates.hpp"
#include "rates/theory.hpp"

namespace tailrate::app {

/// A statement of theory with what the measured exponent says of it.
struct JudgedBound {
    core::Bound bound;
    rates::Judgement judgement;
};

/// Everything that `tailrate rates` says of a cell.
struct FittedCell {
    std::string label;
    std::string algorithm;
    rates::MomentClass moment;
    rates::CellRates rates;
    double knee;  ///< iterations, NaN where there is none
    std::vector<JudgedBound> theory;
};

}  // namespace tailrate::app
