#include "storage/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tailrate::storage {

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') {
        return "unknown";
    }
    std::string host{name.data()};
    std::replace_if(
        host.begin(),
        host.end(),
        [](char c) { return c == '/' || c <= ' ' || c > '~'; },
        '_');
    return host;
}

bool is_gone(std::string_view host, std::int64_t pid) {
    if (host != host_name() || pid <= 0) {
        return false;
    }
    const auto process = static_cast<pid_t>(pid);
    return process == ::getpid() || (::kill(process, 0) != 0 && errno == ESRCH);
}

std::string pid_namespace() {
    struct stat facts {};

    const bool is_known = ::stat("/proc/self/ns/pid", &facts) == 0;
    return fmt::format("{:08x}", is_known ? facts.st_ino & 0xffffffffU : 0);
}

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    return result.ec == std::errc{} && result.ptr == end ? std::optional{value}
                                                         : std::nullopt;
}

}  // namespace tailrate::storage
