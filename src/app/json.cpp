#include "app/json.hpp"

#include <cmath>

namespace tailrate::app {

using nlohmann::ordered_json;

ordered_json number(double value) {
    if (std::isnan(value)) {
        return nullptr;
    }
    if (std::isinf(value)) {
        return value > 0.0 ? "inf" : "-inf";
    }
    return value;
}

ordered_json interval(const rates::Interval& ci) {
    return ordered_json::array({number(ci.lower), number(ci.upper)});
}

}  // namespace tailrate::app
