#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace tailrate::core {

/// What a statement of theory is about.
enum class Quantity : std::int8_t {
    mse,              ///< E|x_t - x*|^2
    typical_run,      ///< exp E log |x_t - x*|^2
    gap,              ///< E f(x_t) - f*
    averaged_iterate  ///< E|mean of x_0..x_t - x*|^2
};

/// Which side of the exponent a statement holds.
enum class BoundKind : std::int8_t {
    at_least,  ///< a proven upper bound on the error
    at_most,   ///< a lower bound on the error
    exact      ///< the exponent itself
};

[[nodiscard]] constexpr const char* name(Quantity quantity) {
    switch (quantity) {
        case Quantity::mse:
            return "mse";
        case Quantity::typical_run:
            return "typical_run";
        case Quantity::gap:
            return "gap";
        case Quantity::averaged_iterate:
            break;
    }
    return "averaged_iterate";
}

[[nodiscard]] constexpr const char* name(BoundKind kind) {
    switch (kind) {
        case BoundKind::at_least:
            return "at_least";
        case BoundKind::at_most:
            return "at_most";
        case BoundKind::exact:
            break;
    }
    return "exact";
}

/// One statement of theory about the exponent iota of an error that falls like t^-iota,
/// for one cell: its assumptions hold there, or it is not made.
struct Bound {
    BoundKind kind = BoundKind::exact;
    Quantity about = Quantity::mse;
    double exponent = 0.0;
    /// NaN where `exponent` is the whole statement. at_least: some exponent between the
    /// two is proven, and which one for this cell is not known. exact: `exponent` is
    /// the limit, and at a finite horizon a term that still counts may put the slope
    /// anywhere between the two.
    double exponent_up_to = std::numeric_limits<double>::quiet_NaN();
    double from_iteration = 0.0;  ///< windows that start earlier are not spoken of
    bool is_ours = false;         ///< a derivation of this project, not of a paper
    std::string assumptions;
    std::string source;
};

}  // namespace tailrate::core
