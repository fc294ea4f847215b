#pragma once

#include <string>
#include <vector>

#include "plan/study.hpp"

namespace tailrate::runner {

/// Per cell a fingerprint of what its clients meet: SHA-256 of the scaled draws of the
/// first 16 seeds and at most 2 clients, so few that it costs nothing beside a run. For
/// `joint: independent` and `common` they are of the first 4 coordinates and 256 calls:
/// each coordinate is what it is in any dimension. For `spherical` they are of the
/// whole vector and 1024 / dimension calls, between 1 and 256: a shorter vector would
/// be other noise. Equal fingerprints mean paired draws; one that changes while no
/// version was raised means that the noise was changed unnoticed.
[[nodiscard]] std::vector<std::string> noise_digests(const plan::Study& study);

}  // namespace tailrate::runner
