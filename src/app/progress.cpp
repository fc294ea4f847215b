#include "app/progress.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include <fmt/core.h>
#include <unistd.h>

#include "app/say.hpp"
#include "app/table.hpp"

namespace tailrate::app {
namespace {

constexpr double plain_line_s = 10.0;

}  // namespace

Progress::Progress(double total, bool is_quiet)
    : total_{total},
      is_quiet_{is_quiet},
      is_terminal_{isatty(STDERR_FILENO) == 1},
      start_{std::chrono::steady_clock::now()} {}

double Progress::seconds() const {
    const std::chrono::duration<double> passed =
        std::chrono::steady_clock::now() - start_;
    return passed.count();
}

void Progress::update(double done) {
    const double now = seconds();
    if (is_quiet_ || done <= 0.0 ||
        (!is_terminal_ && now - last_line_s_ < plain_line_s)) {
        return;
    }
    last_line_s_ = now;
    const double rate = done / now;
    std::string line = fmt::format("{:3.0f} %  {:.2f} billion elements/s  {} left",
                                   100.0 * done / total_,
                                   rate * 1e-9,
                                   duration_text((total_ - done) / rate));
    if (!is_terminal_) {
        is_quiet_ = !say(line + "\n");
        return;
    }
    const std::size_t shown = line.size();
    line.resize(std::max(width_, shown), ' ');
    width_ = shown;
    is_quiet_ = !say("\r" + line);
}

void Progress::finish() {
    if (!is_quiet_ && is_terminal_ && width_ > 0) {
        say("\r" + std::string(width_, ' ') + "\r");
    }
}

}  // namespace tailrate::app
