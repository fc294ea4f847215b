#include "app/build.hpp"

#include <fstream>

#include <Eigen/Core>
#include <H5public.h>
#include <sched.h>
#include <sqlite3.h>
#include <tbb/version.h>

#include "app/build_info.hpp"
#include "plan/study.hpp"
#include "random/address.hpp"
#include "runner/result_file.hpp"
#include "storage/process.hpp"

namespace tailrate::app {
namespace {

std::string processor() {
    std::ifstream info{"/proc/cpuinfo"};
    std::string line;
    while (std::getline(info, line)) {
        if (line.starts_with("model name")) {
            return line.substr(line.find(": ") + 2);
        }
    }
    return "unknown";
}

std::string hdf5_version() {
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    H5get_libversion(&major, &minor, &release);
    return std::to_string(major) + "." + std::to_string(minor) + "." +
           std::to_string(release);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> build_facts() {
    return {
        {"tailrate", TAILRATE_VERSION},
        {"revision", git_revision},
        {"engine version", std::to_string(plan::engine_version)},
        {"stream version", std::to_string(random::stream_version)},
        {"result schema", std::to_string(runner::result_schema_version)},
        {"compiler", TAILRATE_COMPILER},
        {"flags", TAILRATE_FLAGS},
        {"instruction set", TAILRATE_ARCH},
        {"processor", processor()},
        {"processors", std::to_string(available_processors())},
        {"host", storage::host_name()},
        {"HDF5", hdf5_version()},
        {"SQLite", sqlite3_libversion()},
        {"oneTBB", TBB_VERSION_STRING},
        {"Eigen",
         std::to_string(EIGEN_WORLD_VERSION) + "." +
             std::to_string(EIGEN_MAJOR_VERSION) + "." +
             std::to_string(EIGEN_MINOR_VERSION)},
    };
}

std::size_t available_processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 1;
    }
    return static_cast<std::size_t>(CPU_COUNT(&set));
}

}  // namespace tailrate::app
