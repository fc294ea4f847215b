#include "model/clipping.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/errors.hpp"
#include "model/lane_vector.hpp"
#include "model/magnitude.hpp"

namespace tailrate::model {
namespace {

/// The norm of a client is taken this many clients before its vector is scaled: the
/// square roots and divisions of one pass behind the loads and stores of others.
constexpr std::size_t ahead = 2;

/// One number per seed for each of the clients under way, aligned as rows of lanes.
struct alignas(64) Factors {
    std::array<double, (ahead + 1) * lanes> values;

    [[nodiscard]] double* of_client(std::size_t i) {
        return values.data() + i % (ahead + 1) * lanes;
    }
};

using RowVectors = std::array<LaneVector, vectors_per_row>;

RowVectors load_row(const double* row) {
    RowVectors vectors{};
    for (std::size_t k = 0; k < vectors_per_row; ++k) {
        vectors[k] = LaneVector::load(row + k * LaneVector::width);
    }
    return vectors;
}

RowVectors roots(const RowVectors& squares) {
    RowVectors lengths{};
    for (std::size_t k = 0; k < vectors_per_row; ++k) {
        lengths[k] = root(squares[k]);
    }
    return lengths;
}

/// factors <- min(1, threshold / length); a NaN stays one.
void store_factors(double threshold, const RowVectors& lengths, double* factors) {
    const LaneVector limit = LaneVector::all(threshold);
    for (std::size_t k = 0; k < vectors_per_row; ++k) {
        (limit / larger(limit, lengths[k])).store(factors + k * LaneVector::width);
    }
}

/// |v|_2 per lane, v (dimension x lanes).
RowVectors norm(std::size_t dimension, const double* v) {
    RowVectors squares = zeros<vectors_per_row>();
    for (std::size_t j = 0; j < dimension; ++j, v += lanes) {
        const RowVectors row = load_row(v);
        for (std::size_t k = 0; k < vectors_per_row; ++k) {
            squares[k] = fused(row[k], row[k], squares[k]);
        }
    }
    return roots(squares);
}

/// |v - centre|_2 per lane.
RowVectors norm_of_difference(std::size_t dimension,
                              const double* v,
                              const double* centre) {
    RowVectors squares = zeros<vectors_per_row>();
    for (std::size_t j = 0; j < dimension; ++j, v += lanes, centre += lanes) {
        const RowVectors row = load_row(v);
        const RowVectors from = load_row(centre);
        for (std::size_t k = 0; k < vectors_per_row; ++k) {
            const LaneVector difference = row[k] - from[k];
            squares[k] = fused(difference, difference, squares[k]);
        }
    }
    return roots(squares);
}

/// v <- factors v.
void scale_rows(const double* factors, std::size_t dimension, double* v) {
    const RowVectors by = load_row(factors);
    for (std::size_t j = 0; j < dimension; ++j, v += lanes) {
        const RowVectors row = load_row(v);
        for (std::size_t k = 0; k < vectors_per_row; ++k) {
            (row[k] * by[k]).store(v + k * LaneVector::width);
        }
    }
}

/// With D = factors (v - memory): v <- memory + D, memory <- memory + gain D. The
/// difference is taken again: a store and a load of it would take longer.
void track(double gain,
           const double* factors,
           std::size_t dimension,
           double* memory,
           double* v) {
    const RowVectors by = load_row(factors);
    const LaneVector part = LaneVector::all(gain);
    for (std::size_t j = 0; j < dimension; ++j, v += lanes, memory += lanes) {
        const RowVectors row = load_row(v);
        const RowVectors old = load_row(memory);
        for (std::size_t k = 0; k < vectors_per_row; ++k) {
            const LaneVector difference = (row[k] - old[k]) * by[k];
            (old[k] + difference).store(v + k * LaneVector::width);
            fused(part, difference, old[k]).store(memory + k * LaneVector::width);
        }
    }
}

}  // namespace

void clip_norm(double threshold,
               std::size_t clients,
               std::size_t dimension,
               double* v) {
    const std::size_t size = dimension * lanes;
    Factors factors{};
    for (std::size_t i = 0; i < clients + ahead; ++i) {
        if (i < clients) {
            const RowVectors lengths = norm(dimension, v + i * size);
            store_factors(threshold, lengths, factors.of_client(i));
        }
        if (i >= ahead) {
            const std::size_t at = (i - ahead) * size;
            scale_rows(factors.of_client(i - ahead), dimension, v + at);
        }
    }
}

void track_by_clipping(double threshold,
                       double gain,
                       std::size_t clients,
                       std::size_t dimension,
                       double* memory,
                       double* v) {
    const std::size_t size = dimension * lanes;
    Factors factors{};
    for (std::size_t i = 0; i < clients + ahead; ++i) {
        if (i < clients) {
            const std::size_t at = i * size;
            const RowVectors lengths =
                norm_of_difference(dimension, v + at, memory + at);
            store_factors(threshold, lengths, factors.of_client(i));
        }
        if (i >= ahead) {
            const std::size_t at = (i - ahead) * size;
            track(gain, factors.of_client(i - ahead), dimension, memory + at, v + at);
        }
    }
}

void clip_components(double threshold, std::size_t size, double* v) {
    for (std::size_t k = 0; k < size; ++k) {
        const double below = v[k] > threshold ? threshold : v[k];
        v[k] = below < -threshold ? -threshold : below;
    }
}

void add_large_norm(double threshold,
                    std::size_t dimension,
                    const double* v,
                    Lanes& sum) {
    alignas(64) Lanes length;
    const RowVectors lengths = norm(dimension, v);
    for (std::size_t k = 0; k < vectors_per_row; ++k) {
        lengths[k].store(length.data() + k * LaneVector::width);
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        sum[lane] += length[lane] > threshold ? 1.0 : 0.0;
    }
}

void add_large_components(double threshold,
                          std::size_t dimension,
                          const double* v,
                          Lanes& sum) {
    const double part = 1.0 / static_cast<double>(dimension);
    for (std::size_t j = 0; j < dimension; ++j, v += lanes) {
#pragma GCC unroll 1
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            sum[lane] += std::abs(v[lane]) > threshold ? part : 0.0;
        }
    }
}

