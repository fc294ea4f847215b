#include "model/magnitude.hpp"

#include <cmath>
#include <string>

#include "core/errors.hpp"

namespace tailrate::model {

void check_magnitude(const core::Parameters& parameters, std::string_view name) {
    const double size = std::abs(parameters.real(name));
    if (size != 0.0 && !(size >= 1e-50 && size <= 1e50)) {
        throw core::ParameterError{
            name,
            std::string{name} + " is " + core::to_text(parameters.real(name)) +
                ", whose powers may leave the range of a double; allowed: sizes from "
                "1e-50 to 1e50"};
    }
}

}  // namespace tailrate::model
