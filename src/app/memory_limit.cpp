#include "app/memory_limit.hpp"

#include <filesystem>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

namespace tailrate::app {
namespace {

namespace fs = std::filesystem;

void lower(MemoryLimit& limit, double bytes, const char* source) {
    if (bytes < limit.bytes) {
        limit = {bytes, source};
    }
}

/// Of a group and of those it is in, each of which may have a limit in `file`.
void lower_by_group(MemoryLimit& limit,
                    const fs::path& mount,
                    const std::string& group,
                    const char* file) {
    fs::path folder = mount / fs::path{group}.relative_path();
    while (true) {
        std::ifstream stream{folder / file};
        double bytes = 0.0;
        if (stream >> bytes) {  // "max" is no number
            lower(limit, bytes, "its control group has");
        }
        if (folder == mount || !folder.has_relative_path()) {
            return;
        }
        folder = folder.parent_path();
    }
}

/// Lines "number:controllers:group"; version 2 has no controllers.
void lower_by_groups(MemoryLimit& limit) {
    std::ifstream groups{"/proc/self/cgroup"};
    const fs::path mount{"/sys/fs/cgroup"};
    for (std::string line; std::getline(groups, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) {
            continue;
        }
        const std::string controllers =
            "," + line.substr(first + 1, second - first - 1) + ",";
        const std::string group = line.substr(second + 1);
        if (controllers == ",,") {
            lower_by_group(limit, mount, group, "memory.max");
        } else if (controllers.find(",memory,") != std::string::npos) {
            lower_by_group(limit, mount / "memory", group, "memory.limit_in_bytes");
        }
    }
}

}  // namespace

MemoryLimit memory_limit() {
    MemoryLimit limit{static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                          static_cast<double>(sysconf(_SC_PAGESIZE)),
                      "this machine has"};
    lower_by_groups(limit);
    rlimit space{};
    if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) {
        lower(limit, static_cast<double>(space.rlim_cur), "its address space has");
    }
    return limit;
}

}  // namespace tailrate::app
