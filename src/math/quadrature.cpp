#include "math/quadrature.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "core/contracts.hpp"
#include "math/elementary.hpp"

namespace tailrate::math {

namespace {

/// Sum of the weighted integrand, and of its size as the scale of rounding errors.
struct WeightedSum {
    double value = 0.0;
    double size = 0.0;

    void add(double term) {
        value += term;
        size += std::abs(term);
    }
};

/// The terms at +u and -u: x = (a + b)/2 + (b - a)/2 tanh(pi/2 sinh u), written by the
/// distance to the nearer end, (b - a) e / (1 + e) with e = exp(-pi sinh u).
void add_pair(WeightedSum& sum,
              const std::function<double(double)>& f,
              double a,
              double b,
              double u) {
    constexpr double pi = 3.141592653589793;  // pi rounded, mpmath
    const double growth = exp(u);
    const double sinh = 0.5 * (growth - 1.0 / growth);
    const double cosh = 0.5 * (growth + 1.0 / growth);
    const double e = exp(-pi * sinh);
    const double share = e / (1.0 + e);
    const double weight = pi * cosh * share / (1.0 + e) * (b - a);
    const double left = a + (b - a) * share;
    const double right = b - (b - a) * share;
    if (left != a && left != b) {
        sum.add(weight * f(left));
    }
    if (right != a && right != b) {
        sum.add(weight * f(right));
    }
}

/// Doubles in their order as consecutive integers.
std::int64_t rank_of(double x) {
    const auto bits = std::bit_cast<std::int64_t>(x);
    return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
}

double of_rank(std::int64_t rank) {
    const std::int64_t bits =
        rank < 0 ? std::numeric_limits<std::int64_t>::min() - rank : rank;
    return std::bit_cast<double>(bits);
}

struct Point {
    double x;
    double f;
};

/// Ends of different sign, and the end that was dropped last.
struct Bracket {
    Point low;
    Point high;
    Point previous;

    [[nodiscard]] std::uint64_t width() const {
        return static_cast<std::uint64_t>(rank_of(high.x)) -
               static_cast<std::uint64_t>(rank_of(low.x));
    }

    [[nodiscard]] const Point& best() const {
        return std::abs(low.f) < std::abs(high.f) ? low : high;
    }

    void insert(Point point) {
        Point& end = (point.f < 0.0) == (low.f < 0.0) ? low : high;
        previous = std::exchange(end, point);
    }
};

/// Inverse quadratic interpolation through the three points, by divided differences.
double interpolate(const Bracket& bracket) {
    const auto& [low, high, previous] = bracket;
    const double slope = (high.x - low.x) / (high.f - low.f);
    const double secant = low.x - low.f * slope;
    const double next_slope = (previous.x - high.x) / (previous.f - high.f);
    const double curvature = (next_slope - slope) / (previous.f - low.f);
    const double quadratic = secant + low.f * high.f * curvature;
    return quadratic > low.x && quadratic < high.x ? quadratic : secant;
}

/// The double halfway in rank.
double middle(const Bracket& bracket) {
    const std::uint64_t half = bracket.width() / 2;
    return of_rank(rank_of(bracket.low.x) + static_cast<std::int64_t>(half));
}

/// `candidate`, but at least `step` doubles away from both ends.
double keep_inside(const Bracket& bracket, double candidate, std::uint64_t step) {
    const std::uint64_t margin = std::min(step, bracket.width() / 2);
    const auto inset = static_cast<std::int64_t>(margin);
    const std::int64_t lowest = rank_of(bracket.low.x) + inset;
    const std::int64_t highest = rank_of(bracket.high.x) - inset;
    return of_rank(std::clamp(rank_of(candidate), lowest, highest));
}

/// The root, by interpolation, and by bisection whenever that did not halve the
/// bracket. The least step doubles while the root stays on one side, so that the
/// bracket closes.
double close_bracket(const std::function<double(double)>& f, Bracket bracket) {
    bool interpolated_well = true;
    std::uint64_t least_step = 1;
    while (bracket.width() > 1) {
        const std::uint64_t width = bracket.width();
        const double candidate =
            interpolated_well ? interpolate(bracket) : middle(bracket);
        const double x = keep_inside(bracket, candidate, least_step);
        const Point point{x, f(x)};
        if (point.f == 0.0) {
            return x;
        }
        TAILRATE_EXPECTS(!std::isnan(point.f));
        bracket.insert(point);
        const bool halved = bracket.width() <= width / 2;
        least_step = halved ? 1 : 2 * least_step;
        interpolated_well = halved || !interpolated_well;
    }
    return bracket.best().x;
}

}  // namespace

double integrate(const std::function<double(double)>& f, double a, double b) {
    TAILRATE_EXPECTS(std::isfinite(a) && std::isfinite(b) && std::isfinite(b - a));
    constexpr double last_u = 6.1;      // the nodes reach 1e-304 of the length
    constexpr int last_halving = 10;    // about 12500 nodes
    constexpr double accuracy = 1e-13;  // of two successive rules; the last is better
    WeightedSum sum;
    const double centre = a + 0.5 * (b - a);
    sum.add(0.25 * 3.141592653589793 * (b - a) * f(centre));  // weight at u = 0, pi/4
    double step = 1.0;
    double estimate = 0.0;
    for (int halving = 0; halving <= last_halving; ++halving) {
        const int stride = halving == 0 ? 1 : 2;
        const auto last = static_cast<int>(last_u / step);
        for (int k = 1; k <= last; k += stride) {
            add_pair(sum, f, a, b, static_cast<double>(k) * step);
        }
        const double previous = std::exchange(estimate, step * sum.value);
        const double scale = step * sum.size;
        if (halving >= 3 && std::abs(estimate - previous) <= accuracy * scale) {
            break;
        }
        step *= 0.5;
    }
    return estimate;
}

double find_root(const std::function<double(double)>& f, double low, double high) {
    TAILRATE_EXPECTS(low < high && std::isfinite(low) && std::isfinite(high));
    const Point first{low, f(low)};
    const Point last{high, f(high)};
    if (first.f == 0.0 || last.f == 0.0) {
        return first.f == 0.0 ? low : high;
    }
    const bool rising = first.f < 0.0 && last.f > 0.0;
    const bool falling = first.f > 0.0 && last.f < 0.0;
    TAILRATE_EXPECTS(rising || falling);
    return close_bracket(f, {first, last, first});
}

}  // namespace tailrate::math
