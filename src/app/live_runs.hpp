#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tailrate::app {

/// A note about every other process that seems to write to the journals of this folder:
/// one of this host that lives, or one of another host whose journal has changed within
/// two minutes.
[[nodiscard]] std::vector<std::string> live_runs(const std::filesystem::path& folder);

}  // namespace tailrate::app
