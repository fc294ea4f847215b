#include "runner/verification.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>

#include "core/errors.hpp"
#include "runner/cell_columns.hpp"
#include "runner/cell_variables.hpp"
#include "runner/noise_digest.hpp"
#include "runner/rate_details.hpp"

namespace tailrate::runner {
namespace {

using storage::Array;
using storage::Scalar;
using storage::Values;

template <class Value>
bool is_same(const Value& stored, const Value& computed) {
    return stored == computed;
}

bool is_same(double stored, double computed) {
    return std::bit_cast<std::uint64_t>(stored) ==
               std::bit_cast<std::uint64_t>(computed) ||
           (std::isnan(stored) && std::isnan(computed));
}

/// The index of the first value that differs; nothing where none does. Arrays of
/// another type or length differ at 0.
std::optional<std::size_t> first_difference(const Values& stored,
                                            const Values& computed) {
    if (stored.index() != computed.index() ||
        storage::count(stored) != storage::count(computed)) {
        return 0;
    }
    return std::visit(
        [&](const auto& values) -> std::optional<std::size_t> {
            const auto& others = std::get<std::decay_t<decltype(values)>>(computed);
            for (std::size_t i = 0; i < values.size(); ++i) {
                if (!is_same(values[i], others[i])) {
                    return i;
                }
            }
            return std::nullopt;
        },
        stored);
}

Scalar element(const Values& values, std::size_t index) {
    return std::visit([&](const auto& span) { return Scalar{span[index]}; }, values);
}

Values one(const Values& values, std::size_t index) {
    return std::visit([&](const auto& span) { return Values{span.subspan(index, 1)}; },
                      values);
}

}  // namespace

void Verification::check_rows(const plan::Study& study,
                              std::size_t cell,
                              const RowSource& rows) {
    const TakeValues take = [&](const std::string& name, const Values& values) {
        compare("/" + name, cell, values);
    };
    const CellRecord record = collect(study, cell, rows);
    const DeclaredFacts facts = declared_facts(study, cell);
    const rates::CellRates fitted =
        fit_cell(study, record, facts, study.experiment().window_decades);
    if (study.experiment().keep == plan::Keep::seeds) {
        visit_seed_values(study, cell, record, take);
    } else {
        RateDetails details;
        details.add(fitted);
        details.visit(take);
    }
    visit_summaries(study, cell, record, facts, largest_dimension(study), take);
    RateColumns rates;
    rates.add(facts.moment, fitted);
    rates.visit(take);
    take("knee", std::span{&facts.theory.knee, 1});
}

void Verification::check_confirmation(const plan::Study& study,
                                      std::size_t cell,
                                      const RowSource& rows) {
    visit_seed_values(study,
                      cell,
                      collect(study, cell, rows),
                      [&](const std::string& name, const Values& values) {
                          compare("/confirmation/" + name, cell, values);
                      });
}

void Verification::check_coordinates(const plan::Study& study,
                                     const std::vector<std::size_t>& cells) {
    const auto take = [&](const std::string& path, const Values& values) {
        for (const std::size_t cell : cells) {
            compare(path, cell, one(values, cell));
        }
    };
    visit_cell_coordinates(study, [&](const std::string& name, const Values& values) {
        take("/" + name, values);
    });
    take("/provenance/noise_digest", noise_digests(study));
}

void Verification::compare(const std::string& path,
                           std::size_t cell,
                           const Values& computed) {
    checked_.insert(path);
    if (!file_.has(path)) {
        return;
    }
    const Array slab = file_.slab(path, cell);
    const Values stored = storage::view(slab);
    if (const auto index = first_difference(stored, computed)) {
        deviations_[cell].push_back({path.substr(1),
                                     place(path, *index),
                                     element(stored, *index),
                                     element(computed, *index)});
    }
}

std::vector<std::pair<std::string, Scalar>> Verification::place(
    const std::string& path, std::size_t index) const {
    const std::vector<std::size_t>& shape = file_.shape(path);
    const std::vector<std::string>& axes = file_.dimensions(path);
    std::vector<std::pair<std::string, Scalar>> found;
    for (std::size_t axis = shape.size() - 1; axis > 0; --axis) {
        const Array scale = file_.array(axes[axis]);
        found.emplace_back(axes[axis].substr(axes[axis].rfind('/') + 1),
                           element(storage::view(scale), index % shape[axis]));
        index /= shape[axis];
    }
    std::reverse(found.begin(), found.end());
    return found;
}

std::vector<std::string> Verification::unchecked() const {
    std::vector<std::string> found;
    for (const std::string& path : file_.paths()) {
        const std::vector<std::string>& axes = file_.dimensions(path);
        if (!axes.empty() && axes.front() == "/cell" && path != "/cell" &&
            !checked_.contains(path)) {
            found.push_back(path);
        }
    }
    std::copy_if(checked_.begin(),
                 checked_.end(),
                 std::back_inserter(found),
                 [this](const std::string& path) { return !file_.has(path); });
    return found;
}

}  // namespace tailrate::runner
