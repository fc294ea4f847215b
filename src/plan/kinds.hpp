#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/parameters.hpp"
#include "plan/experiment.hpp"

/// The four catalogues as an experiment file sees them: keys and parameter tables.
namespace tailrate::plan {

/// Keys of the section's catalogue, sorted.
[[nodiscard]] std::vector<std::string> kinds_of(Section section);

/// The entry's own parameters and those that every entry of the section has; nothing
/// where there is no such entry.
[[nodiscard]] std::optional<std::vector<core::ParameterSpec>> parameter_table(
    Section section, std::string_view kind);

/// One row of it; nullptr where the entry, which must exist, has no such parameter.
[[nodiscard]] const core::ParameterSpec* find_parameter(Section section,
                                                        std::string_view kind,
                                                        std::string_view name);

/// Whether a value is what its parameter has where a file does not name it.
[[nodiscard]] bool is_default(Section section,
                              std::string_view kind,
                              std::string_view name,
                              const core::Value& value);

/// Entry::version.
[[nodiscard]] int kernel_version(Section section, std::string_view kind);

/// "a number > 0", "an integer >= 1", "norm, component", "a path".
[[nodiscard]] std::string allowed_text(const core::ParameterSpec& spec);

}  // namespace tailrate::plan
