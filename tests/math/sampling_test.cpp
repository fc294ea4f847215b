// Relative errors against MPFR over the ranges that the header states, at random
// points, where the reduction changes its step and at the ends. The bounds are the
// stated ones.

#include "math/sampling.hpp"

#include <string>

#include <doctest/doctest.h>

#include "ulp.hpp"

namespace tailrate::math {
namespace {

constexpr int n_points = 60000;  // per kind of point

template <typename Draw>
void append_drawn(std::vector<double>& points, Draw draw) {
    for (int i = 0; i < n_points; ++i) {
        points.push_back(draw());
    }
}

/// |got/value - 1|; a value of 0 must be met exactly.
double relative_error(double got, Reference& value) {
    if (mpfr_zero_p(value.get()) != 0) {
        return got == 0.0 ? 0.0 : infinity;
    }
    Reference difference{got};
    mpfr_sub(difference.get(), difference.get(), value.get(), MPFR_RNDN);
    mpfr_div(difference.get(), difference.get(), value.get(), MPFR_RNDN);
    return std::abs(mpfr_get_d(difference.get(), MPFR_RNDN));
}

template <typename Function>
void check_relative_error(const std::string& name,
                          Function function,
                          ReferenceFunction reference,
                          const std::vector<double>& points,
                          double bound) {
    double worst = 0.0;
    double where = 0.0;
    Reference value;
    for (const double x : points) {
        Reference argument{x};
        reference(value.get(), argument.get(), MPFR_RNDN);
        const double error = relative_error(function(x), value);
        if (!(error <= worst)) {
            worst = error;
            where = x;
        }
    }

    MESSAGE(name << ": relative error " << worst << " at " << where << " among "
                 << points.size() << " points");
    CHECK(points.size() >= 100000);
    CHECK(worst < bound);
}

/// Strictly between two numbers: random ones, small ones, the last ones at both ends,
/// and those around each change of k in x = k ln 2 + r.
std::vector<double> exponential_points(double low, double high) {
    constexpr double ln_2 = 0.6931471805599453;  // mpmath
    Splitmix random{1};
    std::vector<double> drawn;
    append_drawn(drawn, [&] { return random.uniform(low, high); });
    append_drawn(drawn, [&] { return random.signed_spread(-1074.0, 9.0); });
    append_drawn(drawn, [&] { return random.uniform(-1.5, 1.5); });
    append(drawn, neighbours(low, 500));
    append(drawn, neighbours(high, 500));
    const int last = static_cast<int>(high / ln_2);
    for (int k = static_cast<int>(low / ln_2) - 1; k <= last; ++k) {
        append(drawn, neighbours((k + 0.5) * ln_2, k == -1 || k == 0 ? 500 : 50));
    }
    std::vector<double> points{0.0};
    for (const double x : drawn) {
        if (low < x && x < high) {
            points.push_back(x);
        }
    }
    return points;
}

TEST_CASE("fast_log holds its error for normal numbers") {
    Splitmix random{2};
    std::vector<double> points = neighbours(1.0, 2000);
    append(points, neighbours(0.7071067811865476, 500));
    append(points, neighbours(1.4142135623730951, 500));
    append_drawn(points, [&] { return random.spread(-1022.0, 1024.0); });
    append_drawn(points, [&] { return random.uniform(0x1p-53, 1.0); });
    append_drawn(points, [&] { return random.uniform(0.25, 4.0); });
    append_drawn(points, [&] { return 1.0 + random.signed_spread(-52.0, -2.0); });
    points.push_back(std::numeric_limits<double>::min());
    points.push_back(std::numeric_limits<double>::max());
    const auto function = [](double x) { return fast_log(x); };

    check_relative_error("fast_log", function, mpfr_log, points, 4e-16);
}

TEST_CASE("fast_exp holds its error from -700 to 700") {
    const auto function = [](double x) { return fast_exp(x); };
    const std::vector<double> points = exponential_points(-700.0, 700.0);

    check_relative_error("fast_exp", function, mpfr_exp, points, 4e-16);
}

TEST_CASE("fast_expm1 holds its error from -40 to 700") {
    const auto function = [](double x) { return fast_expm1(x); };
    const std::vector<double> points = exponential_points(-40.0, 700.0);

    check_relative_error("fast_expm1", function, mpfr_expm1, points, 5e-16);
}

TEST_CASE("fast_sinpi holds its error up to a half") {
    Splitmix random{3};
    std::vector<double> points{0.0, -0.5, 0.5};
    append_drawn(points, [&] { return random.uniform(-0.5, 0.5); });
    append_drawn(points, [&] { return random.signed_spread(-1022.0, -1.0); });
    append_drawn(points, [&] { return random.signed_spread(-54.0, -1.0); });
    append_drawn(points, [&] { return 0.5 - random.spread(-54.0, -1.0); });
    const auto function = [](double x) { return fast_sinpi(x); };

    check_relative_error("fast_sinpi", function, mpfr_sinpi, points, 8e-16);
}

/// high with a random low of at most half an ulp.
DoubleDouble random_pair(Splitmix& random, double high) {
    return fast_two_sum(high, high * random.uniform(-0x1p-53, 0x1p-53));
}

/// Error of a + b in parts of |a| + |b|.
double error_of_sum(DoubleDouble a, DoubleDouble b) {
    const DoubleDouble sum = add(a, b);
    Reference error;
    mpfr_set_prec(error.get(), 512);  // enough for an exact sum
    mpfr_set_d(error.get(), a.high, MPFR_RNDN);
    for (const double part : {a.low, b.high, b.low, -sum.high, -sum.low}) {
        mpfr_add_d(error.get(), error.get(), part, MPFR_RNDN);
    }
    const double size = std::abs(a.high) + std::abs(b.high);
    return std::abs(mpfr_get_d(error.get(), MPFR_RNDN)) / size;
}

TEST_CASE("a sum of pairs holds 104 bits of the larger one") {
    Splitmix random{4};
    double worst = 0.0;
    for (int i = 0; i < n_points; ++i) {
        const DoubleDouble a = random_pair(random, random.signed_spread(-60.0, 60.0));
        const DoubleDouble any = random_pair(random, random.signed_spread(-60.0, 60.0));
        const DoubleDouble close =
            random_pair(random, a.high * random.uniform(0.25, 4.0));
        const DoubleDouble opposite =
            random_pair(random, -a.high * (1.0 + random.signed_spread(-53.0, -1.0)));
        for (const DoubleDouble b : {any, close, opposite}) {
            worst = std::max(worst, error_of_sum(a, b));
        }
    }

    MESSAGE("add: error " << worst << " of |a| + |b|");
    CHECK(worst < 0x1p-104);
}

}  // namespace
}  // namespace tailrate::math
