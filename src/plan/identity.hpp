#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/sha256.hpp"
#include "plan/experiment.hpp"

namespace tailrate::plan {

/// What the draws of a noise choice depend on: its law with the law's own parameters
/// and the joint law; not scale, unit and client_spread, which multiply them.
[[nodiscard]] std::string law_identity(const Choice& noise);

/// Every numeric input of a cell's rows, one "name value" a line. A path stands for
/// data and is replaced by their digest.
[[nodiscard]] std::string identity_of(const Experiment& experiment,
                                      const Cell& cell,
                                      int engine,
                                      const std::string& data_digest);

/// An identity without the versions of what computes: equal for rows of one meaning
/// that different programs computed.
[[nodiscard]] std::string without_versions(std::string_view identity);

/// Journal key of a row: SHA-256 of its cell's identity and its block's first seed.
[[nodiscard]] core::Digest row_key(std::string_view identity, std::size_t block);

}  // namespace tailrate::plan
