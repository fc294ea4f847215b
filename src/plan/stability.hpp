#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/method.hpp"
#include "model/problem.hpp"
#include "plan/experiment.hpp"

namespace tailrate::plan {

/// Warns of falling steps that begin beyond the stability limit 2/L of unbounded
/// methods: the iterate explodes before the step is small, and the rounding error it
/// leaves behind never heals. One line per method choice, for its steepest problem.
class StepWarnings {
  public:
    void look_at(const Choice& choice,
                 const model::Method& method,
                 const model::ProblemFacts& facts);
    [[nodiscard]] std::vector<std::string> lines() const;

  private:
    struct Case {
        const Choice* choice;
        double first_step;  ///< times L
        double shift;       ///< least one that brings it to 2
    };

    std::vector<Case> worst_;  ///< per method choice, in order
};

}  // namespace tailrate::plan
