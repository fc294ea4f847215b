#pragma once

#include <cstddef>
#include <string>

#include "app/check_report.hpp"

namespace tailrate::app {

struct CheckSettings {
    std::string command;  ///< that gives the same report again
    std::size_t threads = 1;
    bool is_strict = false;
};

/// The whole gate on two result files.
[[nodiscard]] CheckReport check_files(const Side& baseline,
                                      const Side& candidate,
                                      const CheckSettings& settings);

/// What can be said before the candidate is run: its verdict is `pass` where nothing
/// speaks against running it.
[[nodiscard]] CheckReport check_design(const Side& baseline,
                                       const plan::Study& candidate,
                                       const CheckSettings& settings);

}  // namespace tailrate::app
