#include "app/check_input.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "app/check_match.hpp"
#include "app/table.hpp"
#include "plan/labels.hpp"
#include "rates/window.hpp"

namespace tailrate::app {
namespace {

using plan::Section;
using runner::ResultReader;

constexpr double instance_tolerance = 1e-12;

std::string advice_on_seeds(std::size_t baseline_seeds) {
    return baseline_seeds < fewest_common_seeds
               ? with_new_baseline(
                     fmt::format("On at least {} seeds, ", fewest_common_seeds))
               : "Run the candidate with the baseline's seeds.";
}

void match_seeds(const std::vector<std::int64_t>& baseline,
                 const std::vector<std::int64_t>& candidate,
                 Comparison& found) {
    std::set_intersection(baseline.begin(),
                          baseline.end(),
                          candidate.begin(),
                          candidate.end(),
                          std::back_inserter(found.seeds));
    found.ignored_seeds = baseline.size() + candidate.size() - 2 * found.seeds.size();
    const plan::SeedRange first = plan::range_of(baseline.front());
    const plan::SeedRange second = plan::range_of(candidate.front());
    if (first != second) {
        found.obstacles.push_back(
            {fmt::format(
                 "the seeds of the baseline are {} seeds, those of the candidate "
                 "{} seeds",
                 plan::range_name(first),
                 plan::range_name(second)),
             "Compare results of one range: those of `tailrate run` have test seeds."});
    } else if (found.seeds.size() < fewest_common_seeds) {
        found.obstacles.push_back(
            {fmt::format("the files share {}, a check needs at least {}",
                         counted(std::to_string(found.seeds.size()), "seed number"),
                         fewest_common_seeds),
             advice_on_seeds(baseline.size())});
    }
}

template <class Value>
void expect_equal(const char* what,
                  const Value& baseline,
                  const Value& candidate,
                  const std::string& advice,
                  std::vector<Obstacle>& obstacles) {
    if (baseline != candidate) {
        obstacles.push_back(
            {fmt::format("{} differs: {} in the baseline, {} in the candidate",
                         what,
                         baseline,
                         candidate),
             advice});
    }
}

bool is_near(const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
        const double size = std::max(std::abs(x), std::abs(y));
        return x == y ||
               (std::isfinite(size) && std::abs(x - y) <= instance_tolerance * size);
    });
}

/// A variable of two instances that differs; empty when none does.
std::string different_variable(const ResultReader& baseline,
                               const std::string& first,
                               const ResultReader& candidate,
                               const std::string& second) {
    for (const std::string& path : baseline.file().paths()) {
        if (!path.starts_with(first + "/") ||
            baseline.file().type(path) != storage::Type::f64) {
            continue;
        }
        const std::string other = second + path.substr(first.size());
        if (!candidate.file().has(other) ||
            !is_near(baseline.file().f64(path), candidate.file().f64(other))) {
            return path.substr(first.size() + 1);
        }
    }
    return {};
}

void compare_instances(const ResultReader& baseline,
                       const ResultReader& candidate,
                       Comparison& found) {
    const auto first = baseline.file().i32("/instance_index");
    const auto second = candidate.file().i32("/instance_index");
    std::set<std::pair<std::int32_t, std::int32_t>> pairs;
    for (const MatchedCell& cell : found.cells) {
        pairs.emplace(first[cell.baseline], second[cell.candidate]);
    }
    for (const auto& [a, b] : pairs) {
        const std::string name = different_variable(baseline,
                                                    fmt::format("/instance/{}", a),
                                                    candidate,
                                                    fmt::format("/instance/{}", b));
        if (!name.empty()) {
            found.obstacles.push_back(
                {fmt::format(
                     "the problem instance differs: {} of /instance/{}", name, a),
                 with_new_baseline(
                     "The problem or its data has changed. If that is meant, ")});
        }
    }
}

/// The value at 0 is one number per instance, the same bits for every seed.
void compare_starts(const ResultReader& baseline,
                    const ResultReader& candidate,
                    Comparison& found) {
    for (const MatchedCell& cell : found.cells) {
        const double a =
            baseline.file().f64_slab("/squared_error", cell.baseline).front();
        const double b =
            candidate.file().f64_slab("/squared_error", cell.candidate).front();
        if (std::bit_cast<std::uint64_t>(a) != std::bit_cast<std::uint64_t>(b)) {
            found.obstacles.push_back(
                {fmt::format("{}: the error at iteration 0 differs: {} and {}",
                             cell.label,
                             a,
                             b),
                 with_new_baseline(
                     "The start or the metric has changed. If that is meant, ")});
            return;
        }
    }
}

