#pragma once

// Pairs of simulated curves for tests of the gate. Seeds are fixed.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "rates/gate.hpp"
#include "sample_curves.hpp"

namespace tailrate::rates::testing {

inline constexpr std::size_t seeds = 100;
inline constexpr double light = 0.6;  // spread of log errors

/// Errors multiplied by `factor` t^-`drop`, seed by seed.
inline SampleCurves changed(SampleCurves curves, double factor, double drop = 0.0) {
    for (std::size_t r = 0; r < curves.errors.size() / curves.iterations.size(); ++r) {
        for (std::size_t k = 1; k < curves.iterations.size(); ++k) {
            const auto t = static_cast<double>(curves.iterations[k]);
            curves.at(r, k) *= factor * std::pow(t, drop);
        }
    }
    return curves;
}

inline SampleCurves noisy(std::uint64_t seed, std::size_t count = seeds) {
    Splitmix draw{seed};
    return noisy_curves(10'000, count, 100.0, light, power_law(50.0, 0.5), draw);
}

inline GateCell cell_of(const SampleCurves& baseline,
                        const SampleCurves& candidate,
                        bool has_same_draws = true) {
    GateCell cell{baseline.view(), candidate.view(), {}};
    cell.has_same_draws = has_same_draws;
    return cell;
}

inline CellGate gate_cell(const GateCell& cell) {
    return gate({&cell, 1}, {}).front();
}

inline CellGate gate_one(const SampleCurves& baseline,
                         const SampleCurves& candidate,
                         bool has_same_draws = true) {
    return gate_cell(cell_of(baseline, candidate, has_same_draws));
}

}  // namespace tailrate::rates::testing
