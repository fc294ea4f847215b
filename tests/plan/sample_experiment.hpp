#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/errors.hpp"
#include "plan/experiment.hpp"
#include "plan/study.hpp"

// A small valid experiment whose lines a test replaces, and the text of the error that
// reading it ends in.

namespace tailrate::plan {

inline const std::vector<std::string>& sample_lines() {
    static const std::vector<std::string> lines{
        "schema: 1",
        "name: sample",
        "master_seed: 1",
        "seeds: 20",
        "horizon: 1000",
        "metrics: [squared_error]",
        "problem: {kind: quadratic, clients: 2, dimension: 2, condition_number: 10}",
        "noise: {kind: student_t, tail_index: 1.5}",
        "method: {kind: sclip_ef, clip_threshold: 10, effective_step: 2}",
        "rates: {window_decades: 1.5}",
    };
    return lines;
}

/// The sample with line `number`, from 1, replaced; 0 replaces none.
inline std::string sample_text(std::size_t number = 0, const std::string& line = {}) {
    std::string text;
    for (std::size_t k = 0; k < sample_lines().size(); ++k) {
        text += (k + 1 == number ? line : sample_lines()[k]) + "\n";
    }
    return text;
}

inline Experiment parsed(const std::string& text, const Overrides& overrides = {}) {
    return parse(text, "e.yaml", {}, overrides);
}

/// What InputError says; empty where there is none.
template <class Function>
std::string input_error(const Function& function) {
    try {
        function();
    } catch (const core::InputError& error) {
        return error.what();
    }
    return {};
}

inline std::string parse_error(const std::string& text,
                               const Overrides& overrides = {}) {
    return input_error([&] { parsed(text, overrides); });
}

inline std::string study_error(const std::string& text) {
    return input_error([&] { Study{parsed(text)}; });
}

inline bool begins_with(const std::string& text, const std::string& beginning) {
    return text.substr(0, beginning.size()) == beginning;
}

/// Whether every one of `words` is in `text`, which is one line.
inline bool says(const std::string& text, const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        if (text.find(word) == std::string::npos) {
            return false;
        }
    }
    return text.find('\n') == std::string::npos;
}

}  // namespace tailrate::plan
