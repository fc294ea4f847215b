#include "runner/units.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "runner/stepper.hpp"
#include "runner/unit_run.hpp"

namespace tailrate::runner {
namespace {

constexpr double longest_unit_ns = 60e9;
constexpr double longest_pass_ns = 0.2e9;
/// A worker waits at the end for half a unit or so of another. Cutting the last round
/// in halves takes half of that back and costs its draws once more, 4 to 13 % of it.
constexpr std::size_t rounds_to_halve = 4;
/// Of the whole time: less is not worth another unit.
constexpr double least_gain = 0.01;
constexpr std::size_t most_cuts = 8;   ///< for each worker
constexpr double element_ns = 1.0;     // a smooth clip with its mean, AVX2, measured
constexpr double operation_ns = 0.03;  // one multiply-add of a gradient
constexpr double draw_ns = 6.0;        // a law with a logarithm and a power

/// A unit and its nanoseconds.
struct Costed {
    Unit unit;
    double cost = 0.0;
};

double cost_of(const plan::Study& study, const Unit& unit) {
    double cost = draw_cost(study, unit.cells.front());
    for (const std::uint32_t cell : unit.cells) {
        cost += row_cost(study, cell);
    }
    return cost;
}

/// A part of a unit that is being cut.
struct Part {
    double cost;
    std::size_t latest;  ///< the cell it got last
    std::size_t number;

    /// The cheapest comes first, of equal ones that which got the latest cell.
    bool operator<(const Part& other) const {
        return cost != other.cost ? cost > other.cost : latest < other.latest;
    }
};

/// Cuts a unit into `parts` of nearly equal cost, the draws apart, or one for each
/// cell. Cells of equal cost go to two parts as 0 1 1 0: methods, whose own cost is not
/// known here, are shared out too, whether they follow one another or take turns.
void cut(const plan::Study& study,
         const Unit& unit,
         std::size_t parts,
         std::vector<Costed>& out) {
    parts = std::min(parts, unit.cells.size());
    const double draws = draw_cost(study, unit.cells.front());
    const std::size_t first = out.size();
    std::priority_queue<Part> next;
    for (std::size_t k = 0; k < parts; ++k) {
        out.push_back({{unit.group, unit.block, {}}, draws});
        next.push({draws, 0, first + k});
    }
    for (std::size_t k = 0; k < unit.cells.size(); ++k) {
        Part part = next.top();
        next.pop();
        part.cost += row_cost(study, unit.cells[k]);
        part.latest = k + 1;
        out[part.number].unit.cells.push_back(unit.cells[k]);
        out[part.number].cost = part.cost;
        next.push(part);
    }
}

/// Of `time`, what passes between two looks at the stop flag where one iteration of a
/// cell is a pass over several ranges of clients.
double pass_cost(const plan::Study& study, const Unit& unit, double time) {
    const plan::NoiseGroup& group = study.groups()[unit.group];
    const Tile tile = tile_of(group.clients, group.dimension);
    return tile.clients == group.clients
               ? 0.0
               : time / static_cast<double>(study.experiment().horizon) *
                     static_cast<double>(tile.clients) /
                     static_cast<double>(group.clients);
}

std::size_t parts_for_limits(const plan::Study& study,
                             const Unit& unit,
                             std::size_t memory_per_worker) {
    const double time = cost_of(study, unit);
    double memory = 0.0;
    for (const std::uint32_t cell : unit.cells) {
        memory += static_cast<double>(Stepper::bytes(study.parts(cell)) +
                                      study.layout(cell).size() * sizeof(double));
    }
    const double parts = std::max({time / longest_unit_ns,
                                   pass_cost(study, unit, time) / longest_pass_ns,
                                   memory / static_cast<double>(memory_per_worker),
                                   (static_cast<double>(unit.cells.size()) - 1.0) /
                                       static_cast<double>(most_cells)});
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

std::vector<double> costs_of(const std::vector<Costed>& units) {
    std::vector<double> costs(units.size());
    std::transform(units.begin(), units.end(), costs.begin(), [](const Costed& unit) {
        return unit.cost;
    });
    return costs;
}

/// The dearest first, so that none is begun when the others are nearly done.
void sort_by_cost(std::vector<Costed>& units) {
    std::stable_sort(units.begin(), units.end(), [](const Costed& a, const Costed& b) {
        return a.cost > b.cost;
    });
}

/// Cuts the unit that ends last, again and again while workers would wait for it and it
/// brings the end nearer: each cut makes its draws once more.
void balance(const plan::Study& study,
             std::size_t workers,
             std::vector<Costed>& units) {
    double even = 0.0;
    for (const Costed& unit : units) {
        even += unit.cost / static_cast<double>(workers);
    }
    Finish finish = last_finish(costs_of(units), workers);
    // Nearly always at once: no order of many units ends much later than an even one.
    for (std::size_t k = 0; k < most_cuts * workers; ++k) {
        if (finish.time - even <= least_gain * finish.time) {
            return;
        }
        const std::vector<Costed> before = units;
        units.erase(units.begin() + static_cast<std::ptrdiff_t>(finish.last));
        cut(study, before[finish.last].unit, 2, units);
        sort_by_cost(units);
        const Finish after = last_finish(costs_of(units), workers);
        if (after.time > (1.0 - least_gain) * finish.time) {
            units = before;
            return;
        }
        finish = after;
    }
}

/// Cuts the last units in halves.
void halve_last(const plan::Study& study,
                std::size_t count,
                std::vector<Costed>& units) {
    const auto first = units.end() - static_cast<std::ptrdiff_t>(count);
    const std::vector<Costed> last(first, units.end());
    units.erase(first, units.end());
    for (const Costed& unit : last) {
        cut(study, unit.unit, 2, units);
    }
}

}  // namespace

Finish last_finish(const std::vector<double>& costs, std::size_t workers) {
    std::priority_queue<Finish, std::vector<Finish>, std::greater<>> free_at;
    for (std::size_t worker = 0; worker < workers; ++worker) {
        free_at.push({});
    }
    Finish last;
    for (std::size_t k = 0; k < costs.size(); ++k) {
        const Finish next{free_at.top().time + costs[k], k};
        free_at.pop();
        free_at.push(next);
        last = next > last ? next : last;
    }
    return last;
}

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
    std::vector<Costed> costed;
    for (const Unit& unit : whole_units(rows, group_of)) {
        cut(study, unit, parts_for_limits(study, unit, memory_per_worker), costed);
    }
    // Whole units share their draws best, so only what a worker would wait for is cut.
    if (workers > 1 && !costed.empty()) {
        sort_by_cost(costed);
        balance(study, workers, costed);
        if (costed.size() >= rounds_to_halve * workers) {
            halve_last(study, workers, costed);
        }
    }
    std::vector<Unit> units;
    units.reserve(costed.size());
    for (Costed& unit : costed) {
        units.push_back(std::move(unit.unit));
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
