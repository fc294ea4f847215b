#include "app/csv.hpp"

namespace tailrate::app {

std::string csv_quoted(const std::string& text) {
    std::string quoted = "\"";
    for (const char letter : text) {
        quoted += letter == '"' ? std::string{"\"\""} : std::string{letter};
    }
    return quoted + "\"";
}

}  // namespace tailrate::app
