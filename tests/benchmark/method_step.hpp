#pragma once

#include <memory>
#include <vector>

#include "model/method.hpp"
#include "runner/workspace.hpp"

namespace tailrate::measure {

/// One iteration of a method at a fixed t, over and over, as the runner makes it once
/// the gradients are there: the clients' messages in its chunks, their mean in the
/// order of the clients, the server. The gradients change sign from pass to pass, so
/// that a memory does not settle; every second client's are long and meet the clip.
class MethodStep {
  public:
    explicit MethodStep(std::shared_ptr<const model::Method> method);
    ~MethodStep() = default;
    MethodStep(const MethodStep&) = delete;
    MethodStep& operator=(const MethodStep&) = delete;
    MethodStep(MethodStep&&) = delete;
    MethodStep& operator=(MethodStep&&) = delete;

    /// Puts fresh gradients where the messages will be, and no more.
    void copy();
    /// The same, and the iteration.
    void copy_and_step();

    /// Whether every number of the state is 0 or normal: others take other times.
    [[nodiscard]] bool is_ordinary() const;

  private:
    double* array(std::size_t size);
    double* copy(model::ClientRange range);

    std::shared_ptr<const model::Method> method_;
    std::vector<double> schedules_;
    runner::Workspace workspace_;
    std::vector<double*> server_, client_;
    model::Step step_;
    std::size_t chunk_;
    bool keeps_all_;
    double* gradients_;
    double* messages_;
    double* aggregate_;
    double sign_ = 1.0;
};

}  // namespace tailrate::measure
