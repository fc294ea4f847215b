#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/study.hpp"

namespace tailrate::app {

/// Of sorted identities those that no cell of the study has: only of these can a cell
/// be a changed one.
[[nodiscard]] std::vector<std::string> without_cells_of(
    const plan::Study& study, std::vector<std::string> identities);

/// Identities of cells ("name value" a line), of those that journals hold.
class KnownIdentities {
  public:
    /// Sorted texts, without repeats.
    explicit KnownIdentities(std::vector<std::string> texts);

    /// Why a cell runs although there are journals: how its identity differs from the
    /// nearest of these, for example "method.clip_threshold 1 -> 2" or "kernel version
    /// of sclip_ef 3 -> 4"; empty where none is near (more than three lines differ).
    [[nodiscard]] std::string explain_difference(const std::string& identity) const;

    /// The same the other way round: from this identity to the nearest.
    [[nodiscard]] std::string explain_change(const std::string& identity) const;

  private:
    using Lines = std::vector<std::pair<std::string_view, std::string_view>>;

    [[nodiscard]] static Lines lines_of(std::string_view identity);
    [[nodiscard]] const Lines* nearest(std::string_view identity,
                                       const Lines& lines) const;

    std::vector<std::string> texts_;
    std::vector<Lines> lines_;  ///< of each, in views of it
};

}  // namespace tailrate::app
