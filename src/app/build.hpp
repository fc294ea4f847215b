#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tailrate::app {

/// What this program was built from and runs on, as (name, value): for `info` and the
/// sidecar of a run; none of it enters a result file.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> build_facts();

/// Processors this process may use.
[[nodiscard]] std::size_t available_processors();

}  // namespace tailrate::app
