#pragma once

// A small labelled file with everything that result files use.

#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "core/sha256.hpp"
#include "storage/labelled_writer.hpp"

namespace tailrate::storage {

inline const Schema sample_schema{"tailrate-result", 1};

inline constexpr std::size_t sample_cells = 3;
inline constexpr std::size_t sample_seeds = 4;
inline constexpr std::size_t sample_iterations = 5;

/// Errors of one cell (seed, iteration); cell 2 has a diverged seed and a NaN.
inline std::vector<double> sample_errors(std::size_t cell) {
    std::vector<double> errors;
    for (std::size_t seed = 0; seed < sample_seeds; ++seed) {
        for (std::size_t k = 0; k < sample_iterations; ++k) {
            errors.push_back(static_cast<double>(100 * cell + 10 * seed + k) + 0.1);
        }
    }
    if (cell == 2) {
        errors[7] = std::numeric_limits<double>::quiet_NaN();
        errors[8] = std::numeric_limits<double>::infinity();
        errors[9] = -0.0;
    }
    return errors;
}

inline std::vector<std::int64_t> sample_divergence(std::size_t cell) {
    return {-1, cell == 2 ? std::int64_t{3} : std::int64_t{-1}, -1, 9007199254740993};
}

inline void declare_scales(LabelledWriter& writer) {
    writer.scale("/cell", std::vector<std::int32_t>{0, 1, 2});
    writer.scale("/seed", std::vector<std::int64_t>{0, 1, 2, 9007199254740993});
    writer.scale("/iteration", std::vector<std::int64_t>{0, 1, 3, 10, 30});
    writer.scale("/quantile", std::vector<double>{0.1, 0.5});
    writer.scale("/bound", std::vector<std::string>{"lower", "upper"});
}

inline void declare_variables(LabelledWriter& writer) {
    const auto contiguous = Layout::contiguous;
    const auto chunked = Layout::chunked;
    writer.variable("/algorithm", Type::text, {"cell"}, contiguous);
    writer.variable("/clip_threshold", Type::f64, {"cell"}, contiguous);
    writer.variable("/squared_error",
                    Type::f64,
                    {"cell", "seed", "iteration"},
                    chunked,
                    {{"long_name", "squared distance to the solution"}});
    writer.variable("/diverged_at", Type::i64, {"cell", "seed"}, chunked);
    writer.variable("/exponent_ci", Type::f64, {"cell", "bound"}, chunked);
    writer.variable("/exponent", Type::f64, {"cell"}, chunked);
    writer.variable("/squared_error_quantile",
                    Type::f64,
                    {"cell", "quantile", "iteration"},
                    chunked);
    writer.variable("/regime",
                    Type::i8,
                    {"cell"},
                    chunked,
                    {{"flag_values", std::vector<std::int8_t>{0, 1, 2}},
                     {"flag_meanings", "converging plateau diverged"}});
}

inline void write_instance(LabelledWriter& writer) {
    writer.scale("/instance/0/client", std::vector<std::int32_t>{0, 1});
    writer.scale("/instance/0/dimension", std::vector<std::int32_t>{0, 1, 2});
    writer.scale("/instance/0/dimension_2", std::vector<std::int32_t>{0, 1, 2});
    writer.scalar("/instance/0/f_star", -0.25, {{"long_name", "smallest value"}});
    writer.variable("/instance/0/x_star", Type::f64, {"dimension"}, Layout::contiguous);
    writer.write("/instance/0/x_star", std::vector<double>{1.0, 0.5, -2.0});
    writer.variable("/instance/0/A",
                    Type::f64,
                    {"client", "dimension", "dimension_2"},
                    Layout::contiguous);
    std::vector<double> matrix(18);
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        matrix[i] = std::sqrt(static_cast<double>(i));
    }
    writer.write("/instance/0/A", matrix);
}

/// A group over its own seeds and the axes of the root, repeated.
inline void write_confirmation(LabelledWriter& writer) {
    writer.scale("/confirmation/cell", std::vector<std::int32_t>{0, 1, 2});
    writer.scale("/confirmation/seed",
                 std::vector<std::int64_t>{2000000000, 2000000001});
    writer.variable(
        "/confirmation/peak_error", Type::f64, {"cell", "seed"}, Layout::chunked);
    writer.write("/confirmation/peak_error", std::vector<double>{1, 2, 3, 4, 5, 6});
}

/// `experiment` may be long: provenance holds whole files.
inline void write_provenance(LabelledWriter& writer, const std::string& experiment) {
    writer.scalar("/provenance/experiment", experiment);
    writer.scalar("/provenance/description", std::string{});
    writer.scale("/provenance/entry",
                 std::vector<std::string>{"methods/sgd", "noises/stable"});
    writer.variable("/provenance/source", Type::text, {"entry"}, Layout::contiguous);
    writer.write(
        "/provenance/source",
        std::vector<std::string>{"", "Chambers, Mallows, Stuck 1976 \u2014 eq. 2"});
    writer.attribute("/provenance", {"engine_version", std::int64_t{1}});
}

inline void write_coordinates(LabelledWriter& writer) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    writer.write("/algorithm",
                 std::vector<std::string>{"sgd", "clipped_sgd", "sclip_ef"});
    writer.write("/clip_threshold", std::vector<double>{nan, 3.0, 10.0});
    writer.write("/regime", std::vector<std::int8_t>{2, 1, 0});
    writer.write("/exponent", std::vector<double>{nan, 0.01, 0.75});
}

inline void write_slabs(LabelledWriter& writer, std::size_t cell) {
    const double base = static_cast<double>(cell);
    writer.write_slab("/squared_error", cell, sample_errors(cell));
    writer.write_slab("/diverged_at", cell, sample_divergence(cell));
    writer.write_slab("/exponent_ci", cell, std::array{base - 0.5, base + 0.5});
    const std::vector<double> quantiles(2 * sample_iterations, base);
    writer.write_slab("/squared_error_quantile", cell, quantiles);
}

inline core::Digest write_sample(
    const std::filesystem::path& path,
    const std::string& experiment = "schema: 1\n",
    const std::function<void(LabelledWriter&)>& slabs = {},
    std::size_t expected_bytes = std::numeric_limits<std::size_t>::max()) {
    LabelledWriter writer{path, sample_schema, expected_bytes};
    writer.attribute("/", {"Conventions", "CF-1.8"});
    writer.attribute("/", {"experiment", "sample"});
    writer.attribute("/", {"coordinates", "algorithm clip_threshold"});
    writer.attribute("/", {"window_decades", 1.5});
    declare_scales(writer);
    declare_variables(writer);
    write_coordinates(writer);
    if (slabs) {
        slabs(writer);
    } else {
        for (std::size_t cell = 0; cell < sample_cells; ++cell) {
            write_slabs(writer, cell);
        }
    }
    write_instance(writer);
    write_confirmation(writer);
    write_provenance(writer, experiment);
    return writer.finish();
}

}  // namespace tailrate::storage
