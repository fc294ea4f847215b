#pragma once

// Experiments of five unlike methods on one noise, for tests of snapshots.

#include <string>

#include "plan/study.hpp"

namespace tailrate::test {

inline plan::Study parse(const std::string& text) {
    return plan::Study{
        plan::parse(text, "study", TAILRATE_SOURCE_DIR "/experiments", {})};
}

inline const std::string five_methods =
    "method:\n"
    "  - {kind: sgd, step: {scale: 900}}\n"  // which diverges in some lanes
    "  - {kind: sclip_ef, clip_threshold: 2, effective_step: 1}\n"
    "  - {kind: clip21, clip_threshold: 1, step: {scale: 1, shift: 9}}\n"
    "  - {kind: trimmed_mean_sgd, step: {scale: 1, shift: 9}}\n"
    "  - {kind: shifted_clip, clip_threshold: 1, step: {scale: 1, shift: 9}}\n";

inline const std::string study_head =
    "schema: 1\nname: study\nseeds: 32\nmetrics: [squared_error, gradient_norm, "
    "max_memory, saturated_fraction, iterate_mean]\n";

inline plan::Study small_study() {
    return parse(study_head +
                 "horizon: 1000\n"
                 "problem: {kind: quadratic, clients: 4, dimension: 5, heterogeneity: "
                 "3, condition_number: 10}\n"
                 "noise: {kind: stable, tail_index: 0.7, skew: 0.5}\n" +
                 five_methods);
}

/// Draws of one iteration exceed a tile.
inline plan::Study large_study() {
    return parse(
        study_head +
        "horizon: 12\n"
        "problem: {kind: quadratic, clients: 40, dimension: 60, heterogeneity: "
        "3}\n"
        "noise: {kind: student_t, tail_index: 1.5, joint: spherical}\n" +
        five_methods);
}

inline plan::Study batch_study() {
    return parse(study_head +
                 "horizon: 700\n"
                 "problem: {kind: logistic, data: data/breast_cancer.libsvm, clients: "
                 "10, condition_number: 100, batch: 3}\n"
                 "noise: {kind: log_squared, joint: common}\n" +
                 five_methods);
}

}  // namespace tailrate::test
