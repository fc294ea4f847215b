#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/build.hpp"
#include "app/commands.hpp"

namespace tailrate::app {

int info(const InfoOptions& options) {
    if (options.is_json) {
        nlohmann::ordered_json json;
        for (const auto& [name, value] : build_facts()) {
            json[name] = value;
        }
        fmt::print("{}\n", json.dump(2));
        return 0;
    }
    for (const auto& [name, value] : build_facts()) {
        fmt::print("{:<16} {}\n", name, value);
    }
    return 0;
}

}  // namespace tailrate::app
