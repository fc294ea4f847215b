#include "runner/units.hpp"

#include <algorithm>

#include "runner/stepper.hpp"

namespace tailrate::runner {
namespace {

constexpr double longest_unit_ns = 60e9;
/// The draws of a unit are then a small part of its cost, and more cells would only
/// leave the caches.
constexpr double most_cells = 512.0;
/// A worker waits at the end for half a unit or so of another. Cutting the last round
/// in halves takes half of that back and costs its draws once more, 4 to 13 % of it.
constexpr std::size_t rounds_to_halve = 4;
constexpr double element_ns = 1.0;     // a smooth clip with its mean, AVX2, measured
constexpr double operation_ns = 0.03;  // one multiply-add of a gradient
constexpr double draw_ns = 6.0;        // a law with a logarithm and a power

/// Cuts a unit into `parts` of nearly equal numbers of cells.
void cut(const Unit& unit, std::size_t parts, std::vector<Unit>& out) {
    const std::size_t cells = unit.cells.size();
    parts = std::clamp<std::size_t>(parts, 1, cells);
    for (std::size_t part = 0; part < parts; ++part) {
        const auto first =
            unit.cells.begin() + static_cast<std::ptrdiff_t>(part * cells / parts);
        const auto last = unit.cells.begin() +
                          static_cast<std::ptrdiff_t>((part + 1) * cells / parts);
        out.push_back({unit.group, unit.block, {first, last}});
    }
}

std::size_t parts_for_limits(const plan::Study& study,
                             const Unit& unit,
                             std::size_t memory_per_worker) {
    double time = draw_cost(study, unit.cells.front());
    double memory = 0.0;
    for (const std::uint32_t cell : unit.cells) {
        time += row_cost(study, cell);
        memory += static_cast<double>(Stepper::bytes(study.parts(cell)) +
                                      study.layout(cell).size() * sizeof(double));
    }
    const double parts =
        std::max({time / longest_unit_ns,
                  memory / static_cast<double>(memory_per_worker),
                  static_cast<double>(unit.cells.size() - 1) / most_cells});
    return 1 + static_cast<std::size_t>(parts);
}

std::vector<Unit> whole_units(const std::vector<Row>& rows,
                              const std::vector<std::uint32_t>& group_of) {
    std::vector<Unit> units;
    for (const Row& row : rows) {
        const std::uint32_t group = group_of[row.cell];
        if (units.empty() || units.back().group != group ||
            units.back().block != row.block) {
            units.push_back({group, row.block, {}});
        }
        units.back().cells.push_back(row.cell);
    }
    return units;
}

}  // namespace

std::vector<Row> all_rows(const plan::Study& study) {
    std::vector<Row> rows;
    rows.reserve(study.experiment().cells.size() * study.blocks());
    for (const plan::NoiseGroup& group : study.groups()) {
        for (std::size_t block = 0; block < study.blocks(); ++block) {
            const std::size_t number = study.first_block() + block;
            for (const std::uint32_t cell : group.cells) {
                rows.push_back({cell, static_cast<std::uint32_t>(number)});
            }
        }
    }
    return rows;
}

std::vector<Unit> make_units(const plan::Study& study,
                             const std::vector<Row>& rows,
                             std::size_t workers,
                             std::size_t memory_per_worker) {
    std::vector<std::uint32_t> group_of(study.experiment().cells.size());
    for (std::uint32_t group = 0; group < study.groups().size(); ++group) {
        for (const std::uint32_t cell : study.groups()[group].cells) {
            group_of[cell] = group;
        }
    }
    std::vector<Unit> limited;
    for (const Unit& unit : whole_units(rows, group_of)) {
        cut(unit, parts_for_limits(study, unit, memory_per_worker), limited);
    }
    // Whole units share their draws best, so only those of the last round over the
    // workers are cut: into one piece for each worker, or, where the round is complete
    // and one of many, in halves.
    std::size_t last = limited.size() % workers;
    if (last == 0 && workers > 1 && limited.size() >= rounds_to_halve * workers) {
        last = workers;
    }
    std::vector<Unit> units(limited.begin(),
                            limited.end() - static_cast<std::ptrdiff_t>(last));
    const std::size_t pieces =
        last == 0 ? 1 : std::max<std::size_t>(2, (workers + last - 1) / last);
    for (std::size_t k = limited.size() - last; k < limited.size(); ++k) {
        cut(limited[k], pieces, units);
    }
    return units;
}

double elements(const plan::Study& study, std::size_t cell) {
    const model::ProblemFacts& facts = study.problem(cell).facts();
    return static_cast<double>(facts.clients * facts.dimension * model::lanes) *
           static_cast<double>(study.experiment().horizon);
}

double row_cost(const plan::Study& study, std::size_t cell) {
    const model::Problem& problem = study.problem(cell);
    const double per_element =
        element_ns + operation_ns * problem.gradient_cost() /
                         static_cast<double>(problem.facts().dimension);
    return elements(study, cell) * per_element;
}

double draw_cost(const plan::Study& study, std::size_t cell) {
    return elements(study, cell) * draw_ns;
}

}  // namespace tailrate::runner
