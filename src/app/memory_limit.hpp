#pragma once

#include <string>

namespace tailrate::app {

struct MemoryLimit {
    double bytes = 0.0;
    std::string source;  ///< the start of a sentence that ends with the bytes
};

/// What this program may use: the least of the machine's memory, the limits of its
/// control groups (containers and clusters set them) and of its address space.
[[nodiscard]] MemoryLimit memory_limit();

}  // namespace tailrate::app
