#include "plan/grid_size.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "metrics/metrics.hpp"

namespace tailrate::plan {
namespace {

constexpr std::uint64_t too_many = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 53U;

std::uint64_t times(std::uint64_t a, std::uint64_t b) {
    return a != 0 && b > too_many / a ? too_many : a * b;
}

std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
    return b > too_many - a ? too_many : a + b;
}

std::string count_text(std::uint64_t count) {
    return (count == too_many ? "more than " : "") + std::to_string(count);
}

std::uint64_t size_of(const Families& families) {
    std::uint64_t size = 0;
    for (const auto& family : families) {
        size = plus(size, family_size(*family));
    }
    return size;
}

/// Choices of the section, each map counted once.
std::uint64_t count_choices(const Outline& outline, Section section) {
    std::set<const Families*> used;
    std::uint64_t count = 0;
    for (const Part* part : expanded_parts(outline)) {
        const Families& families = outline.resolved(*part, section);
        if (used.insert(&families).second) {
            count = plus(count, size_of(families));
        }
    }
    return count;
}

/// Of seeds x cells x checkpoints x metrics doubles.
std::uint64_t recorded_bytes(const Experiment& experiment, std::uint64_t cells) {
    const std::size_t checkpoints =
        metrics::checkpoints(experiment.horizon, experiment.points_per_decade).size();
    const auto seeds = static_cast<std::uint64_t>(experiment.seeds);
    return times(
        times(times(seeds, cells), times(checkpoints, experiment.metrics.size())),
        sizeof(double));
}

}  // namespace

std::vector<const Part*> expanded_parts(const Outline& outline) {
    std::vector<const Part*> parts;
    for (const Part& part : outline.parts) {
        parts.push_back(&part);
    }
    if (parts.empty()) {
        parts.push_back(&outline.top);
    }
    return parts;
}

std::uint64_t family_size(const Family& family) {
    std::uint64_t size = 1;
    for (const std::size_t axis : family.axes) {
        size = times(size, family.leaves[axis].values.size());
    }
    return size;
}

std::uint64_t count_cells(const Outline& outline) {
    std::uint64_t cells = 0;
    for (const Part* part : expanded_parts(outline)) {
        std::uint64_t product = 1;
        for (const Section section : all_sections) {
            product = times(product, size_of(outline.resolved(*part, section)));
        }
        cells = plus(cells, product);
    }
    return cells;
}

void check_sizes(const Outline& outline, const Experiment& experiment) {
    const std::uint64_t cells = count_cells(outline);
    if (cells > most_cells) {
        fail(outline.begin,
             fmt::format("the grid has {} cells; allowed: at most {}",
                         count_text(cells),
                         most_cells));
    }
    for (const Section section : all_sections) {
        const std::uint64_t choices = count_choices(outline, section);
        if (choices > most_choices) {
            fail(
                outline.begin,
                fmt::format("{}: the lists span {} choices; allowed: at most {} in one "
                            "section",
                            section_name(section),
                            count_text(choices),
                            most_choices));
        }
    }
    const std::uint64_t bytes = recorded_bytes(experiment, cells);
    if (bytes > most_bytes) {
        const Node* seeds = outline.settings.find("seeds");
        fail(seeds != nullptr ? seeds->place : outline.begin,
             fmt::format("{} seeds x {} cells x checkpoints x metrics take {} bytes; "
                         "allowed: at most {}",
                         experiment.seeds,
                         cells,
                         count_text(bytes),
                         most_bytes));
    }
}

}  // namespace tailrate::plan
