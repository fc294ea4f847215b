#include "coverage/report.hpp"

#include <cmath>

#include <fmt/core.h>

#include "math/special.hpp"
#include "storage/files.hpp"

namespace tailrate::coverage {

void Report::add(const std::string& text) {
    text_ += text + "\n";
    fmt::print("{}\n", text);
    std::fflush(stdout);
}

void Report::save(const std::filesystem::path& file) const {
    storage::atomic_write_text(file, text_);
}

double clopper_pearson_upper(std::size_t count, std::size_t trials) {
    if (count == trials) {
        return 1.0;
    }
    // The p at which `count` or fewer have probability 2.5 %.
    const auto a = static_cast<double>(count + 1);
    const auto b = static_cast<double>(trials - count);
    double lower = 0.0;
    double upper = 1.0;
    for (int step = 0; step < 60; ++step) {
        const double middle = 0.5 * (lower + upper);
        (math::incomplete_beta(a, b, middle) < 0.975 ? lower : upper) = middle;
    }
    return upper;
}

std::string percent_text(std::size_t count, std::size_t trials) {
    const auto n = static_cast<double>(trials);
    const double share = static_cast<double>(count) / n;
    return fmt::format(
        "{:.1f} ± {:.1f}", 100.0 * share, 100.0 * std::sqrt(share * (1.0 - share) / n));
}

}  // namespace tailrate::coverage
