#pragma once

// Errors in units in the last place against MPFR, and test points from a fixed stream.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#define MPFR_USE_NO_MACRO  // functions instead of macros
#include <mpfr.h>

namespace tailrate::math {

/// splitmix64 (Steele, Lea, Flood 2014).
class Splitmix {
  public:
    explicit Splitmix(std::uint64_t seed) : state_{seed} {}

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// Uniform on [low, high).
    double uniform(double low, double high) {
        const double unit = static_cast<double>(next() >> 11) * 0x1p-53;
        return low + (high - low) * unit;
    }

    /// 2^e m, e uniform between the two exponents, m uniform on [1, 2).
    double spread(double low_exponent, double high_exponent) {
        const double exponent = std::floor(uniform(low_exponent, high_exponent));
        return std::ldexp(uniform(1.0, 2.0), static_cast<int>(exponent));
    }

    double signed_spread(double low_exponent, double high_exponent) {
        const double sign = (next() & 1) == 0 ? 1.0 : -1.0;
        return sign * spread(low_exponent, high_exponent);
    }

  private:
    std::uint64_t state_;
};

/// A number of 128 bits.
class Reference {
  public:
    Reference() { mpfr_init2(value_, 128); }

    explicit Reference(double x) : Reference() { mpfr_set_d(value_, x, MPFR_RNDN); }

    Reference(const Reference&) = delete;
    Reference& operator=(const Reference&) = delete;
    Reference(Reference&&) = delete;
    Reference& operator=(Reference&&) = delete;

    ~Reference() { mpfr_clear(value_); }

    mpfr_ptr get() { return value_; }

    /// |got - value| in units in the last place of the value; an infinite `got` counts
    /// as 2^1024, and is right for all values beyond. NaN agrees with NaN only.
    double ulps(double got) {
        if (mpfr_regular_p(value_) == 0 || std::isnan(got)) {
            const double own = mpfr_get_d(value_, MPFR_RNDN);
            return own == got || (std::isnan(own) && std::isnan(got)) ? 0.0 : unlimited;
        }
        Reference difference{got};
        if (std::isinf(got)) {
            mpfr_set_si_2exp(difference.value_, got > 0.0 ? 1 : -1, 1024, MPFR_RNDN);
        }
        if (std::isinf(got) && mpfr_cmpabs(value_, difference.value_) > 0) {
            return mpfr_sgn(value_) == mpfr_sgn(difference.value_) ? 0.0 : unlimited;
        }
        const mpfr_exp_t exponent =
            std::clamp<mpfr_exp_t>(mpfr_get_exp(value_), -1021, 1024);
        mpfr_sub(difference.value_, difference.value_, value_, MPFR_RNDN);
        mpfr_mul_2si(difference.value_, difference.value_, 53 - exponent, MPFR_RNDN);
        return std::abs(mpfr_get_d(difference.value_, MPFR_RNDN));
    }

  private:
    static constexpr double unlimited = std::numeric_limits<double>::infinity();

    mpfr_t value_ = {};
};

/// The largest error met and where.
struct WorstError {
    double ulps = 0.0;
    double x = 0.0;
    double y = 0.0;

    void add(double error, double at_x, double at_y = 0.0) {
        if (!(error <= ulps)) {
            *this = {error, at_x, at_y};
        }
    }
};

using ReferenceFunction = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

/// Largest error of `function` over the points.
template <typename Function>
WorstError worst_error(Function function,
                       ReferenceFunction reference,
                       const std::vector<double>& points) {
    WorstError worst;
    Reference value;
    for (const double x : points) {
        Reference argument{x};
        reference(value.get(), argument.get(), MPFR_RNDN);
        worst.add(value.ulps(function(x)), x);
    }
    return worst;
}

/// The doubles around a number, `count` on each side.
inline std::vector<double> neighbours(double centre, int count) {
    std::vector<double> points{centre};
    double above = centre;
    double below = centre;
    for (int i = 0; i < count; ++i) {
        above = std::nextafter(above, std::numeric_limits<double>::infinity());
        below = std::nextafter(below, -std::numeric_limits<double>::infinity());
        points.push_back(above);
        points.push_back(below);
    }
    return points;
}

inline void append(std::vector<double>& points, const std::vector<double>& more) {
    points.insert(points.end(), more.begin(), more.end());
}

/// Same bits, or both NaN.
inline bool same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
           (std::isnan(a) && std::isnan(b));
}

/// Fowler-Noll-Vo hash of the bits, every NaN counted alike.
inline std::uint64_t digest(const std::vector<double>& values) {
    std::uint64_t hash = 0xcbf29ce484222325;  // offset basis, FNV-1a, 64 bits
    for (const double value : values) {
        hash ^= std::isnan(value) ? 1 : std::bit_cast<std::uint64_t>(value);
        hash *= 0x100000001b3;  // prime, FNV-1a, 64 bits
    }
    return hash;
}

}  // namespace tailrate::math
