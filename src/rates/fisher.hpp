#pragma once

#include <cstddef>

namespace tailrate::rates {

/// P of Fisher's exact test, one-sided (Fisher 1935, J. R. Stat. Soc. 98, 39): of two
/// samples of `seeds` each, `before` of one and `after` of the other have diverged; the
/// probability that so many or more of these fall to the other by chance. In [0, 1]; 1
/// where none has. before, after <= seeds.
[[nodiscard]] double more_diverged_p(std::size_t before,
                                     std::size_t after,
                                     std::size_t seeds);

}  // namespace tailrate::rates
