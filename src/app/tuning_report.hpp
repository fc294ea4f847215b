#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "app/winners.hpp"
#include "plan/study.hpp"

/// What `tune` tells of its choices.
namespace tailrate::app {

/// A Markdown table for every setting.
[[nodiscard]] std::string choices_text(const plan::Study& study, const Tuned& tuned);

/// The same for machines: a list of settings.
[[nodiscard]] nlohmann::ordered_json choices_json(const plan::Study& study,
                                                  const Tuned& tuned);

/// First line of every table of cells.
inline constexpr std::string_view tuning_csv_head =
    "setting,method,line,cell,label,final_geo,final_geo_lower,final_geo_upper,"
    "diverged_seeds,is_best";

/// Every cell with its score as comma-separated values.
[[nodiscard]] std::string every_cell_csv(const plan::Study& study, const Tuned& tuned);

/// One line for few seeds, for every choice at the end of an axis, and for every map
/// whose cells all have diverged seeds, which the tuned experiment lacks.
[[nodiscard]] std::vector<std::string> doubts(const plan::Study& study,
                                              const Tuned& tuned,
                                              const std::string& experiment_file);

/// Draws of the noise (client x coordinate x call x seed) of all rows: made once for
/// the cells of a noise group, and made for every cell.
struct Draws {
    double shared = 0.0;
    double apart = 0.0;
};

[[nodiscard]] Draws count_draws(const plan::Study& study);

}  // namespace tailrate::app
