#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Files of a process carry its host and number in their names, so that others can tell
// whether it may still write them.

namespace tailrate::storage {

/// Of this machine, with '_' for what has no place in a file name.
[[nodiscard]] std::string host_name();

/// True when the process whose file this is ran on this host and does not any more. A
/// file with our own number counts as left by an earlier process: in a container every
/// one has the same, and what a process has open itself it does not ask about.
[[nodiscard]] bool is_gone(std::string_view host, std::int64_t pid);

/// Eight hexadecimal digits, equal where process numbers are of one kind: in another
/// container they are of other processes. Zeros where the system does not say.
[[nodiscard]] std::string pid_namespace();

/// The whole text as a number.
[[nodiscard]] std::optional<std::int64_t> whole_number(std::string_view text);

}  // namespace tailrate::storage
