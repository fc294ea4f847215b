#pragma once

#include <string>
#include <vector>

#include "plan/study.hpp"

namespace tailrate::runner {

/// Per cell a fingerprint of what its clients meet: SHA-256 of the scaled draws of the
/// first 256 calls of the first 16 seeds, of at most 2 clients and 4 coordinates,
/// whatever the dimension: it must cost nothing beside a run. Equal fingerprints mean
/// paired draws; one that changes while no version was raised means that the noise was
/// changed unnoticed.
[[nodiscard]] std::vector<std::string> noise_digests(const plan::Study& study);

}  // namespace tailrate::runner
