#include <algorithm>
#include <array>
#include <cmath>

#include "core/errors.hpp"
#include "core/registry.hpp"
#include "math/elementary.hpp"
#include "math/quadrature.hpp"
#include "math/sampling.hpp"
#include "math/special.hpp"
#include "model/block.hpp"
#include "model/noise.hpp"
#include "random/uniform.hpp"

namespace tailrate::noises {
namespace {

using math::DoubleDouble;

struct SinCosPair {
    DoubleDouble sin;
    DoubleDouble cos;
};

/// sin(pi x) and cos(pi x) to about 1e-31, |x| <= 1/2, by their Taylor series.
SinCosPair sincospi_pair(DoubleDouble x) {
    const DoubleDouble pi{3.141592653589793, 1.2246467991473532e-16};  // mpmath
    const DoubleDouble angle = multiply(pi, x);
    const DoubleDouble square = multiply(angle, angle);
    const auto nest = [&square](int last) {
        DoubleDouble sum{1.0, 0.0};
        for (int k = last; k > 1; k -= 2) {
            const double divisor = k * (k - 1);
            const double inverse = 1.0 / divisor;
            const double inverse_low = std::fma(-inverse, divisor, 1.0) / divisor;
            const DoubleDouble factor = multiply(square, {-inverse, -inverse_low});
            sum = add({1.0, 0.0}, multiply(factor, sum));
        }
        return sum;
    };
    return {multiply(angle, nest(37)), nest(36)};
}

/// b = atan(skew tan(pi alpha/2))/pi, to about 1e-30; 0 where alpha = 2.
DoubleDouble half_turns_of_skew(double alpha, double skew) {
    const double folded = alpha < 1.0 ? 0.5 * alpha : 0.5 * alpha - 1.0;
    if (skew == 0.0 || folded == 0.0) {
        return {0.0, 0.0};
    }
    if (std::abs(skew) == 1.0) {
        return {skew * folded, 0.0};
    }
    const math::SinCos limit = math::sincospi(folded);
    const double start = math::find_root(
        [&limit, skew](double b) {
            const math::SinCos turn = math::sincospi(b);
            return turn.sin * limit.cos - skew * turn.cos * limit.sin;
        },
        -0.5,
        0.5);
    const SinCosPair target = sincospi_pair({folded, 0.0});
    const double pi = 3.141592653589793;  // mpmath
    DoubleDouble b{start, 0.0};
    for (int step = 0; step < 2; ++step) {  // Newton
        const SinCosPair turn = sincospi_pair(b);
        const DoubleDouble miss =
            add(multiply(turn.sin, target.cos),
                multiply({-skew, 0.0}, multiply(turn.cos, target.sin)));
        const double slope = pi * (turn.cos.high * target.cos.high +
                                   skew * turn.sin.high * target.sin.high);
        b = add(b, {-miss.high / slope, -miss.low / slope});
    }
    return b;
}

/// Stable law S_alpha(1, skew, 0) in the parametrization S1: characteristic function
/// exp(-|t|^alpha (1 - i skew sign(t) tan(pi alpha/2))), alpha = tail_index in
/// [0.125, 2]; mean 0 for alpha > 1. alpha = 2 is N(0,2) whatever the skew, and has all
/// moments. alpha = 1 is the Cauchy law; with skew it is refused, since the skewed laws
/// have no limit there (their median runs off as alpha nears 1).
/// E|z| = (2/pi) G(1-1/alpha) (1+h^2)^(1/(2 alpha)) cos(pi b/alpha), h = skew
/// tan(pi alpha/2), pi b = atan(h) (Samorodnitsky, Taqqu 1994, property 1.2.17). The
/// median of |z| from Zolotarev's integral of P(|Z| <= x) over the angle.
///
/// One draw per counter. With phi = pi (V - 1/2) and W = -log U, V from the second and
/// U from the first word, z = (1+h^2)^(1/(2 alpha)) sin(alpha phi + pi b) /
/// cos(phi)^(1/alpha) (cos(phi - alpha phi - pi b)/W)^((1-alpha)/alpha). With m the
/// distance of V from the nearer end of (0,1) and c = alpha/2 -+ b this is
/// sin(alpha phi + pi b) sin(pi m)^(-1/alpha) (sin(pi(c + (1-alpha) m))/W)^(...), whose
/// arguments are sums without cancellation.
/// Source: Chambers, Mallows, Stuck, J. Amer. Statist. Assoc. 71, 1976, pp. 340-344,
/// for S1 by Weron, Statist. Probab. Lett. 28, 1996, pp. 165-171 (case alpha != 1).
/// Deviation: arranged for accuracy at the ends and at z = 0; one exponential of a sum
/// of logarithms.
class Stable final : public model::Noise {
  public:
    Stable(double alpha, double skew)
        : alpha_{alpha},
          skewness_{half_turns_of_skew(alpha, skew)} {
        const math::SinCos half = math::sincospi(0.5 * alpha);
        const double h = skewness_.high == 0.0 ? 0.0 : skew * half.sin / half.cos;
        log_factor_ = math::log1p(h * h) / (2.0 * alpha);
    }

