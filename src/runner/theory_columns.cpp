#include "runner/theory_columns.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <numeric>

#include "core/errors.hpp"

namespace tailrate::runner {
namespace {

using core::Bound;
using core::BoundKind;
using core::Quantity;
using storage::Layout;

constexpr std::size_t sampled_cells = 256;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::array kinds{BoundKind::at_least, BoundKind::at_most, BoundKind::exact};
constexpr std::array quantities{
    Quantity::mse, Quantity::typical_run, Quantity::gap, Quantity::averaged_iterate};

/// The value of an enumeration by its name in the file.
template <class Values>
typename Values::value_type by_name(const storage::LabelledReader& file,
                                    const Values& values,
                                    const std::string& text) {
    for (const auto value : values) {
        if (text == core::name(value)) {
            return value;
        }
    }
    throw core::StorageError{file.path().string() + ": /theory has an unknown '" +
                             text + "'"};
}

/// Writes one variable over the statements.
template <class Value, class Function>
void write_column(storage::LabelledWriter& file,
                  const std::string& name,
                  const std::string& meaning,
                  const std::vector<Bound>& bounds,
                  Function value_of) {
    std::vector<Value> values;
    values.reserve(bounds.size());
    for (const Bound& bound : bounds) {
        values.push_back(value_of(bound));
    }
    const std::string path = "/theory/" + name;
    file.variable(path,
                  storage::type_of(values),
                  {"statement"},
                  Layout::contiguous,
                  {{"long_name", meaning}});
    file.write(path, values);
}

void write_numbers(storage::LabelledWriter& file, const std::vector<Bound>& bounds) {
    write_column<double>(
        file, "exponent", "of t^-exponent", bounds, [](const Bound& bound) {
            return bound.exponent;
        });
    write_column<double>(file,
                         "exponent_up_to",
                         "other end of a statement that is a range, else NaN",
                         bounds,
                         [](const Bound& bound) { return bound.exponent_up_to; });
    write_column<double>(file,
                         "from_iteration",
                         "earliest start of a window that is spoken of",
                         bounds,
                         [](const Bound& bound) { return bound.from_iteration; });
    write_column<std::int8_t>(
        file,
        "ours",
        "1: a derivation of this project",
        bounds,
        [](const Bound& bound) {
            return static_cast<std::int8_t>(bound.is_ours ? 1 : 0);
        });
}

void write_texts(storage::LabelledWriter& file, const std::vector<Bound>& bounds) {
    write_column<std::string>(
        file, "kind", "at_least, at_most, exact", bounds, [](const Bound& bound) {
            return core::name(bound.kind);
        });
    write_column<std::string>(
        file,
        "about",
        "mse, typical_run, gap, averaged_iterate",
        bounds,
        [](const Bound& bound) { return core::name(bound.about); });
    write_column<std::string>(file,
                              "assumptions",
                              "all of them hold in the cell",
                              bounds,
                              [](const Bound& bound) { return bound.assumptions; });
    write_column<std::string>(
        file, "source", "where it comes from", bounds, [](const Bound& bound) {
            return bound.source;
        });
}

std::vector<Bound> read_bounds(const storage::LabelledReader& file) {
    const std::vector<std::string> kind = file.text("/theory/kind");
    const std::vector<std::string> about = file.text("/theory/about");
    const std::vector<double> exponent = file.f64("/theory/exponent");
    const std::vector<double> up_to = file.f64("/theory/exponent_up_to");
    const std::vector<double> from = file.f64("/theory/from_iteration");
    const std::vector<std::int8_t> ours = file.i8("/theory/ours");
    const std::vector<std::string> assumptions = file.text("/theory/assumptions");
    const std::vector<std::string> source = file.text("/theory/source");
    std::vector<Bound> bounds;
    bounds.reserve(kind.size());
    for (std::size_t k = 0; k < kind.size(); ++k) {
        bounds.push_back({.kind = by_name(file, kinds, kind[k]),
                          .about = by_name(file, quantities, about[k]),
                          .exponent = exponent[k],
                          .exponent_up_to = up_to[k],
                          .from_iteration = from[k],
                          .is_ours = ours[k] != 0,
                          .assumptions = assumptions[k],
                          .source = source[k]});
    }
    return bounds;
}

/// Of a statement in a file: numbers, references to texts and the texts themselves.
double bytes_of(const Bound& bound) {
    constexpr double numbers = 33.0;
    constexpr double reference = 16.0;
    constexpr double text_overhead = 20.0;  // header and rounding to 8
    double bytes = numbers;
    for (const std::size_t length : {std::strlen(core::name(bound.kind)),
                                     std::strlen(core::name(bound.about)),
                                     bound.assumptions.size(),
                                     bound.source.size()}) {
        bytes += reference + text_overhead + static_cast<double>(length);
    }
    return bytes;
}

}  // namespace

double mean_absolute_noise(const std::vector<double>& factors,
                           const model::Noise& law) {
    double sum = 0.0;
    for (const double factor : factors) {
        sum += factor;
    }
    return sum == 0.0 ? 0.0
                      : sum / static_cast<double>(factors.size()) * law.mean_absolute();
}

model::NoiseFacts noise_facts(const plan::CellParts& parts) {
    const std::vector<double>& factors = parts.noise_factors;
    const auto [least, largest] = std::minmax_element(factors.begin(), factors.end());
    model::NoiseFacts facts;
    facts.is_all_the_noise = !parts.problem->facts().draws_rows;
    facts.is_present = *largest > 0.0 && parts.law->mean_absolute() > 0.0;
    if (facts.is_present) {
        facts.tail_index = parts.law->tail_index();
        facts.has_mean = parts.law->has_mean();
        facts.is_symmetric = parts.law->is_symmetric();
        facts.mean_absolute = mean_absolute_noise(factors, *parts.law);
        facts.is_equal = *least == *largest;
    }
    return facts;
}

CellTheory cell_theory(const plan::CellParts& parts) {
    return {parts.method->knee(), parts.method->theory(noise_facts(parts))};
}

double theory_bytes(const plan::Study& study) {
    const std::size_t cells = study.experiment().cells.size();
    const std::size_t sampled = std::min(cells, sampled_cells);
    double bytes = 0.0;
    for (std::size_t k = 0; k < sampled; ++k) {
        for (const Bound& bound :
             cell_theory(study.parts(k * cells / sampled)).bounds) {
            bytes += bytes_of(bound);
        }
    }
    return bytes * static_cast<double>(cells) / static_cast<double>(sampled);
}

void TheoryColumns::add(const CellTheory& theory) {
    const auto cell = static_cast<std::int32_t>(knees_.size());
    knees_.push_back(theory.knee);
    cells_.insert(cells_.end(), theory.bounds.size(), cell);
    bounds_.insert(bounds_.end(), theory.bounds.begin(), theory.bounds.end());
}

void TheoryColumns::write(storage::LabelledWriter& file,
                          const std::string& coordinates) const {
    file.variable("/knee",
                  storage::Type::f64,
                  {"cell"},
                  Layout::chunked,
                  {{"long_name",
                    "iteration from which on a growing threshold exceeds the residual "
                    "gradients, NaN where there is none"},
                   {"coordinates", coordinates}});
    file.write("/knee", knees_);
    if (bounds_.empty()) {
        return;
    }
    std::vector<std::int32_t> numbers(bounds_.size());
    std::iota(numbers.begin(), numbers.end(), 0);
    file.scale("/theory/statement", numbers, {{"long_name", "statement of theory"}});
    file.variable("/theory/cell",
                  storage::Type::i32,
                  {"statement"},
                  Layout::contiguous,
                  {{"long_name", "cell that the statement is about"}});
    file.write("/theory/cell", cells_);
    write_texts(file, bounds_);
    write_numbers(file, bounds_);
}

std::vector<CellTheory> read_theory(const storage::LabelledReader& file,
                                    std::size_t cells) {
    std::vector<CellTheory> theory(cells, {not_a_number, {}});
    if (file.has("/knee")) {
        const std::vector<double> knees = file.f64("/knee");
        for (std::size_t cell = 0; cell < cells; ++cell) {
            theory[cell].knee = knees.at(cell);
        }
    }
    if (file.has("/theory/statement")) {
        const std::vector<std::int32_t> owners = file.i32("/theory/cell");
        std::vector<Bound> bounds = read_bounds(file);
        for (std::size_t k = 0; k < bounds.size(); ++k) {
            theory.at(static_cast<std::size_t>(owners[k]))
                .bounds.push_back(std::move(bounds[k]));
        }
    }
    return theory;
}

}  // namespace tailrate::runner
