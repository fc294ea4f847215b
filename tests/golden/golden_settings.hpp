#pragma once

#include <string>
#include <vector>

#include "core/parameters.hpp"

namespace tailrate::test {

/// Parameters of an entry, and how its line in bits.txt tells them: empty for the usual
/// ones.
struct Setting {
    std::string name;
    core::Parameters parameters;
};

/// Defaults, and for required numbers a value inside the range: 1.5 where it may be.
[[nodiscard]] core::Parameters typical(const std::vector<core::ParameterSpec>& table);

/// With what an entry is digested: as above; with every number changed; and so with
/// each of its choices.
[[nodiscard]] std::vector<Setting> settings_of(
    const std::vector<core::ParameterSpec>& table);

}  // namespace tailrate::test
