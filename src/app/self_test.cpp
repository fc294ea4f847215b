#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include <fmt/core.h>

#include "app/commands.hpp"
#include "app/table.hpp"
#include "math/elementary.hpp"
#include "rates/gate.hpp"
#include "runner/memory_rows.hpp"

namespace tailrate::app {
namespace {

using rates::GateState;

constexpr int not_as_expected = 3;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Two methods on a small problem; under a second.
constexpr const char* experiment_text = R"(schema: 1
name: self-test
seeds: 48
horizon: 2000
problem: {kind: quadratic, clients: 4, dimension: 4, heterogeneity: 3, initial_distance: 10}
noise: {kind: student_t, tail_index: 1.5}
method:
  - {kind: clipped_sgd, clip_threshold: 10, step: {scale: 2, shift: 20}}
  - {kind: sclip_ef, clip_threshold: 2, clip_scale: 3, step: {scale: 2}}
)";

/// A new error out of the old one, its seed and its iteration.
using Change = std::function<double(double error, std::size_t seed, double t)>;

struct Case {
    const char* meaning;
    Change change;
    GateState expected;
};

std::vector<Case> cases() {
    const auto factor = [](double by) {
        return [by](double error, std::size_t /*seed*/, double /*t*/) {
            return by * error;
        };
    };
    return {
        {"nothing", factor(1.0), GateState::identical},
        {"another rounding", factor(1.0 + 1e-13), GateState::rounding},
        {"level up by 2 %", factor(1.02), GateState::changed},
        {"level up by 20 %", factor(1.2), GateState::fail},
        {"exponent down by 0.05",
         [](double error, std::size_t /*seed*/, double t) {
             return error * math::pow(t, 0.05);
         },
         GateState::fail},
        {"three seeds diverge",
         [](double error, std::size_t seed, double t) {
             if (seed < 3 && t > 100.0) {
                 return infinity;
             }
             return error;
         },
         GateState::fail},
        {"level down by 60 %", factor(0.4), GateState::improved},
    };
}

/// The errors of a cell on the seeds of studies.
struct Sample {
    std::vector<double> errors;
    runner::DeclaredFacts facts;
};

std::vector<Sample> run_sample(const plan::Study& study) {
    std::vector<std::size_t> cells(study.experiment().cells.size());
    std::iota(cells.begin(), cells.end(), std::size_t{0});
    const runner::MemoryRows rows{study, cells, 1};
    std::vector<Sample> samples;
    samples.reserve(cells.size());
    for (const std::size_t cell : cells) {
        samples.push_back({runner::collect(study, cell, rows.source()).metrics.front(),
                           runner::declared_facts(study, cell)});
    }
    return samples;
}

std::vector<double> changed(const std::vector<double>& errors,
                            const std::vector<std::int64_t>& iterations,
                            const Change& change) {
    std::vector<double> result = errors;
    for (std::size_t k = 0; k < result.size(); ++k) {
        const std::int64_t t = iterations[k % iterations.size()];
        if (t > 0) {
            result[k] =
                change(result[k], k / iterations.size(), static_cast<double>(t));
        }
    }
    return result;
}

}  // namespace

int self_test() {
    const plan::Study study{
        plan::parse(experiment_text,
                    "self-test",
                    ".",
                    {.set = {},
                     .seeds = 0,
                     .first_seed = plan::first_seed(plan::SeedRange::study)})};
    const std::vector<std::int64_t>& iterations = study.checkpoints();
    const std::vector<Sample> samples = run_sample(study);
    Table table{{"change", "expected", "found"}, {false, false, false}};
    std::size_t wrong = 0;
    for (const Case& planted : cases()) {
        for (const Sample& sample : samples) {
            const std::vector<double> candidate =
                changed(sample.errors, iterations, planted.change);
            const rates::GateCell cell{{iterations, sample.errors},
                                       {iterations, candidate},
                                       {sample.facts.moment, sample.facts.path_bound},
                                       {}};
            const GateState found = rates::gate({&cell, 1}, {}, true).front().state;
            wrong += found == planted.expected ? 0U : 1U;
            table.add(
                {planted.meaning, rates::name(planted.expected), rates::name(found)});
        }
    }
    fmt::print("{}\nself-test: {} of {} as expected\n",
               table.markdown(),
               cases().size() * samples.size() - wrong,
               cases().size() * samples.size());
    return wrong == 0 ? 0 : not_as_expected;
}

}  // namespace tailrate::app
