#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rates/compare.hpp"
#include "rates/rates.hpp"

/// What `compare` found, for its table and its JSON.
namespace tailrate::app {

inline constexpr double compare_error = 0.05;  ///< of any false claim, per group

/// One cell of a group.
struct Compared {
    std::size_t cell = 0;   ///< in the file
    std::string label;      ///< as in the file
    std::string algorithm;  ///< key of the method
    /// "name=value" of what varies among the group's cells of this method and is not
    /// the default.
    std::string parameters;
    rates::MomentClass moment = rates::MomentClass::finite;
    std::int64_t iteration = 0;  ///< the checkpoint compared at
    double calls = 0.0;          ///< oracle calls per client by then
    double horizon_calls = 0.0;  ///< by the end of its run
    rates::Snapshot errors;
    std::optional<double> calls_to_accuracy;  ///< nothing: censored at the horizon
};

/// Cells of equal problem, network and noise.
struct ComparedGroup {
    std::string noise;  ///< the kind and what is not the default
    std::string problem;
    std::string network;
    double condition_number = rates::not_a_number;
    double accuracy = rates::not_a_number;  ///< NaN: every method diverged
    std::vector<Compared> cells;            ///< in file order
    rates::GroupComparison result;
};

struct ComparedFile {
    std::string path;
    std::string digest;
    std::vector<std::int64_t> seeds;
    double budget = 0.0;
    bool is_accuracy_given = false;
    std::vector<ComparedGroup> groups;  ///< of at least two cells
    std::vector<std::string> alone;     ///< labels of the cells without a partner
};

[[nodiscard]] std::string compare_markdown(const ComparedFile& file);
[[nodiscard]] std::string compare_json(const ComparedFile& file);

}  // namespace tailrate::app
