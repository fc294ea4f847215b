// Special values, and equal bits in scalar calls, in packed loops and in every build.

#include "math/elementary.hpp"

#include <string>

#include <doctest/doctest.h>

#include "ulp.hpp"

namespace tailrate::math {
namespace {

constexpr double largest = std::numeric_limits<double>::max();
constexpr double least = std::numeric_limits<double>::denorm_min();

TEST_CASE("exp has the right special values") {
    CHECK(exp(0.0) == 1.0);
    CHECK(exp(-0.0) == 1.0);
    CHECK(exp(infinity) == infinity);
    CHECK(same_bits(exp(-infinity), 0.0));
    CHECK(exp(1000.0) == infinity);
    CHECK(exp(largest) == infinity);
    CHECK(same_bits(exp(-1000.0), 0.0));
    CHECK(exp(-745.13) == least);
    CHECK(exp(-745.14) == 0.0);
    CHECK(exp(709.78) < infinity);
    CHECK(exp(709.79) == infinity);
    CHECK(std::isnan(exp(not_a_number)));
}

TEST_CASE("expm1 has the right special values") {
    CHECK(same_bits(expm1(0.0), 0.0));
    CHECK(same_bits(expm1(-0.0), -0.0));
    CHECK(expm1(infinity) == infinity);
    CHECK(expm1(-infinity) == -1.0);
    CHECK(expm1(-1000.0) == -1.0);
    CHECK(expm1(1000.0) == infinity);
    CHECK(expm1(least) == least);
    CHECK(expm1(-least) == -least);
    CHECK(std::isnan(expm1(not_a_number)));
}

TEST_CASE("tanh has the right special values") {
    CHECK(same_bits(tanh(0.0), 0.0));
    CHECK(same_bits(tanh(-0.0), -0.0));
    CHECK(tanh(infinity) == 1.0);
    CHECK(tanh(-infinity) == -1.0);
    CHECK(tanh(30.0) == 1.0);
    CHECK(tanh(least) == least);
    CHECK(std::isnan(tanh(not_a_number)));
}

TEST_CASE("log has the right special values") {
    CHECK(same_bits(log(1.0), 0.0));
    CHECK(log(0.0) == -infinity);
    CHECK(log(-0.0) == -infinity);
    CHECK(log(infinity) == infinity);
    CHECK(log(least) < -744.4);
    CHECK(log(largest) > 709.7);
    CHECK(std::isnan(log(-1.0)));
    CHECK(std::isnan(log(-infinity)));
    CHECK(std::isnan(log(not_a_number)));
}

TEST_CASE("log1p has the right special values") {
    CHECK(same_bits(log1p(0.0), 0.0));
    CHECK(same_bits(log1p(-0.0), -0.0));
    CHECK(log1p(-1.0) == -infinity);
    CHECK(log1p(infinity) == infinity);
    CHECK(log1p(largest) > 709.7);
    CHECK(log1p(-least) == -least);
    CHECK(std::isnan(log1p(-1.5)));
    CHECK(std::isnan(log1p(-infinity)));
    CHECK(std::isnan(log1p(not_a_number)));
}

TEST_CASE("pow has the right values where a power is exact") {
    CHECK(pow(2.0, 10.0) == 1024.0);
    CHECK(pow(4.0, 0.5) == 2.0);
    CHECK(pow(2.0, -1074.0) == least);
    CHECK(pow(3.0, 2.0) == 9.0);
    CHECK(pow(10.0, 3.0) == 1000.0);
    CHECK(pow(7.5, 1.0) == 7.5);
}

TEST_CASE("pow has the right special values") {
    for (const double any : {0.0, 0.5, 1.0, 2.0, infinity, not_a_number, -1.0}) {
        CAPTURE(any);
        CHECK(pow(any, 0.0) == 1.0);
        CHECK(pow(any, -0.0) == 1.0);
        CHECK(pow(1.0, any) == 1.0);
    }
    CHECK(pow(1.0, -infinity) == 1.0);
    CHECK(same_bits(pow(0.0, 0.5), 0.0));
    CHECK(pow(0.0, -0.5) == infinity);
    CHECK(pow(0.0, infinity) == 0.0);
    CHECK(pow(0.0, -infinity) == infinity);
    CHECK(pow(infinity, 1e-9) == infinity);
    CHECK(pow(infinity, -1e-9) == 0.0);
    CHECK(pow(infinity, infinity) == infinity);
    CHECK(pow(infinity, -infinity) == 0.0);
    CHECK(pow(0.5, infinity) == 0.0);
    CHECK(pow(0.5, -infinity) == infinity);
    CHECK(pow(2.0, infinity) == infinity);
    CHECK(pow(2.0, -infinity) == 0.0);
    CHECK(pow(2.0, 1024.0) == infinity);
    CHECK(pow(2.0, -1076.0) == 0.0);
    CHECK(pow(1.0 + 0x1p-52, 1e300) == infinity);
    CHECK(pow(1.0 - 0x1p-53, 1e300) == 0.0);
    CHECK(pow(largest, largest) == infinity);
    CHECK(pow(least, largest) == 0.0);
    CHECK(pow(least, -least) == 1.0);
    CHECK(std::isnan(pow(-1.0, 0.5)));
    CHECK(std::isnan(pow(-infinity, 2.0)));
    CHECK(std::isnan(pow(not_a_number, 1.0)));
    CHECK(std::isnan(pow(2.0, not_a_number)));
    CHECK(std::isnan(pow(0.0, not_a_number)));
    CHECK(std::isnan(pow(infinity, not_a_number)));
}

TEST_CASE("sinpi and cospi are exact at multiples of a half") {
    for (const double base : {0.0, 1.0, 2.0, 7.0, 1e6, 0x1p30 + 1.0, 0x1p51 + 1.0}) {
        CAPTURE(base);
        const double parity = std::fmod(base, 2.0) == 0.0 ? 1.0 : -1.0;
        CHECK(same_bits(sinpi(base), 0.0));
        CHECK(same_bits(sinpi(-base), -0.0));
        CHECK(cospi(base) == parity);
        CHECK(cospi(-base) == parity);
        CHECK(sinpi(base + 0.5) == parity);
        CHECK(sinpi(-base - 0.5) == -parity);
        CHECK(same_bits(cospi(base + 0.5), 0.0));
        CHECK(same_bits(cospi(-base - 0.5), 0.0));
    }
    for (const double odd : {0x1p52 + 1.0, 0x1p53 - 1.0}) {
        CHECK(same_bits(sinpi(odd), 0.0));
        CHECK(cospi(odd) == -1.0);
    }
    for (const double even : {0x1p53, 0x1p53 + 2.0, 1e300, largest}) {
        CHECK(same_bits(sinpi(even), 0.0));
        CHECK(same_bits(sinpi(-even), -0.0));
        CHECK(cospi(even) == 1.0);
    }
}

TEST_CASE("sinpi and cospi have the right special values") {
    CHECK(same_bits(sinpi(0.0), 0.0));
    CHECK(same_bits(sinpi(-0.0), -0.0));
    CHECK(sinpi(least) == 3.0 * least);
    CHECK(std::isnan(sinpi(infinity)));
    CHECK(std::isnan(cospi(-infinity)));
    CHECK(std::isnan(sinpi(not_a_number)));
    CHECK(std::isnan(cospi(not_a_number)));
}

TEST_CASE("sincospi gives the values of sinpi and cospi") {
    Splitmix random{10};
    for (int i = 0; i < 1000; ++i) {
        const double x = random.signed_spread(-30.0, 30.0);
        const SinCos both = sincospi(x);
        CHECK(same_bits(both.sin, sinpi(x)));
        CHECK(same_bits(both.cos, cospi(x)));
    }
}

struct Arguments {
    std::vector<double> x;
    std::vector<double> y;
};

/// Every kind of double, and enough of them inside the range of each function.
Arguments all_kinds() {
    Splitmix random{11};
    Arguments arguments;
    const double specials[] = {0.0, -0.0, 1.0, -1.0, infinity, -infinity, not_a_number};
    for (const double x : specials) {
        for (const double y : specials) {
            arguments.x.push_back(x);
            arguments.y.push_back(y);
        }
    }
    for (int i = 0; i < 1000; ++i) {
        arguments.x.push_back(from_bits(random.next()));
        arguments.y.push_back(from_bits(random.next()));
        arguments.x.push_back(random.uniform(-750.0, 750.0));
        arguments.y.push_back(random.uniform(-100.0, 100.0));
        arguments.x.push_back(random.spread(-1074.0, 1024.0));
        arguments.y.push_back(random.uniform(-1.0, 1.0));
        arguments.x.push_back(random.uniform(-1.0, 3.0));
        arguments.y.push_back(random.signed_spread(-10.0, 10.0));
    }
    return arguments;
}

/// The results in a loop that the compiler may pack.
template <typename Function>
[[gnu::noinline]] std::vector<double> in_a_loop(Function function, const Arguments& a) {
    std::vector<double> results(a.x.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
        results[i] = function(a.x[i], a.y[i]);
    }
    return results;
}

/// One result, in a function of its own that nothing can pack.
template <typename Function>
[[gnu::noinline]] double alone(Function function, double x, double y) {
    return function(x, y);
}

/// `expected` was printed by this test; it must be the same for every compiler, level
/// of optimization and vector width, and moves only when the function is changed.
template <typename Function>
void check_bits(const std::string& name, Function function, std::uint64_t expected) {
    const Arguments arguments = all_kinds();
    const std::vector<double> packed = in_a_loop(function, arguments);

    int n_different = 0;
    for (std::size_t i = 0; i < packed.size(); ++i) {
        const double single = alone(function, arguments.x[i], arguments.y[i]);
        n_different += same_bits(single, packed[i]) ? 0 : 1;
    }

    CAPTURE(name);
    CHECK(n_different == 0);
    CHECK(digest(packed) == expected);
}

TEST_CASE("bits are the same alone, in a loop, and in every build") {
    check_bits(
        "exp", [](double x, double) { return exp(x); }, 0xc9f952a9c71b9cbe);
    check_bits(
        "expm1", [](double x, double) { return expm1(x); }, 0x416bf7fe2b56a4b2);
    check_bits(
        "tanh", [](double x, double) { return tanh(x); }, 0xe4690cb5fa7d0f14);
    check_bits(
        "log", [](double x, double) { return log(x); }, 0xbb14a963884df6f7);
    check_bits(
        "log1p", [](double x, double) { return log1p(x); }, 0x90af896a5076c86d);
    check_bits(
        "sinpi", [](double x, double) { return sinpi(x); }, 0x8b9a0b5f369c59df);
    check_bits(
        "cospi", [](double x, double) { return cospi(x); }, 0xc951633d0afa9c8e);
    check_bits(
        "pow",
        [](double x, double y) { return pow(std::abs(x), y); },
        0x3d419e5873fefdd1);
}

}  // namespace
}  // namespace tailrate::math