Schedule threshold_schedule(const core::Parameters& parameters) {
    return {.scale = parameters.real("clip_threshold"),
            .power = parameters.has("threshold_growth")
                         ? parameters.real("threshold_growth")
                         : 0.0};
}

std::vector<core::ParameterSpec> threshold_parameters(double growth) {
    return {
        {.name = "clip_threshold",
         .range = {.lowest = 0.0, .lowest_open = true},
         .meaning = "clipping threshold at t = 0, in units of the gradient"},
        {.name = "threshold_growth",
         .default_value = growth,
         .range = {.lowest = -1.0, .highest = 1.0},
         .meaning = "the threshold grows like (t + 1)^threshold_growth"},
    };
}

std::vector<core::ParameterSpec> clip_parameters() {
    return {{.name = "clip",
             .type = core::ValueType::choice,
             .default_value = std::string{"norm"},
             .choices = {"norm", "component"},
             .meaning = "what is held below the threshold"}};
}

Schedule smooth_clip_schedule(const core::Parameters& parameters) {
    check_magnitude(parameters, "clip_threshold");
    const bool has_scale = parameters.has("clip_scale");
    if (has_scale == parameters.has("effective_step")) {
        throw core::ParameterError{
            has_scale ? "clip_scale" : "",
            has_scale ? "both clip_scale and effective_step are given; give one of them"
                      : "needs one of clip_scale (> 0) and effective_step (> 0)"};
    }
    const double scale = has_scale ? parameters.real("clip_scale")
                                   : parameters.real("effective_step") *
                                         parameters.real("clip_threshold") /
                                         parameters.real("step.scale");
    return {.scale = scale, .power = -parameters.real("clip_power")};
}

std::vector<core::ParameterSpec> smooth_clip_parameters() {
    const core::Range positive{.lowest = 0.0, .lowest_open = true};
    std::vector<core::ParameterSpec> table =
        join_tables({step_parameters(0.2, 1.0), threshold_parameters(0.3)});
    table.push_back({.name = "clip_scale",
                     .optional = true,
                     .range = positive,
                     .meaning = "largest length of a clipped coordinate at t = 0"});
    table.push_back({.name = "effective_step",
                     .optional = true,
                     .range = positive,
                     .meaning = "sets clip_scale = effective_step clip_threshold / "
                                "step.scale"});
    table.push_back({.name = "clip_power",
                     .default_value = 0.5,
                     .range = {.lowest = 0.0, .highest = 2.0},
                     .meaning = "clip_scale falls like t^-clip_power"});
    return table;
}

std::vector<core::ParameterSpec> join_tables(
    std::initializer_list<std::vector<core::ParameterSpec>> tables) {
    std::vector<core::ParameterSpec> joined;
    for (const std::vector<core::ParameterSpec>& table : tables) {
        joined.insert(joined.end(), table.begin(), table.end());
    }
    return joined;
}

}  // namespace tailrate::model
