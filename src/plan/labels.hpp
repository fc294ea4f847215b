#pragma once

#include <string>
#include <vector>

#include "plan/experiment.hpp"

/// Names of cells and of what differs among them, for tables and the result file.
namespace tailrate::plan {

/// A parameter that takes two values or more in the grid, among the cells that have it.
struct VaryingParameter {
    Section section = Section::problem;
    std::string name;  ///< dotted

    [[nodiscard]] bool operator==(const VaryingParameter&) const = default;
};

/// In the order of the sections, and within one of first appearance.
[[nodiscard]] std::vector<VaryingParameter> varying_parameters(
    const Experiment& experiment);

/// Per cell a short text that no other cell has: the method's kind and what varies
/// among the choices of that kind, then the same of noise, problem and network, whose
/// kinds are named where there are several: "sclip_ef clip_threshold=10
/// tail_index=1.2". A default is left out unless two choices differ in it alone.
[[nodiscard]] std::vector<std::string> labels(const Experiment& experiment);

/// The same without the method: what distinguishes the problem, network and noise of a
/// cell from the others; empty where all are the same.
[[nodiscard]] std::vector<std::string> setting_labels(const Experiment& experiment);

}  // namespace tailrate::plan
