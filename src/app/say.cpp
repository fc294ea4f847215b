#include "app/say.hpp"

#include <cstdio>

namespace tailrate::app {

bool say(const std::string& text) {
    return std::fputs(text.c_str(), stderr) >= 0 && std::fflush(stderr) == 0;
}

}  // namespace tailrate::app
