#include "runner/result_reader.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/errors.hpp"
#include "runner/rate_details.hpp"
#include "runner/result_file.hpp"

namespace tailrate::runner {
namespace {

double mean(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values) {
        sum += value;
    }
    return sum / static_cast<double>(values.size());
}

void check_seeds(const std::filesystem::path& path,
                 const std::vector<std::int64_t>& seeds) {
    const bool is_one_range =
        std::all_of(seeds.begin(), seeds.end(), [&seeds](std::int64_t seed) {
            return seed >= 0 && plan::range_of(seed) == plan::range_of(seeds.front());
        });
    if (!is_one_range) {
        throw core::StorageError{path.string() +
                                 ": its seeds are of several ranges (test, tuning, "
                                 "confirmation), which must not be mixed"};
    }
}

/// No program of ours writes such a number, but a file may hold any.
void check_errors(const std::filesystem::path& path,
                  std::size_t cell,
                  const std::vector<double>& errors) {
    if (!std::all_of(errors.begin(), errors.end(), [](double x) { return x >= 0.0; })) {
        throw core::StorageError{
            fmt::format("{}: cell {} has a squared error that is negative or no number",
                        path.string(),
                        cell)};
    }
}

}  // namespace

ResultReader::ResultReader(const std::filesystem::path& path)
    : file_{path, {result_schema_name, result_schema_version}},
      labels_{file_.text("/label")},
      iterations_{file_.i64("/iteration")},
      seeds_{file_.i64("/seed")},
      moments_{file_.i8("/mse_moment")} {
    check_seeds(path, seeds_);
    if (!has_seeds()) {
        regime_reasons_ = file_.text("/regime_reason");
    }
}

plan::SeedRange ResultReader::seed_range() const {
    return plan::range_of(seeds_.front());
}

double ResultReader::window_decades() const {
    return file_.real_attribute("/", "window_decades");
}

bool ResultReader::has_seeds() const {
    return file_.has("/squared_error");
}

void ResultReader::require_seeds(std::string_view command) const {
    if (!has_seeds()) {
        throw core::StorageError{
            fmt::format("{}: has summaries only (keep: summary); {} needs every seed",
                        file_.path().string(),
                        command)};
    }
}

std::vector<rates::CellRates> ResultReader::rates() const {
    return read_rates(file_, window_decades(), regime_reasons_);
}

StoredCell ResultReader::cell(std::size_t cell) const {
    std::vector<double> errors = file_.f64_slab("/squared_error", cell);
    check_errors(file_.path(), cell, errors);
    return {std::move(errors),
            moment(cell),
            file_.f64_slab("/path_bound", cell),
            mean(file_.f64_slab("/final_saturated", cell))};
}

std::vector<CellTheory> ResultReader::theory() const {
    return read_theory(file_, cells());
}

std::vector<std::int64_t> ResultReader::confirmation_seeds() const {
    return file_.has("/confirmation/seed") ? file_.i64("/confirmation/seed")
                                           : std::vector<std::int64_t>{};
}

std::vector<double> ResultReader::confirmation_errors(std::size_t cell) const {
    std::vector<double> errors = file_.f64_slab("/confirmation/squared_error", cell);
    check_errors(file_.path(), cell, errors);
    return errors;
}

plan::Experiment ResultReader::experiment(const std::filesystem::path& folder) const {
    const std::string completed =
        file_.text("/provenance/experiment_completed").front();
    return plan::parse(completed, file_.path().string(), folder, {});
}

}  // namespace tailrate::runner
