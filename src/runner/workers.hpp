#pragma once

#include <cstddef>
#include <functional>

namespace tailrate::runner {

/// Calls `work(0)` to `work(count - 1)`, count at least 1, on up to `count` threads at
/// once, this one among them, and returns when all have returned. `work` must not
/// throw.
void run_workers(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace tailrate::runner
