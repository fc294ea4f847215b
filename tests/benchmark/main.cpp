#include <benchmark/benchmark.h>

#include "benchmark/shared.hpp"

int main(int argc, char** argv) {
    using namespace tailrate;
    measure::register_draws();
    measure::register_gradients();
    measure::register_steps();
    measure::register_grid();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 2;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