void compare_checkpoints(const std::vector<std::int64_t>& baseline,
                         const std::vector<std::int64_t>& candidate,
                         double window_decades,
                         Comparison& found) {
    const std::string advice = with_new_baseline(
        "Run the candidate with the baseline's horizon and points_per_decade, or ");
    expect_equal(
        "the horizon", baseline.back(), candidate.back(), advice, found.obstacles);
    if (baseline != candidate && found.obstacles.empty()) {
        found.obstacles.push_back({"the recorded iterations differ", advice});
    }
    const rates::Window window = rates::select_window(baseline, window_decades);
    if (window.whole.size() < rates::fewest_checkpoints) {
        found.obstacles.push_back(
            {fmt::format(
                 "the window of {} holds {}, a check needs at least {}",
                 counted(fmt::format("{:.3g}", window_decades), "decade"),
                 counted(std::to_string(window.whole.size()), "recorded iteration"),
                 rates::fewest_checkpoints),
             with_new_baseline("With a longer window_decades (of rates) or more "
                               "points_per_decade, ")});
    }
}

}  // namespace

std::string with_new_baseline(std::string_view start) {
    return fmt::format(
        "{}make a new baseline with `tailrate run EXP.yaml "
        "--confirmation 200`.",
        start);
}

std::string Versions::of_sections(const plan::Experiment& experiment,
                                  const plan::Cell& cell,
                                  std::span<const Section> sections) const {
    std::string text = fmt::format("engine {}\nstream {}\n", engine, stream);
    for (const Section section : sections) {
        const std::string name = std::string{plan::section_name(section)} + "." +
                                 experiment.at(cell, section).kind;
        const auto found = kernels.find(name);
        text +=
            fmt::format("{} {}\n", name, found == kernels.end() ? 0 : found->second);
    }
    return text;
}

std::string Versions::of_cell(const plan::Experiment& experiment,
                              const plan::Cell& cell) const {
    return of_sections(experiment, cell, all_sections);
}

std::string Versions::of_noise(const plan::Experiment& experiment,
                               const plan::Cell& cell) const {
    constexpr std::array noise{Section::noise};
    return of_sections(experiment, cell, noise);
}

Versions read_versions(const runner::ResultReader& file) {
    const storage::LabelledReader& stored = file.file();
    Versions versions;
    versions.release = stored.text("/provenance/release").front();
    versions.engine = stored.i32("/provenance/engine_version").front();
    versions.stream = stored.i32("/provenance/stream_version").front();
    const std::vector<std::string> entries = stored.text("/provenance/entry");
    const std::vector<std::int32_t> kernels = stored.i32("/provenance/kernel_version");
    for (std::size_t k = 0; k < entries.size(); ++k) {
        versions.kernels[entries[k]] = kernels[k];
    }
    return versions;
}

Side::Side(const std::string& path, const std::filesystem::path& data_folder)
    : file{path},
      experiment{file.experiment(data_folder)},
      versions{read_versions(file)},
      noise_digests{file.file().text("/provenance/noise_digest")} {
    file.require_seeds("check");
}

Design design_of(const Side& side) {
    return {
        side.experiment, side.file.labels(), side.file.iterations(), side.file.seeds()};
}

Design design_of(const plan::Study& study) {
    const plan::Experiment& experiment = study.experiment();
    std::vector<std::int64_t> seeds(static_cast<std::size_t>(experiment.seeds));
    std::iota(seeds.begin(), seeds.end(), experiment.first_seed);
    return {
        experiment, plan::labels(experiment), study.checkpoints(), std::move(seeds)};
}

Comparison compare_designs(const Design& baseline,
                           const Design& candidate,
                           double window_decades) {
    Comparison found;
    compare_checkpoints(
        baseline.iterations, candidate.iterations, window_decades, found);
    match_seeds(baseline.seeds, candidate.seeds, found);
    match_cells(baseline, candidate, found);
    return found;
}

Comparison compare_files(const Side& baseline,
                         const Side& candidate,
                         double window_decades) {
    Comparison found =
        compare_designs(design_of(baseline), design_of(candidate), window_decades);
    expect_equal("the schema version",
                 baseline.file.file().version(),
                 candidate.file.file().version(),
                 "Make both files with the same release of tailrate.",
                 found.obstacles);
    compare_instances(baseline.file, candidate.file, found);
    if (found.obstacles.empty()) {
        compare_starts(baseline.file, candidate.file, found);
    }
    return found;
}

std::vector<double> select_seeds(const std::vector<double>& errors,
                                 const std::vector<std::int64_t>& all,
                                 const std::vector<std::int64_t>& wanted) {
    const auto width = static_cast<std::ptrdiff_t>(errors.size() / all.size());
    std::vector<double> selected;
    selected.reserve(wanted.size() * static_cast<std::size_t>(width));
    for (std::size_t r = 0; r < all.size(); ++r) {
        if (std::binary_search(wanted.begin(), wanted.end(), all[r])) {
            const auto first = errors.begin() + static_cast<std::ptrdiff_t>(r) * width;
            selected.insert(selected.end(), first, first + width);
        }
    }
    return selected;
}

}  // namespace tailrate::app
