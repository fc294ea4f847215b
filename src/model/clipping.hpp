#pragma once

#include <cstddef>
#include <initializer_list>
#include <vector>

#include "core/parameters.hpp"
#include "model/block.hpp"
#include "model/method.hpp"

/// What the clipping methods share: the non-linearities over lanes, their schedules and
/// their parameters.
namespace tailrate::model {

/// v <- min(1, threshold / |v|_2) v for each client and lane, v (clients x dimension x
/// lanes). Squares overflow beyond 1e154: a vector that long becomes 0.
void clip_norm(double threshold, std::size_t clients, std::size_t dimension, double* v);

/// With D = clip(v - memory) in norm for each client and lane: v <- memory + D, memory
/// <- memory + gain D, both (clients x dimension x lanes).
void track_by_clipping(double threshold,
                       double gain,
                       std::size_t clients,
                       std::size_t dimension,
                       double* memory,
                       double* v);

/// v <- max(-threshold, min(threshold, v)) for each of `size` elements.
void clip_components(double threshold, std::size_t size, double* v);

/// Adds per lane 1 where |v|_2 > threshold, v (dimension x lanes).
void add_large_norm(double threshold,
                    std::size_t dimension,
                    const double* v,
                    Lanes& sum);

/// Adds per lane the part of the coordinates with |v_j| > threshold.
void add_large_components(double threshold,
                          std::size_t dimension,
                          const double* v,
                          Lanes& sum);

/// lambda_t = clip_threshold (t + 1)^threshold_growth; constant where the entry has no
/// threshold_growth.
[[nodiscard]] Schedule threshold_schedule(const core::Parameters& parameters);

/// clip_threshold (required) and threshold_growth with this default.
[[nodiscard]] std::vector<core::ParameterSpec> threshold_parameters(double growth);

/// clip: norm (default) or component.
[[nodiscard]] std::vector<core::ParameterSpec> clip_parameters();

/// The smooth clipping of arXiv 2310.16920, Psi_t(u) = phi_t u / sqrt(u^2 + theta_t^2)
/// for each coordinate: phi_t = clip_scale / (t + 1)^clip_power, theta_t^2 the paper's
/// eps_t. Either clip_scale is given, or effective_step: then clip_scale =
/// effective_step clip_threshold / step.scale, so that small gradients meet the step
/// effective_step r / (t + 1) with the default powers, whatever the threshold. Throws
/// ParameterError, also where the square of the threshold may be no double.
[[nodiscard]] Schedule smooth_clip_schedule(const core::Parameters& parameters);

/// The parameters of smooth clipping with its step, defaults as in arXiv 2310.16920.
[[nodiscard]] std::vector<core::ParameterSpec> smooth_clip_parameters();

/// Tables one after the other.
[[nodiscard]] std::vector<core::ParameterSpec> join_tables(
    std::initializer_list<std::vector<core::ParameterSpec>> tables);

}  // namespace tailrate::model
