#include "app/table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

namespace tailrate::app {
namespace {

/// Characters on screen: UTF-8 continuation bytes take no room.
std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

Table::Table(std::vector<std::string> head, std::vector<bool> is_right_aligned)
    : head_{std::move(head)},
      is_right_aligned_{std::move(is_right_aligned)} {}

void Table::add(std::vector<std::string> row) {
    rows_.push_back(std::move(row));
}

std::string Table::line(const std::vector<std::string>& row,
                        const std::vector<std::size_t>& widths) const {
    std::string text = "|";
    for (std::size_t k = 0; k < row.size(); ++k) {
        const std::string padding(widths[k] - width_of(row[k]), ' ');
        text += is_right_aligned_[k] ? " " + padding + row[k] : " " + row[k] + padding;
        text += " |";
    }
    return text + "\n";
}

std::string Table::markdown() const {
    std::vector<std::size_t> widths;
    for (std::size_t k = 0; k < head_.size(); ++k) {
        widths.push_back(std::max<std::size_t>(3, width_of(head_[k])));
        for (const std::vector<std::string>& row : rows_) {
            widths[k] = std::max(widths[k], width_of(row[k]));
        }
    }
    std::string text = line(head_, widths) + "|";
    for (std::size_t k = 0; k < head_.size(); ++k) {
        const std::string dashes(widths[k] + 1, '-');
        text += is_right_aligned_[k] ? dashes + ":|" : ":" + dashes + "|";
    }
    text += "\n";
    for (const std::vector<std::string>& row : rows_) {
        text += line(row, widths);
    }
    return text;
}

std::string with_margin(double value, double lower, double upper) {
    if (std::isnan(lower)) {
        return fmt::format("{:.3f}", value);
    }
    return fmt::format("{:.3f} ± {:.3f}", value, 0.5 * (upper - lower));
}

std::string with_factor(const std::string& value, double lower, double upper) {
    if (!(lower > 0.0) || !std::isfinite(upper)) {
        return value;
    }
    const double factor = std::sqrt(upper / lower);
    return value + (factor < 9.995 ? fmt::format(" ×÷{:.2f}", factor)
                                   : fmt::format(" ×÷{:.3g}", factor));
}

std::string interval_text(double lower, double upper) {
    return std::isnan(lower) ? "-" : fmt::format("[{:.3f}, {:.3f}]", lower, upper);
}

std::string exponent_text(double value) {
    return std::isnan(value) ? "-" : fmt::format("{:.3f}", value);
}

std::string level_text(double value) {
    return std::isinf(value) ? "inf" : fmt::format("{:.3g}", value);
}

std::string grouped(double count) {
    std::string digits = fmt::format("{:.0f}", count);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), ",");
    }
    return digits;
}

std::string counted(const std::string& number, std::string_view what) {
    return fmt::format("{} {}{}", number, what, number == "1" ? "" : "s");
}

std::string duration_text(double seconds) {
    if (seconds < 1.0) {
        return "under 1 s";
    }
    if (seconds < 90.0) {
        return fmt::format("{:.0f} s", seconds);
    }
    return seconds < 5400.0 ? fmt::format("{:.0f} min", seconds / 60.0)
                            : fmt::format("{:.1f} h", seconds / 3600.0);
}

std::string bytes_text(double bytes) {
    static constexpr std::array<const char*, 6> units{
        "B", "kB", "MB", "GB", "TB", "PB"};
    std::size_t unit = 0;
    while (bytes >= 1000.0 && unit + 1 < units.size()) {
        bytes /= 1000.0;
        ++unit;
    }
    return unit == 0 ? fmt::format("{:.0f} B", bytes)
                     : fmt::format("{:.3g} {}", bytes, units[unit]);
}

}  // namespace tailrate::app
