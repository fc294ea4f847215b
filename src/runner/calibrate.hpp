#pragma once

#include "plan/study.hpp"
#include "runner/units.hpp"

namespace tailrate::runner {

/// What rows will cost on this machine.
struct Prediction {
    double seconds = 0.0;        ///< wall time on the given number of threads
    double calibration_s = 0.0;  ///< spent measuring
};

/// Steps a sample of the cells through a few tiles of iterations for about a second and
/// scales up to `rows` on `threads` workers; adds what cells cost besides.
[[nodiscard]] Prediction predict(const plan::Study& study,
                                 const std::vector<Row>& rows,
                                 std::size_t threads);

}  // namespace tailrate::runner