    [[nodiscard]] double tail_index() const override {
        if (alpha_ == 2.0) {
            return math::infinity;
        }
        return alpha_;
    }

    [[nodiscard]] bool is_symmetric() const override { return skewness_.high == 0.0; }

    [[nodiscard]] double mean_absolute() const override {
        if (alpha_ <= 1.0) {
            return math::infinity;
        }
        const double two_over_pi = 0.6366197723675814;  // mpmath
        const double gamma = math::exp(math::lgamma((alpha_ - 1.0) / alpha_));
        // cos(pi b/alpha) = sin(pi (alpha/2 - |b|)/alpha)
        const double cosine = math::sinpi(std::min(end(-1.0), end(1.0)) / alpha_);
        return two_over_pi * gamma * math::exp(log_factor_) * cosine;
    }

    [[nodiscard]] double median_absolute() const override {
        if (alpha_ == 1.0) {
            return 1.0;
        }
        const auto excess = [this](double y) {
            const double right = share_below(1.0, y);
            return right + (is_symmetric() ? right : share_below(-1.0, y)) - 0.5;
        };
        const double log_median = math::find_root(excess, -50.0, 100.0);
        return math::exp(log_median);
    }

    [[nodiscard]] std::size_t draws_per_counter() const override { return 1; }

    void transform(std::size_t rows,
                   const std::uint64_t* first,
                   const std::uint64_t* second,
                   double* draws) const override {
        const double alpha = alpha_;
        const double inverse = 1.0 / alpha;
        const double rate = std::abs(1.0 - alpha);
        const double start_left = start(-1.0);
        const double start_right = start(1.0);
        const double shift = skewness_.high;
        const double shift_low = skewness_.low;
        const double log_factor = log_factor_;
        const std::size_t count = rows * model::lanes;
        // Three short passes: the chain of one draw is too long for the processor to
        // work on enough draws at a time.
        for (std::size_t k = 0; k < count; ++k) {
            draws[k] = -math::fast_log(random::unit_interval(first[k]));  // exponential
        }
        for (std::size_t k = 0; k < count; ++k) {
            const double p = random::unit_interval(second[k]) - 0.5;
            const double m = 0.5 - std::abs(p);
            const double edge = p < 0.0 ? start_left : start_right;
            const double angle = std::fma(rate, m, edge);  // in (0, 1)
            const double folded = angle > 0.5 ? 1.0 - angle : angle;
            const double ratio = math::fast_sinpi(folded) / draws[k];
            const double exponent = std::fma(1.0 - alpha,
                                             math::fast_log(ratio),
                                             -math::fast_log(math::fast_sinpi(m)));
            draws[k] = std::fma(exponent, inverse, log_factor);  // log amplitude
        }
        for (std::size_t k = 0; k < count; ++k) {
            const double p = random::unit_interval(second[k]) - 0.5;
            // alpha p + b as a pair, and its distance from the nearest zero of the
            // sine.
            const DoubleDouble product = math::two_product(alpha, p);
            const DoubleDouble sum = math::two_sum(product.high, shift);
            const double low = sum.low + (product.low + shift_low);
            const double turn = sum.high + low;
            const double size = std::abs(sum.high);
            const double size_low = sum.high < 0.0 ? -low : low;
            const double zero_distance =
                size > 0.5 ? (1.0 - size) - size_low : std::abs(turn);
            draws[k] = std::copysign(
                math::fast_sinpi(zero_distance) * math::fast_exp(draws[k]), turn);
        }
    }

