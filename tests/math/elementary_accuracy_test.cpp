// Errors against MPFR at random points over the whole range and where a function is
// hardest. The bounds are those that the headers state.

#include <string>

#include <doctest/doctest.h>

#include "math/elementary.hpp"
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

template <typename Function>
void check_error(const std::string& name,
                 Function function,
                 ReferenceFunction reference,
                 const std::vector<double>& points,
                 double bound) {
    const WorstError worst = worst_error(function, reference, points);

    MESSAGE(name << ": " << worst.ulps << " ulp at " << worst.x << " among "
                 << points.size() << " points");
    CHECK(points.size() >= 100000);
    CHECK(worst.ulps <= bound);
}

std::vector<double> exponential_points() {
    Splitmix random{1};
    std::vector<double> points;
    append_drawn(points, [&] { return random.uniform(-746.0, 710.0); });
    append_drawn(points, [&] { return random.signed_spread(-1074.0, 9.0); });
    append_drawn(points, [&] { return random.uniform(-1.5, 1.5); });
    for (const double hard : {709.782712893384,     // overflow
                              -708.3964185322641,   // first subnormal result
                              -745.1332191019412,   // half the least double
                              0.34657359027997264,  // first change of k
                              -0.34657359027997264}) {
        append(points, neighbours(hard, 500));
    }
    return points;
}

TEST_CASE("the exponential is accurate over the whole range") {
    std::vector<double> points = exponential_points();
    Splitmix random{2};
    std::vector<double> normal;
    for (const double x : points) {
        if (x > -708.0) {
            normal.push_back(x);
        }
    }
    append_drawn(points, [&] { return random.uniform(-745.2, -708.3); });
    const auto function = [](double x) { return exp(x); };

    check_error("exp, normal results", function, mpfr_exp, normal, 1.1);
    check_error("exp, subnormal results too", function, mpfr_exp, points, 1.6);
}

TEST_CASE("expm1 is accurate over the whole range") {
    const auto function = [](double x) { return expm1(x); };

    check_error("expm1", function, mpfr_expm1, exponential_points(), 1.2);
}

TEST_CASE("tanh is accurate over the whole range") {
    Splitmix random{3};
    std::vector<double> points;
    append_drawn(points, [&] { return random.signed_spread(-1074.0, 6.0); });
    append_drawn(points, [&] { return random.uniform(-2.0, 2.0); });
    append_drawn(points, [&] { return random.uniform(15.0, 22.0); });
    const auto function = [](double x) { return tanh(x); };

    check_error("tanh", function, mpfr_tanh, points, 1.1);
}

TEST_CASE("log is accurate over the whole range") {
    Splitmix random{4};
    std::vector<double> points = neighbours(1.0, 2000);
    append(points, neighbours(0.7071067811865476, 500));
    append(points, neighbours(1.4142135623730951, 500));
    append_drawn(points, [&] { return random.spread(-1074.0, 1024.0); });
    append_drawn(points, [&] { return random.uniform(0.5, 2.0); });
    append_drawn(points, [&] { return 1.0 + random.signed_spread(-52.0, -2.0); });
    const auto function = [](double x) { return log(x); };

    check_error("log", function, mpfr_log, points, 1.0);
}

TEST_CASE("log1p is accurate over the whole range") {
    Splitmix random{5};
    std::vector<double> points = neighbours(-0.9999, 500);
    append(points, neighbours(-0.2928932188134524, 500));
    append(points, neighbours(0.41421356237309503, 500));
    append_drawn(points, [&] { return random.spread(-1074.0, 1024.0); });
    append_drawn(points, [&] { return -random.spread(-1074.0, 0.0) / 2.0; });
    append_drawn(points, [&] { return random.uniform(-1.0, 1.5); });
    append_drawn(points, [&] { return random.spread(-56.0, 56.0) - 1.0; });
    const auto function = [](double x) { return log1p(x); };

    check_error("log1p", function, mpfr_log1p, points, 1.0);
}

TEST_CASE("sinpi and cospi are accurate up to the largest numbers with a fraction") {
    Splitmix random{6};
    std::vector<double> points;
    append_drawn(points, [&] { return random.signed_spread(-1074.0, 55.0); });
    append_drawn(points, [&] { return random.uniform(-2.0, 2.0); });
    append_drawn(points, [&] { return random.signed_spread(40.0, 54.0); });
    append_drawn(points, [&] {
        const double half_integer = 0.5 * std::floor(random.uniform(-40.0, 40.0));
        return half_integer + random.signed_spread(-54.0, -1.0);
    });

    check_error(
        "sinpi", [](double x) { return sinpi(x); }, mpfr_sinpi, points, 1.2);
    check_error(
        "cospi", [](double x) { return cospi(x); }, mpfr_cospi, points, 1.2);
}

struct PowerPoint {
    double x;
    double y;
};

double largest_power_error(const std::string& name,
                           const std::vector<PowerPoint>& points) {
    WorstError worst;
    Reference value;
    for (const auto& [x, y] : points) {
        Reference base{x};
        Reference exponent{y};
        mpfr_pow(value.get(), base.get(), exponent.get(), MPFR_RNDN);
        worst.add(value.ulps(pow(x, y)), x, y);
    }
    MESSAGE(name << ": " << worst.ulps << " ulp at " << worst.x << " ^ " << worst.y
                 << " among " << points.size() << " points");
    return worst.ulps;
}

TEST_CASE("pow is accurate where it neither overflows nor underflows") {
    Splitmix random{7};
    std::vector<PowerPoint> points;
    for (int i = 0; i < n_points; ++i) {
        const double any = random.spread(-1074.0, 1024.0);
        points.push_back({any, random.uniform(-708.0, 709.7) / log(any)});
        const double near_one = 1.0 + random.signed_spread(-52.0, -1.0);
        points.push_back({near_one, random.uniform(-708.0, 709.7) / log(near_one)});
        points.push_back({random.spread(-4.0, 4.0), random.signed_spread(-60.0, 7.0)});
    }

    CHECK(largest_power_error("pow, normal results", points) <= 1.0);
}

TEST_CASE("pow is accurate at the ends of its range") {
    Splitmix random{8};
    std::vector<PowerPoint> points;
    for (int i = 0; i < n_points; ++i) {
        const double x = random.spread(-30.0, 30.0);
        points.push_back({x, random.uniform(-746.0, -708.0) / log(x)});
        points.push_back({x, random.uniform(709.7, 709.9) / log(x)});
    }

    CHECK(largest_power_error("pow, subnormal and largest results", points) <= 1.6);
}

TEST_CASE("the pair for the logarithm holds 64 bits") {
    Splitmix random{9};
    double worst = 0.0;
    Reference value;
    for (int i = 0; i < 2 * n_points; ++i) {
        const double x =
            i % 2 == 0 ? random.spread(-1074.0, 1024.0) : random.uniform(0.5, 2.0);
        Reference argument{x};
        mpfr_log(value.get(), argument.get(), MPFR_RNDN);
        const DoubleDouble pair = log_pair(x);
        Reference difference{pair.high};
        mpfr_add_d(difference.get(), difference.get(), pair.low, MPFR_RNDN);
        mpfr_div(difference.get(), difference.get(), value.get(), MPFR_RNDN);
        mpfr_sub_ui(difference.get(), difference.get(), 1, MPFR_RNDN);
        worst = std::max(worst, std::abs(mpfr_get_d(difference.get(), MPFR_RNDN)));
    }

    MESSAGE("log_pair: relative error " << worst);
    CHECK(worst <= 0x1p-65);
}

}  // namespace
}  // namespace tailrate::math
