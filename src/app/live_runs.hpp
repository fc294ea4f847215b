#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runner/shard.hpp"

namespace tailrate::app {

/// A note about every other process that seems to write to the journals of this folder:
/// one of this host that lives, or one of another host whose journal has changed within
/// two minutes. Other shards of the cut of `shard` are no news.
[[nodiscard]] std::vector<std::string> live_runs(
    const std::filesystem::path& folder, const std::optional<runner::Shard>& shard);

}  // namespace tailrate::app
