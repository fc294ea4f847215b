#pragma once

#include <chrono>
#include <cstddef>

namespace tailrate::app {

/// Tells on stderr how far a run is: one line that is written over on a terminal, a
/// plain line every ten seconds elsewhere, nothing when quiet.
class Progress {
  public:
    /// `total` elements are to be done.
    Progress(double total, bool is_quiet);
    /// `done` elements are done.
    void update(double done);
    /// Ends the line on a terminal.
    void finish();

    [[nodiscard]] double seconds() const;

  private:
    double total_;
    bool is_quiet_;  ///< also from the first failure to write on
    bool is_terminal_;
    std::chrono::steady_clock::time_point start_;
    double last_line_s_ = 0.0;
    std::size_t width_ = 0;  ///< of the line on the terminal
};

}  // namespace tailrate::app
