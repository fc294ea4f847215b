#include "app/stop_signal.hpp"

#include <cerrno>
#include <utility>

#include <unistd.h>

#include "app/exit_codes.hpp"
#include "core/errors.hpp"

namespace tailrate::app {
namespace {

constexpr std::array signals{SIGINT, SIGTERM, SIGUSR1};

std::atomic<bool> is_requested{false};
std::atomic<bool> ends_at_once{false};
/// For the handler, which may not allocate.
std::atomic<const std::string*> last_words{nullptr};

void write_last_words() {
    const std::string* text = last_words;
    if (text != nullptr && ::write(STDERR_FILENO, text->data(), text->size()) < 0) {
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
    is_requested = false;
    last_words = &advice_;

    struct sigaction action {};

    action.sa_handler = handle;
    action.sa_flags = SA_RESTART;
    for (std::size_t k = 0; k < signals.size(); ++k) {
        sigaction(signals[k], &action, &old_[k]);
    }
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, &old_pipe_);
}

StopSignal::~StopSignal() {
    for (std::size_t k = 0; k < signals.size(); ++k) {
        sigaction(signals[k], &old_[k], nullptr);
    }
    sigaction(SIGPIPE, &old_pipe_, nullptr);
    last_words = nullptr;
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
