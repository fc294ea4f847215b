#include "app/check_values.hpp"

#include <vector>

#include "rates/level.hpp"

namespace tailrate::app {
namespace {

using rates::Curves;
using rates::GateTest;
using rates::Statistic;

/// The rows of the seeds that are bad in neither file, as in the tests of other cells.
std::vector<double> kept_errors(const rates::GateCell& cell, const Curves& curves) {
    const std::size_t width = curves.checkpoints();
    std::vector<double> kept;
    for (std::size_t seed = 0; seed < curves.seeds(); ++seed) {
        if (!rates::is_bad(cell.baseline, seed) &&
            !rates::is_bad(cell.candidate, seed)) {
            const double* first = curves.errors.data() + seed * width;
            kept.insert(kept.end(), first, first + width);
        }
    }
    return kept;
}

/// Values of one file, each put into its place by `side`.
void fill_side(const rates::LoggedWindow& logged,
               const rates::Window& window,
               double GateTest::*side,
               rates::CellGate& found) {
    const double geometric = rates::geometric_exponent(logged, window.whole).value;
    if (found.statistic == Statistic::mean) {
        found.exponent.*side = rates::mean_exponent(logged, window.whole).value;
        found.typical.*side = geometric;
        found.level.*side = rates::mean_level(logged).value;
    } else {
        found.exponent.*side = geometric;
        found.level.*side = rates::geometric_level(logged).value;
    }
}

}  // namespace

void fill_values(const rates::GateCell& cell,
                 double window_decades,
                 rates::CellGate& found) {
    const std::vector<double> baseline = kept_errors(cell, cell.baseline);
    const std::vector<double> candidate = kept_errors(cell, cell.candidate);
    const auto iterations = cell.baseline.iterations;
    if (found.baseline_regime == rates::Regime::diverged ||
        baseline.size() < 2 * iterations.size()) {
        return;
    }
    const rates::Window window = rates::select_window(iterations, window_decades);
    fill_side(rates::log_window({iterations, baseline}, window),
              window,
              &GateTest::baseline,
              found);
    fill_side(rates::log_window({iterations, candidate}, window),
              window,
              &GateTest::candidate,
              found);
}

}  // namespace tailrate::app
