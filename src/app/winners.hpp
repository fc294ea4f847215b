#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/tuning.hpp"
#include "rates/level.hpp"
#include "runner/result_reader.hpp"

namespace tailrate::app {

/// How well a cell ended: the geometric mean over seeds of its final squared error.
struct Score {
    rates::Level error;  ///< +inf where a seed diverged
    std::size_t diverged_seeds = 0;
};

/// What a map of a method came to in one setting. A map without lists has one cell,
/// which is its best whatever it did.
struct Contest {
    plan::Candidates candidates;
    std::optional<std::uint32_t> best;  ///< none where every cell has a diverged seed
    std::optional<std::uint32_t> second;
    rates::Level ratio;              ///< error of the second over that of the best
    std::vector<std::string> edges;  ///< axes whose end the best is at
};

/// A tuning run judged.
struct Tuned {
    std::vector<plan::MethodGrid> grids;
    std::vector<Score> scores;                   ///< (cell)
    std::vector<std::vector<Contest>> settings;  ///< per setting its maps
};

/// `grids` are those of the experiment, `file` its result on tuning seeds.
[[nodiscard]] Tuned judge(const plan::Experiment& experiment,
                          std::vector<plan::MethodGrid> grids,
                          const runner::ResultReader& file);

/// The best cells of every setting that has any.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> winners(const Tuned& tuned);

/// Whether any list led to a choice.
[[nodiscard]] bool has_choice(const Tuned& tuned);

}  // namespace tailrate::app
