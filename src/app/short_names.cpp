#include "app/short_names.hpp"

#include <fmt/format.h>

namespace tailrate::app {

ShortNames short_names(const std::vector<std::string>& names, std::size_t longest) {
    ShortNames result;
    for (const std::string& name : names) {
        const std::size_t blank = name.find(' ');
        if (name.size() <= longest || blank == std::string::npos) {
            result.of_row.push_back(name);
            continue;
        }
        const std::string mark = fmt::format("({})", result.notes.size() + 1);
        result.notes.push_back(fmt::format("{} {}", mark, name));
        result.of_row.push_back(fmt::format("{} {}", name.substr(0, blank), mark));
    }
    return result;
}

}  // namespace tailrate::app
