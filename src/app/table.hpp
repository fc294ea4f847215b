#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tailrate::app {

/// A table of texts as aligned Markdown; numbers are right-aligned by the caller's
/// choice per column.
class Table {
  public:
    explicit Table(std::vector<std::string> head, std::vector<bool> is_right_aligned);
    void add(std::vector<std::string> row);
    [[nodiscard]] std::string markdown() const;

  private:
    [[nodiscard]] std::string line(const std::vector<std::string>& row,
                                   const std::vector<std::size_t>& widths) const;

    std::vector<std::string> head_;
    std::vector<bool> is_right_aligned_;
    std::vector<std::vector<std::string>> rows_;
};

/// "0.904 ± 0.038", the interval as half its width; "0.904" where there is none.
[[nodiscard]] std::string with_margin(double value, double lower, double upper);

/// "0.00101 ×÷1.09": the interval as the factor to either side; only `value` where
/// there is none.
[[nodiscard]] std::string with_factor(const std::string& value,
                                      double lower,
                                      double upper);

/// "[0.85, 0.92]", "-" where there is none.
[[nodiscard]] std::string interval_text(double lower, double upper);

/// Three decimals, "-" for NaN.
[[nodiscard]] std::string exponent_text(double value);

/// Three significant digits: 9.6e-04, 33.7, inf.
[[nodiscard]] std::string level_text(double value);

/// "1,234,567".
[[nodiscard]] std::string grouped(double count);

/// "1 seed", "2 seeds".
[[nodiscard]] std::string counted(const std::string& number, std::string_view what);

/// "45 s", "12 min", "3.1 h".
[[nodiscard]] std::string duration_text(double seconds);

/// "12 MB".
[[nodiscard]] std::string bytes_text(double bytes);

}  // namespace tailrate::app
