#include "model/clipping.hpp"

#include <array>
#include <cmath>

#include "core/errors.hpp"
#include "model/lane_vector.hpp"

namespace tailrate::model {
namespace {

/// One number per seed, aligned as a row of lanes.
struct alignas(64) Row {
    Lanes values;
};

/// Per lane |v|_2 of v (dimension x lanes).
Row norms(std::size_t dimension, const double* v) {
    std::array<LaneVector, vectors_per_row> sums{};
    for (std::size_t j = 0; j < dimension; ++j, v += lanes) {
        for (std::size_t k = 0; k < vectors_per_row; ++k) {
            const LaneVector x = LaneVector::load(v + k * LaneVector::width);
            sums[k] = fused(x, x, sums[k]);
        }
    }
    Row lengths;
    for (std::size_t k = 0; k < vectors_per_row; ++k) {
        root(sums[k]).store(lengths.values.data() + k * LaneVector::width);
    }
    return lengths;
}

/// v <- min(1, threshold / length) v per lane.
void shorten(double threshold, Row lengths, std::size_t dimension, double* v) {
    for (double& factor : lengths.values) {
        factor = factor <= threshold ? 1.0 : threshold / factor;
    }
    std::array<LaneVector, vectors_per_row> factors{};
    for (std::size_t k = 0; k < vectors_per_row; ++k) {
        factors[k] = LaneVector::load(lengths.values.data() + k * LaneVector::width);
    }
    for (std::size_t j = 0; j < dimension; ++j, v += lanes) {
        for (std::size_t k = 0; k < vectors_per_row; ++k) {
            double* at = v + k * LaneVector::width;
            (LaneVector::load(at) * factors[k]).store(at);
        }
    }
}

}  // namespace

void clip_norm(double threshold, std::size_t dimension, double* v) {
    shorten(threshold, norms(dimension, v), dimension, v);
}

void clip_difference(double threshold,
                     std::size_t dimension,
                     const double* centre,
                     double* v) {
    for (std::size_t e = 0; e < dimension * lanes; e += LaneVector::width) {
        (LaneVector::load(v + e) - LaneVector::load(centre + e)).store(v + e);
    }
    clip_norm(threshold, dimension, v);
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
    const Lanes length = norms(dimension, v).values;
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
