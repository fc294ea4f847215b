#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "plan/study.hpp"

/// Bugs that a gate must catch, each planted where such a bug would be: in an entry of
/// the catalogues, in what the runner is given, or in the recorded rows. The experiment
/// keeps its text, so that a mutant looks like the same cells from another build.
namespace tailrate::mutate {

/// The rows of one cell, block by block.
using Rows = std::vector<std::vector<double>>;

struct Mutation {
    std::string meaning;
    std::function<void()> entries;
    std::function<void(plan::Experiment&)> experiment;
    std::function<void(const plan::Study&, std::size_t cell, Rows&)> rows;
    /// The rows of cell 0 and of the last cell change places.
    bool is_swapped = false;
};

[[nodiscard]] const std::map<std::string, Mutation>& mutations();

// Changes of catalogue entries, in mutant_entries.cpp.
void drop_last_client();
void divide_by_one_less();
void use_stale_gradients();
void keep_state_in_float();
void measure_average();
void truncate_tails();
void skew_noise();
void remove_feedback();
void swap_weights();
void forget_to_square();
void clip_components_instead();
void clip_at_server();
void raise_method_versions();

}  // namespace tailrate::mutate
