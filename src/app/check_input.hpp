#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/study.hpp"
#include "rates/gate.hpp"
#include "runner/result_reader.hpp"

namespace tailrate::app {

inline constexpr std::array<plan::Section, plan::sections> all_sections{
    plan::Section::problem,
    plan::Section::network,
    plan::Section::noise,
    plan::Section::method};

/// The versions that a result file was made with.
struct Versions {
    std::string release;
    std::int64_t engine = 0;
    std::int64_t stream = 0;
    std::map<std::string, std::int64_t> kernels;  ///< "method.sgd": 1

    /// Of the engine, the stream and the four entries of the cell, one a line: equal
    /// texts promise equal bits.
    [[nodiscard]] std::string of_cell(const plan::Experiment& experiment,
                                      const plan::Cell& cell) const;

    /// Of those, what its noise depends on: the engine, the stream and the law.
    [[nodiscard]] std::string of_noise(const plan::Experiment& experiment,
                                       const plan::Cell& cell) const;

  private:
    [[nodiscard]] std::string of_sections(
        const plan::Experiment& experiment,
        const plan::Cell& cell,
        std::span<const plan::Section> sections) const;
};

[[nodiscard]] Versions read_versions(const runner::ResultReader& file);

/// One of the two files of a check, opened and parsed.
struct Side {
    runner::ResultReader file;
    plan::Experiment experiment;
    Versions versions;
    std::vector<std::string> noise_digests;  ///< (cell)

    Side(const std::string& path, const std::filesystem::path& data_folder);
};

/// What is known of a side before its results: a result file has it, and an experiment
/// that is yet to be run.
struct Design {
    const plan::Experiment& experiment;
    std::vector<std::string> labels;  ///< (cell)
    std::vector<std::int64_t> iterations;
    std::vector<std::int64_t> seeds;
};

[[nodiscard]] Design design_of(const Side& side);
[[nodiscard]] Design design_of(const plan::Study& study);

/// A cell that both files have, by its numeric parameters.
struct MatchedCell {
    std::string key;  ///< 8 hexadecimal digits of all its parameters
    std::string label;
    std::size_t baseline = 0;
    std::size_t candidate = 0;
};

/// A cell that only the baseline has. Labels leave out what does not vary in a file:
/// that of a new cell may be the same.
struct MissingCell {
    std::string label;
    std::string difference;  ///< to the nearest new cell; empty where none is near
};

/// Why files cannot be compared, and what to do about it.
struct Obstacle {
    std::string text;
    std::string advice;
};

/// Two result files laid side by side.
struct Comparison {
    std::vector<MatchedCell> cells;
    std::vector<std::string> new_cells;  ///< labels, in the candidate only
    std::vector<MissingCell> missing_cells;
    std::vector<std::int64_t> seeds;  ///< numbers that both have
    std::size_t ignored_seeds = 0;    ///< that one of them has
    std::vector<Obstacle> obstacles;  ///< none when the files can be compared
};

/// Advice that ends with how to make a new baseline.
[[nodiscard]] std::string with_new_baseline(std::string_view start);

/// Smallest number of common seeds that a gate is made of.
inline constexpr std::size_t fewest_common_seeds = 20;

/// Cells, recorded iterations and seeds.
[[nodiscard]] Comparison compare_designs(const Design& baseline,
                                         const Design& candidate,
                                         double window_decades);

/// These, then the schema, the instances and the values at iteration 0.
[[nodiscard]] Comparison compare_files(const Side& baseline,
                                       const Side& candidate,
                                       double window_decades);

/// The rows of the given seed numbers out of (seed x iteration).
[[nodiscard]] std::vector<double> select_seeds(const std::vector<double>& errors,
                                               const std::vector<std::int64_t>& all,
                                               const std::vector<std::int64_t>& wanted);

}  // namespace tailrate::app
