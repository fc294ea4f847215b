#pragma once

// Integrals and roots of functions of one variable, for set-up.

#include <functional>

namespace tailrate::math {

/// Integral of f from a to b (finite) by the tanh-sinh rule (Takahasi & Mori 1974),
/// relative accuracy about 1e-13 for analytic f. Integrable singularities at the ends
/// are allowed; only one at 0 is resolved to full accuracy, since elsewhere f sees an
/// argument that was rounded. f is never called at a or b.
[[nodiscard]] double integrate(const std::function<double(double)>& f,
                               double a,
                               double b);

/// A root of f between low < high, where f has different signs: a double next to the
/// change of sign. At most 130 calls of f, about 15 for a smooth function.
[[nodiscard]] double find_root(const std::function<double(double)>& f,
                               double low,
                               double high);

}  // namespace tailrate::math
