#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/errors.hpp"
#include "core/parameters.hpp"

/// From an experiment file to validated cells and rows. Executes nothing; no YAML node
/// leaves it.
namespace tailrate::plan {

/// The experiment file's schema number.
inline constexpr int schema_version = 1;

/// The four sections whose product is the grid, in the order of the cells.
enum class Section : std::uint8_t { problem, network, noise, method };
inline constexpr std::size_t sections = 4;
[[nodiscard]] std::string_view section_name(Section section);

/// One map of a section as it was read; incomplete outside this module.
struct Family;

/// A catalogue key with every parameter of the entry, defaults filled in.
struct Choice {
    std::string kind;
    core::Parameters parameters;           ///< in the order of the entry's table
    std::shared_ptr<const Family> family;  ///< the map it comes from

    /// Where the value of the parameter was written; the map's place for a default.
    /// Line 0 where it comes from an argument, which is then `file`.
    [[nodiscard]] core::Position place(std::string_view name) const;
    /// "kind{name: value, ...}": equal texts mean equal choices.
    [[nodiscard]] std::string text() const;
};

/// One point of the grid: per section the index of a choice.
struct Cell {
    std::array<std::uint32_t, sections> choice;

    [[nodiscard]] std::uint32_t at(Section section) const {
        return choice[static_cast<std::size_t>(section)];
    }

    [[nodiscard]] bool operator==(const Cell&) const = default;
};

/// Ranges of seed numbers, which no command mixes: results are reported on test seeds,
/// methods are tuned on others, suspects of the gate are confirmed on others again.
enum class SeedRange : std::uint8_t { test, tuning, confirmation, study };
inline constexpr std::int64_t seeds_per_range = 1'000'000'000;

[[nodiscard]] constexpr std::int64_t first_seed(SeedRange range) {
    return static_cast<std::int64_t>(range) * seeds_per_range;
}

/// The range of a seed number >= 0; study for all beyond.
[[nodiscard]] SeedRange range_of(std::int64_t seed);
[[nodiscard]] std::string_view range_name(SeedRange range);

/// The seeds that chose the constants of an experiment's methods. It says where the
/// constants come from and changes no number.
struct Tuning {
    std::int64_t first_seed = 0;
    std::int64_t seeds = 0;
};

/// What a result file keeps: the numbers of every seed, or only what is made of them.
/// No row depends on it.
enum class Keep : std::uint8_t { seeds, summary };

struct Experiment {
    std::string name;
    std::string description;
    std::int64_t master_seed = 1;
    std::int64_t seeds = 100;
    std::int64_t first_seed = 0;  ///< not in the file: a multiple of the lanes
    std::int64_t horizon = 0;
    std::int64_t points_per_decade = 10;
    std::vector<std::string> metrics;  ///< squared_error first, always there
    Keep keep = Keep::seeds;
    double window_decades = 1.5;
    std::optional<Tuning> tuning;
    std::array<std::vector<Choice>, sections> choices;  ///< distinct, per section
    std::vector<Cell> cells;  ///< distinct; part by part, method fastest
    /// The maps of the methods in file order, and for every cell the one it is from.
    std::vector<std::shared_ptr<const Family>> method_maps;
    std::vector<std::uint32_t> method_map_of;
    std::filesystem::path folder;  ///< of the file: data paths are relative to it
    std::string source;            ///< the file as read
    std::string completed;         ///< the same experiment with every default written

    [[nodiscard]] const Choice& at(const Cell& cell, Section section) const {
        return choices[static_cast<std::size_t>(section)][cell.at(section)];
    }
};

/// Changes made on the command line.
struct Overrides {
    std::vector<std::string> set;  ///< "key=value" as given to --set
    std::int64_t seeds = 0;        ///< 0: as in the file
    std::int64_t first_seed = 0;   ///< a multiple of the lanes
};

/// Most cells of an experiment, and most different choices in one of its sections.
inline constexpr std::uint64_t most_cells = 10'000'000;
inline constexpr std::uint64_t most_choices = 1'000'000;

/// Reads and validates; throws core::InputError with file:line:column, or with the
/// argument of the command line instead.
[[nodiscard]] Experiment load(const std::filesystem::path& file,
                              const Overrides& overrides);

/// The same from text; `name` stands for the file in messages.
[[nodiscard]] Experiment parse(const std::string& text,
                               const std::string& name,
                               const std::filesystem::path& folder,
                               const Overrides& overrides);

}  // namespace tailrate::plan
