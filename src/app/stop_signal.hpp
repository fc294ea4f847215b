#pragma once

#include <atomic>
#include <csignal>
#include <string>

namespace tailrate::app {

/// While it lives, SIGINT, SIGTERM and SIGUSR1 ask to stop, and a pipe that nobody
/// reads any more is no reason to. One at a time. Between two of them, and after the
/// last, a signal ends the process at once, with exit code 130.
class StopSignal {
  public:
    /// `advice` is the line that says how to go on.
    explicit StopSignal(std::string advice);
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;
    StopSignal(StopSignal&&) = delete;
    StopSignal& operator=(StopSignal&&) = delete;
    ~StopSignal();

    [[nodiscard]] const std::atomic<bool>& requested() const;
    /// Throws core::Interrupted when a signal has come.
    void check() const;

    void print_advice() const;

  private:
    std::string advice_;

    struct sigaction old_pipe_ {};
};

/// While it lives there is nothing to lose: a signal ends the process at once, with the
/// advice and exit code 130.
class EndOnSignal {
  public:
    /// Throws core::Interrupted when a signal has come.
    explicit EndOnSignal(const StopSignal& signal);
    EndOnSignal(const EndOnSignal&) = delete;
    EndOnSignal& operator=(const EndOnSignal&) = delete;
    EndOnSignal(EndOnSignal&&) = delete;
    EndOnSignal& operator=(EndOnSignal&&) = delete;
    ~EndOnSignal();
};

/// While it lives, before a command has begun anything, a signal ends the process at
/// once with exit code 130.
class NothingBegun {
    StopSignal signal_{"tailrate: interrupted; nothing was begun\n"};
    EndOnSignal at_once_{signal_};
};

}  // namespace tailrate::app
