#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>

#include "core/parameters.hpp"

namespace tailrate::model {

/// A scalar law of noise at scale 1.
class Noise {
  public:
    using Make = std::function<std::unique_ptr<Noise>(const core::Parameters&)>;

    virtual ~Noise() = default;

    /// p* = sup{p : E|z|^p < inf}, in (0, inf].
    [[nodiscard]] virtual double tail_index() const = 0;
    /// E|z|; +inf where there is no mean.
    [[nodiscard]] virtual double mean_absolute() const = 0;
    /// The median of |z|.
    [[nodiscard]] virtual double median_absolute() const = 0;

    /// Whether z and -z have the same law.
    [[nodiscard]] virtual bool is_symmetric() const { return true; }

    /// Independent draws made from one counter's two words: 1 or 2.
    [[nodiscard]] virtual std::size_t draws_per_counter() const = 0;
    /// Turns `rows` rows of `lanes` word pairs into draws. With one draw per counter,
    /// draws[r * lanes + k] comes from first[r * lanes + k] and second[r * lanes + k];
    /// with two, they go to draws[2 r * lanes + k] and draws[(2 r + 1) * lanes + k].
    /// A pure function of the words; plain loops over lanes, which vectorize.
    virtual void transform(std::size_t rows,
                           const std::uint64_t* first,
                           const std::uint64_t* second,
                           double* draws) const = 0;

    [[nodiscard]] bool has_mean() const { return std::isfinite(mean_absolute()); }
};

/// What theory asks of the noise of a cell: the law with its scales.
struct NoiseFacts {
    bool is_present = true;  ///< false: every client's scale is 0
    double tail_index = std::numeric_limits<double>::infinity();
    bool has_mean = true;
    bool is_symmetric = true;
    double mean_absolute = 0.0;    ///< E|s z|, averaged over clients; +inf without mean
    bool is_equal = true;          ///< the clients' scales are the same
    bool is_all_the_noise = true;  ///< false: the problem draws rows besides
};

}  // namespace tailrate::model
