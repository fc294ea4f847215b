// How often the gate finds what it should, and fails what it should not.

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "gate_cases.hpp"

using namespace tailrate::rates;
using namespace tailrate::rates::testing;

// The gate finds what is rejected and, as estimated, above what is material: a true
// change of just the material size is found in half of the cases. In 100,000 of each
// kind the shares were 0.798 to 0.801; from there each of the bounds is missed with
// probability 2e-6 at most (binomial of 2,500).
TEST_CASE("a change of the size called detectable is found in 80 % of the cases") {
    constexpr int repetitions = 2'500;
    Splitmix draw{5};
    for (const double spread : {0.1, 0.4}) {
        for (const bool has_same_draws : {true, false}) {
            int found = 0;
            for (int k = 0; k < repetitions; ++k) {
                const auto law = power_law(50.0, 0.5);
                const auto a = noisy_curves(1'000, 40, 100.0, spread, law, draw);
                const auto b = noisy_curves(1'000, 40, 100.0, spread, law, draw);
                const double size =
                    std::exp(gate_one(a, b, has_same_draws).level.detectable);
                const CellGate cell = gate_one(a, changed(b, size), has_same_draws);
                found += cell.level_fails ? 1 : 0;
            }
            const double share = static_cast<double>(found) / repetitions;
            CAPTURE(spread);
            CAPTURE(has_same_draws);
            CHECK(share > 0.76);
            CHECK(share < 0.84);
        }
    }
}

// 1,000 builds of 20 cells with fresh draws in both files, none of them worse. A cell
// is a suspect with probability about 2 % at most, and then its confirmation must
// reject at 1 %. In 50,000 builds 1.165 % of the cells were suspects and 0.234 % of the
// builds failed. From there fewer than 164 suspects and more than 309 have probability
// 7e-7 each, 12 or more false builds 6e-6 (4e-5 from the upper 95 % limit, 0.28 %).
TEST_CASE("false alarms with other draws are rare") {
    constexpr std::size_t cells = 20;
    Splitmix draw{77};
    const auto fresh = [&](std::size_t count) {
        return noisy_curves(10'000, count, 100.0, light, power_law(50.0, 0.5), draw);
    };
    int suspects = 0;
    int failures = 0;
    for (int build = 0; build < 1'000; ++build) {
        std::vector<SampleCurves> curves;
        curves.reserve(2 * cells);
        std::vector<GateCell> pairs;
        for (std::size_t k = 0; k < cells; ++k) {
            const SampleCurves& a = curves.emplace_back(fresh(30));
            const SampleCurves& b = curves.emplace_back(fresh(30));
            pairs.push_back(cell_of(a, b, false));
        }
        std::vector<CellGate> found = gate(pairs, {});
        std::vector<SampleCurves> sure;
        sure.reserve(2 * cells);
        std::vector<GateCell> confirmations;
        for (const CellGate& cell : found) {
            if (cell.state == GateState::suspect) {
                const SampleCurves& a = sure.emplace_back(fresh(60));
                const SampleCurves& b = sure.emplace_back(fresh(60));
                confirmations.push_back({a.view(), b.view(), {}});
            }
        }
        suspects += static_cast<int>(confirmations.size());
        confirm(confirmations, {}, found);
        const auto is_failure = [](const CellGate& cell) {
            return cell.state == GateState::fail;
        };
        failures += std::any_of(found.begin(), found.end(), is_failure) ? 1 : 0;
    }

    CHECK(suspects >= 164);
    CHECK(suspects <= 309);
    CHECK(failures < 12);
}
