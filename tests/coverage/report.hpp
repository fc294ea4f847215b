#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace tailrate::coverage {

/// Markdown that goes to the screen as it comes and to a file at the end.
class Report {
  public:
    void add(const std::string& text);
    void save(const std::filesystem::path& file) const;

  private:
    std::string text_;
};

/// Upper end of the two-sided 95 % interval of a probability after `count` of `trials`
/// (Clopper and Pearson 1934, Biometrika 26, 404).
[[nodiscard]] double clopper_pearson_upper(std::size_t count, std::size_t trials);

/// "94.6 ± 0.5": a share in percent with its standard error.
[[nodiscard]] std::string percent_text(std::size_t count, std::size_t trials);

}  // namespace tailrate::coverage
