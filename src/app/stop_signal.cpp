#include "app/stop_signal.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <unistd.h>

#include "app/exit_codes.hpp"
#include "core/errors.hpp"

namespace tailrate::app {
namespace {

constexpr std::array signals{SIGINT, SIGTERM, SIGUSR1};

std::atomic<bool> is_requested{false};
std::atomic<bool> ends_at_once{false};
/// Where no StopSignal lives: before the work or after it, at no special place.
constexpr const char* no_advice = "tailrate: interrupted\n";
/// For the handler, which may not allocate.
std::atomic<const char*> last_words{no_advice};

void write_last_words() {
    const char* text = last_words;
    if (::write(STDERR_FILENO, text, std::strlen(text)) < 0) {
        return;  // nobody listens
    }
}

void handle(int /*signal*/) {
    const int error = errno;
    is_requested = true;
    if (ends_at_once) {
        write_last_words();
        ::_exit(exit_code::interrupted);
    }
    errno = error;
}

}  // namespace

StopSignal::StopSignal(std::string advice) : advice_{std::move(advice)} {
    ends_at_once = false;
    last_words = advice_.c_str();

    struct sigaction action {};

    action.sa_handler = handle;
    action.sa_flags = SA_RESTART;
    for (const int signal : signals) {
        sigaction(signal, &action, nullptr);
    }
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, &old_pipe_);
}

StopSignal::~StopSignal() {
    sigaction(SIGPIPE, &old_pipe_, nullptr);
    last_words = no_advice;
    ends_at_once = true;
}

const std::atomic<bool>& StopSignal::requested() const {
    return is_requested;
}

void StopSignal::check() const {
    if (is_requested) {
        throw core::Interrupted{};
    }
}

void StopSignal::print_advice() const {
    write_last_words();
}

EndOnSignal::EndOnSignal(const StopSignal& signal) {
    ends_at_once = true;
    if (signal.requested()) {
        ends_at_once = false;
        signal.check();
    }
}

EndOnSignal::~EndOnSignal() {
    ends_at_once = false;
}

}  // namespace tailrate::app
