#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/method_bench.hpp"

namespace tailrate::test {

/// A method with its parameters; `name` for messages.
struct MethodCase {
    const Entry* entry;
    Settings settings;
    bool is_listed = true;  ///< whether the tests know the entry

    [[nodiscard]] std::unique_ptr<model::Method> make(
        const model::ProblemFacts& facts) const {
        return entry->make(complete(*entry, settings), facts);
    }

    [[nodiscard]] std::string name() const {
        std::string text{entry->key};
        for (const auto& setting : settings) {
            text += " " + setting.first + "=" + core::to_text(setting.second);
        }
        return text;
    }
};

/// What the contract is checked with. An entry that is not listed is checked with its
/// defaults and 1 for what is required: list it where that is no sensible choice.
inline std::vector<MethodCase> method_cases() {
    static const std::map<std::string_view, std::vector<Settings>> known{
        {"sgd", {{}, {{"step.shift", 2.5}, {"step.relative_to", "inverse_mu"}}}},
        {"clipped_sgd",
         {{},
          {{"clip", "component"}, {"threshold_growth", 0.25}},
          {{"threshold_growth", 0.4}, {"step.relative_to", "inverse_L"}}}},
        {"clipped_server_sgd",
         {{},
          {{"clip", "component"}, {"threshold_growth", -0.1}, {"step.scale", 2.0}}}},
        {"sclip_ef",
         {{{"clip_scale", 1.5}},
          {{"effective_step", 2.0}, {"clip_threshold", 3.0}},
          {{"clip_scale", 1.0}, {"weight", 0.9}, {"weight_power", 0.0}}}},
        {"smooth_clip_sgd",
         {{{"clip_scale", 1.5}}, {{"effective_step", 2.0}, {"clip_threshold", 3.0}}}},
        {"clip21", {{}, {{"clip_threshold", 0.3}}}},
        {"trimmed_mean_sgd", {{}, {{"trim", 0.0}}, {{"trim", 0.4}}}},
        {"shifted_clip",
         {{}, {{"shift_step", 1.0}, {"threshold_growth", 0.2}, {"step.scale", 0.7}}}},
    };
    std::vector<MethodCase> cases;
    for (const auto& found : core::catalogue<model::Method>()) {
        const auto listed = known.find(found.first);
        if (listed == known.end()) {
            cases.push_back({&found.second, {}, false});
            continue;
        }
        for (const Settings& settings : listed->second) {
            cases.push_back({&found.second, settings, true});
        }
    }
    return cases;
}

}  // namespace tailrate::test
