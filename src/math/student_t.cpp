#include <cmath>

#include "core/contracts.hpp"
#include "math/elementary.hpp"
#include "math/quadrature.hpp"
#include "math/special.hpp"

namespace tailrate::math {

namespace {

/// x and 1 - x with their logarithms, each accurate on its own.
struct UnitPoint {
    double x;
    double complement;
    double log_x;
    double log_complement;

    [[nodiscard]] UnitPoint mirrored() const {
        return {complement, x, log_complement, log_x};
    }
};

/// log B(a, b). For a large argument the difference log Gamma(l + s) - log Gamma(l)
/// comes from Stirling's series, where nothing large cancels.
double log_beta(double a, double b) {
    const double large = a > b ? a : b;
    const double small = a > b ? b : a;
    if (large < 12.0) {
        return lgamma(a) + lgamma(b) - lgamma(a + b);
    }
    const double rise = (large - 0.5) * log1p(small / large) +
                        small * (log(large + small) - 1.0) +
                        (stirling_remainder(large + small) - stirling_remainder(large));
    return lgamma(small) - rise;
}

/// I_x(a, b) for x below about a/(a + b), by the continued fraction of DiDonato &
/// Morris, ACM TOMS 18 (1992) 360, sec. 4 (BFRAC), with the modified Lentz algorithm.
/// Its terms use 1 - x where a/(a + b) - x would cancel.
double beta_by_fraction(double a, double b, const UnitPoint& point) {
    constexpr double least = 1e-300;    // stands for zero in a denominator
    constexpr double change = 0x1p-52;  // of the last factor
    constexpr int most_terms = 100000;  // far more than were ever needed
    const auto away_from_zero = [](double v) {
        return std::abs(v) < least ? least : v;
    };
    const double x = point.x;
    const double y = point.complement;
    const double lambda = a * y - b * x;
    double numerator = a / (a + 1.0) * (lambda + 1.0);
    double denominator = 0.0;
    double fraction = numerator;
    for (int term = 1; term <= most_terms; ++term) {
        const auto n = static_cast<double>(term);
        const double odd = a + 2.0 * n - 1.0;
        const double spread = n * (b - n) * x;
        const double alpha =
            (a + n - 1.0) / odd * ((a + b + n - 1.0) / odd) * spread * x;
        const double beta =
            n + spread / odd + (a + n) / (odd + 2.0) * (lambda + 1.0 + n * (1.0 + y));
        denominator = 1.0 / away_from_zero(std::fma(alpha, denominator, beta));
        numerator = away_from_zero(beta + alpha / numerator);
        const double factor = numerator * denominator;
        fraction *= factor;
        if (std::abs(factor - 1.0) <= change) {
            break;
        }
    }
    const double exponent = a * point.log_x + b * point.log_complement - log_beta(a, b);
    return exp(exponent) / fraction;
}

double incomplete_beta_at(double a, double b, const UnitPoint& point) {
    const bool is_left = point.x * (a + b + 2.0) < a + 1.0;
    return is_left ? beta_by_fraction(a, b, point)
                   : 1.0 - beta_by_fraction(b, a, point.mirrored());
}

/// x = 1/(1 + u^2), u = t / sqrt(dof): then P(|T| > t) = I_x(dof/2, 1/2).
UnitPoint student_point(double t, double dof) {
    const double u = t / std::sqrt(dof);
    const double square = u * u;
    // Each logarithm from the smaller of u^2 and 1/u^2, which may underflow.
    const double small = u < 1.0 ? -log1p(square) : -log1p(1.0 / square);
    const double log_square = 2.0 * log(u);
    return {1.0 / (1.0 + square),
            1.0 / (1.0 + 1.0 / square),
            u < 1.0 ? small : small - log_square,
            u < 1.0 ? small + log_square : small};
}

/// P(T > t) for t > 0.
double student_tail(double t, double dof) {
    if (std::isinf(dof)) {
        return 0.5 * erfc(std::sqrt(0.5) * t);
    }
    return 0.5 * incomplete_beta_at(0.5 * dof, 0.5, student_point(t, dof));
}

/// P(0 < T < t) for t > 0.
double student_centre(double t, double dof) {
    if (std::isinf(dof)) {
        return 0.5 * erf(std::sqrt(0.5) * t);
    }
    return 0.5 * incomplete_beta_at(0.5, 0.5 * dof, student_point(t, dof).mirrored());
}

}  // namespace

double incomplete_beta(double a, double b, double x) {
    TAILRATE_EXPECTS(a > 0.0 && b > 0.0 && x >= 0.0 && x <= 1.0);
    if (x == 0.0 || x == 1.0) {
        return x;
    }
    return incomplete_beta_at(a, b, {x, 1.0 - x, log(x), log1p(-x)});
}

double student_t_cdf(double t, double dof) {
    TAILRATE_EXPECTS(dof >= 1.0 && !std::isnan(t));
    if (t == 0.0) {
        return 0.5;
    }
    const double tail = student_tail(std::abs(t), dof);
    return t < 0.0 ? tail : 1.0 - tail;
}

double student_t_quantile(double p, double dof) {
    TAILRATE_EXPECTS(p > 0.0 && p < 1.0 && dof >= 1.0);
    const double from_centre = p - 0.5;
    if (from_centre == 0.0) {
        return 0.0;
    }
    if (std::isinf(dof)) {
        return normal_quantile(p);
    }
    const bool is_central = std::abs(from_centre) <= 0.25;
    const double tail = p < 0.5 ? p : 1.0 - p;
    const auto miss = [&](double t) {
        return is_central ? student_centre(t, dof) / std::abs(from_centre) - 1.0
                          : log(tail / student_tail(t, dof));
    };
    // The normal quantile is a lower bound; the law with one degree an upper one.
    const double low = 0.5 * std::abs(normal_quantile(p));
    const double high = 2.0 * std::abs(cospi(p) / sinpi(p));
    return std::copysign(find_root(miss, low, high), from_centre);
}

}  // namespace tailrate::math