  private:
    /// c = alpha/2 + side b, the part of alpha on that side of zero, side = -1 or 1.
    [[nodiscard]] double end(double side) const {
        return (0.5 * alpha_ + side * skewness_.high) + side * skewness_.low;
    }

    /// c, or 1 - c for alpha > 1: sin(pi(c + (1-alpha) m)) = sin(pi(start + rate m)).
    [[nodiscard]] double start(double side) const {
        if (alpha_ <= 1.0) {
            return end(side);
        }
        return ((1.0 - 0.5 * alpha_) - side * skewness_.high) - side * skewness_.low;
    }

    /// log |z| at W = 1 where V is the share m away from its end on that side.
    [[nodiscard]] double log_amplitude(double side, double m) const {
        const double smallest = 1e-300;
        const double to_zero = std::max(end(side) - alpha_ * m, smallest);
        const double angle = start(side) + std::abs(1.0 - alpha_) * m;
        const double logs =
            (1.0 - alpha_) * math::log(math::sinpi(angle)) - math::log(math::sinpi(m));
        return log_factor_ + math::log(math::sinpi(to_zero)) + logs / alpha_;
    }

    /// P(0 < side z <= e^y). Given V, |z| is the amplitude times W^((alpha-1)/alpha), W
    /// exponential; for alpha near 1 the integrand is close to a step, so the integral
    /// is cut where the amplitude is e^y.
    [[nodiscard]] double share_below(double side, double y) const {
        const double length = end(side) / alpha_;
        if (length <= 0.0) {
            return 0.0;
        }
        const double power = alpha_ / (1.0 - alpha_);
        const auto share = [&](double m) {
            const double bound = math::exp(power * (log_amplitude(side, m) - y));
            return alpha_ < 1.0 ? math::exp(-bound) : -math::expm1(-bound);
        };
        const auto above = [&](double m) { return log_amplitude(side, m) - y; };
        const double first = length * 0x1p-1000;
        const double last = length * (1.0 - 0x1p-50);
        if (above(first) <= 0.0 || above(last) >= 0.0) {
            return math::integrate(share, 0.0, length);
        }
        const double cut = math::find_root(above, first, last);
        return math::integrate(share, 0.0, cut) + math::integrate(share, cut, length);
    }

    double alpha_;
    DoubleDouble skewness_;    ///< b = atan(h)/pi
    double log_factor_ = 0.0;  ///< log (1+h^2)^(1/(2 alpha))
};

const core::Registration<model::Noise> registration{{
    .key = "stable",
    .summary = "stable law (S1) of index tail_index; 2 is N(0,2)",
    .source =
        "Chambers, Mallows & Stuck, JASA 71 (1976); Weron, Stat. Prob. Lett. 28 (1996)",
    .parameters = {{.name = "tail_index",
                    .range = {.lowest = 0.125, .highest = 2.0},
                    .meaning = "alpha: moments of |z| below it are finite, at 2 all"},
                   {.name = "skew",
                    .default_value = 0.0,
                    .range = {.lowest = -1.0, .highest = 1.0},
                    .meaning = "beta of S1; 0 is symmetric"}},
    .make =
        [](const core::Parameters& parameters) {
            const double alpha = parameters.real("tail_index");
            const double skew = parameters.real("skew");
            if (alpha == 1.0 && skew != 0.0) {
                throw core::ParameterError{
                    "skew",
                    "must be 0 at tail_index 1, where skewed laws have no limit"};
            }
            return std::make_unique<Stable>(alpha, skew);
        },
}};

}  // namespace
}  // namespace tailrate::noises
