#include "app/difference.hpp"

#include <map>
#include <sstream>

#include <fmt/core.h>

namespace tailrate::app {
namespace {

constexpr std::size_t most_differences = 3;

std::map<std::string, std::string> values_of(const std::string& identity) {
    std::map<std::string, std::string> values;
    std::istringstream lines{identity};
    std::string line;
    while (std::getline(lines, line)) {
        const std::size_t blank = line.find(' ');
        values[line.substr(0, blank)] =
            blank == std::string::npos ? std::string{} : line.substr(blank + 1);
    }
    return values;
}

std::vector<std::string> differences(const std::map<std::string, std::string>& now,
                                     const std::map<std::string, std::string>& before) {
    std::vector<std::string> found;
    for (const auto& [name, value] : now) {
        const auto old = before.find(name);
        if (old == before.end()) {
            found.push_back(fmt::format("{} {} is new", name, value));
        } else if (old->second != value) {
            found.push_back(fmt::format("{} {} -> {}", name, old->second, value));
        }
    }
    for (const auto& item : before) {
        if (now.find(item.first) == now.end()) {
            found.push_back(item.first + " is gone");
        }
    }
    return found;
}

}  // namespace

std::string explain_difference(const std::string& identity,
                               const std::vector<std::string>& known) {
    const std::map<std::string, std::string> now = values_of(identity);
    std::vector<std::string> fewest;
    for (const std::string& other : known) {
        std::vector<std::string> found = differences(now, values_of(other));
        if (fewest.empty() || found.size() < fewest.size()) {
            fewest = std::move(found);
        }
    }
    std::string text;
    if (fewest.size() <= most_differences) {
        for (const std::string& difference : fewest) {
            text += (text.empty() ? "" : ", ") + difference;
        }
    }
    return text;
}

}  // namespace tailrate::app
