#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "math/elementary.hpp"
#include "rates/rates.hpp"

namespace tailrate::rates::testing {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// splitmix64 (Steele, Lea, Flood 2014): enough for simulations with a fixed seed.
class Splitmix {
  public:
    explicit Splitmix(std::uint64_t state) : state_{state} {}

    /// In [0, 1), 52 bits.
    double uniform() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111eb;
        return static_cast<double>((z ^ (z >> 31U)) >> 12U) * 0x1p-52;
    }

    /// Variance 1, nearly normal: the sum of 12 uniforms.
    double normal() {
        double sum = -6.0;
        for (int i = 0; i < 12; ++i) {
            sum += uniform();
        }
        return sum;
    }

  private:
    std::uint64_t state_;
};

/// 0, then floor(10^(k / per_decade) + 1/2) without repeats, then the horizon.
inline std::vector<std::int64_t> checkpoints(std::int64_t horizon,
                                             int per_decade = 10) {
    std::vector<std::int64_t> times{0};
    for (int k = 0;; ++k) {
        const double power = math::pow(10.0, static_cast<double>(k) / per_decade);
        const auto t = static_cast<std::int64_t>(std::floor(power + 0.5));
        if (t > horizon) {
            break;
        }
        if (t > times.back()) {
            times.push_back(t);
        }
    }
    if (times.back() < horizon) {
        times.push_back(horizon);
    }
    return times;
}

/// Curves that own their arrays.
struct SampleCurves {
    std::vector<std::int64_t> iterations;
    std::vector<double> errors;  ///< (R x K)

    [[nodiscard]] Curves view() const { return {iterations, errors}; }

    double& at(std::size_t seed, std::size_t checkpoint) {
        return errors[seed * iterations.size() + checkpoint];
    }

    /// Infinite from the given checkpoint on.
    void diverge(std::size_t seed, std::size_t checkpoint) {
        for (std::size_t k = checkpoint; k < iterations.size(); ++k) {
            at(seed, k) = infinity;
        }
    }
};

/// error(seed, t) at every checkpoint t >= 1 and `start` at 0.
template <class Error>
SampleCurves make_curves(std::vector<std::int64_t> iterations,
                         std::size_t seeds,
                         double start,
                         Error error) {
    SampleCurves curves;
    curves.iterations = std::move(iterations);
    for (std::size_t r = 0; r < seeds; ++r) {
        for (const std::int64_t t : curves.iterations) {
            curves.errors.push_back(t == 0 ? start : error(r, static_cast<double>(t)));
        }
    }
    return curves;
}

/// level(t) exp(spread Z - spread^2 / 2) with a stationary autoregression Z of unit
/// variance, correlation 0.9 between neighbouring checkpoints as in curves of
/// stochastic gradient methods. Every seed has mean level(t).
template <class Level>
SampleCurves noisy_curves(std::int64_t horizon,
                          std::size_t seeds,
                          double start,
                          double spread,
                          Level level,
                          Splitmix& draw) {
    const double kept = 0.9;
    const double fresh = std::sqrt(1.0 - kept * kept);
    double z = 0.0;
    return make_curves(checkpoints(horizon), seeds, start, [&](std::size_t, double t) {
        z = t == 1.0 ? draw.normal() : kept * z + fresh * draw.normal();
        return level(t) * math::exp(spread * z - 0.5 * spread * spread);
    });
}

inline auto power_law(double factor, double exponent) {
    return [=](double t) { return factor * math::pow(t, -exponent); };
}

/// Falls like t^-0.5 from 100, with a little spread; straight.
inline SampleCurves falling(std::size_t seeds, std::int64_t horizon = 10'000) {
    Splitmix draw{1};
    return noisy_curves(horizon, seeds, 100.0, 0.1, power_law(50.0, 0.5), draw);
}

/// As `falling` without the spread.
inline SampleCurves equal_seeds(std::size_t seeds) {
    const auto law = power_law(50.0, 0.5);
    return make_curves(checkpoints(10'000), seeds, 100.0, [&](std::size_t, double t) {
        return law(t);
    });
}

}  // namespace tailrate::rates::testing
