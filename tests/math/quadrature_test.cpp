#include "math/quadrature.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "math/elementary.hpp"

namespace tailrate::math {
namespace {

constexpr double pi = 3.141592653589793;  // pi rounded

double relative_error(double got, double expected) {
    return std::abs(got / expected - 1.0);
}

TEST_CASE("integrate gives closed forms of smooth integrands") {
    const double whole = integrate([](double x) { return exp(x); }, -1.0, 2.0);
    const double bell = integrate([](double x) { return exp(-x * x); }, -9.0, 9.0);
    const double peak =
        integrate([](double x) { return 1.0 / (1.0 + x * x); }, -30.0, 30.0);
    const double cubic = integrate([](double x) { return x * x * x; }, 0.0, 3.0);

    CHECK(relative_error(whole, std::exp(2.0) - std::exp(-1.0)) <= 1e-13);
    CHECK(relative_error(bell, std::sqrt(pi)) <= 1e-13);
    CHECK(relative_error(peak, 2.0 * std::atan(30.0)) <= 1e-13);
    CHECK(relative_error(cubic, 20.25) <= 1e-13);
}

TEST_CASE("integrate resolves singular ends at zero") {
    const double root =
        integrate([](double x) { return 1.0 / std::sqrt(x); }, 0.0, 1.0);
    const double steep = integrate([](double x) { return pow(x, -0.9); }, 0.0, 1.0);
    const double logarithm = integrate([](double x) { return log(x); }, 0.0, 1.0);
    const double left =
        integrate([](double x) { return 1.0 / std::sqrt(-x); }, -4.0, 0.0);

    CHECK(relative_error(root, 2.0) <= 1e-13);
    CHECK(relative_error(steep, 10.0) <= 1e-12);
    CHECK(relative_error(logarithm, -1.0) <= 1e-13);
    CHECK(relative_error(left, 4.0) <= 1e-13);
}

TEST_CASE("integrate meets a singular end elsewhere to half the digits") {
    const double root =
        integrate([](double x) { return 1.0 / std::sqrt(1.0 - x); }, 0.0, 1.0);

    CHECK(relative_error(root, 2.0) <= 1e-7);
}

TEST_CASE("integrate is signed, and zero on an empty interval") {
    const auto square = [](double x) { return x * x; };

    CHECK(integrate(square, 2.0, 2.0) == 0.0);
    CHECK(relative_error(integrate(square, 3.0, 0.0), -9.0) <= 1e-13);
    CHECK(std::abs(integrate([](double x) { return x; }, -1.0, 1.0)) <= 1e-15);
    CHECK_THROWS_AS(static_cast<void>(integrate(square, 0.0, infinity)),
                    core::ContractViolation);
}

struct Search {
    double root = 0.0;
    int n_calls = 0;
};

template <typename Function>
Search search(Function f, double low, double high) {
    Search result;
    const auto counted = [&](double x) {
        ++result.n_calls;
        return f(x);
    };
    result.root = find_root(counted, low, high);
    return result;
}

TEST_CASE("find_root gives the last bit in few calls for a smooth function") {
    const Search root_of_two = search([](double x) { return x * x - 2.0; }, 0.0, 2.0);
    const Search logarithm =
        search([](double x) { return exp(x) - 10.0; }, -20.0, 20.0);
    const Search falling = search([](double x) { return 0.25 - x; }, 0.0, 1e6);
    const Search tiny = search([](double x) { return x - 3e-250; }, -1.0, 1.0);

    CHECK(relative_error(root_of_two.root, std::sqrt(2.0)) <= 4e-16);
    CHECK(root_of_two.n_calls <= 30);
    CHECK(relative_error(logarithm.root, std::log(10.0)) <= 4e-16);
    CHECK(logarithm.n_calls <= 40);
    CHECK(falling.root == 0.25);
    CHECK(tiny.root == 3e-250);
}

TEST_CASE("find_root closes on a jump, a flat root and a steep one") {
    const Search jump = search([](double x) { return x < 0.3 ? -1.0 : 2.0; }, 0.0, 1.0);
    const Search flat =
        search([](double x) { return (x - 1.0) * (x - 1.0) * (x - 1.0); }, 0.0, 3.7);
    const Search steep = search([](double x) { return std::cbrt(x - 0.7); }, 0.0, 1.0);
    const Search wide = search([](double x) { return log(x) - 400.0; }, 1e-300, 1e300);

    CHECK(relative_error(jump.root, 0.3) <= 2.3e-16);
    CHECK(jump.n_calls <= 130);
    CHECK(relative_error(flat.root, 1.0) <= 1e-5);
    CHECK(flat.n_calls <= 130);
    CHECK(relative_error(steep.root, 0.7) <= 2.3e-16);
    CHECK(steep.n_calls <= 130);
    CHECK(relative_error(wide.root, std::exp(400.0)) <= 1e-13);
    CHECK(wide.n_calls <= 130);
}

TEST_CASE("find_root accepts roots at the ends and refuses what is not bracketed") {
    const auto identity = [](double x) { return x; };
    const auto find = [&](double low, double high) {
        return find_root(identity, low, high);
    };

    CHECK(find(0.0, 1.0) == 0.0);
    CHECK(find(-1.0, 0.0) == 0.0);
    CHECK_THROWS_AS(static_cast<void>(find(1.0, 2.0)), core::ContractViolation);
    CHECK_THROWS_AS(static_cast<void>(find(2.0, -1.0)), core::ContractViolation);
    CHECK_THROWS_AS(static_cast<void>(find(-infinity, 1.0)), core::ContractViolation);
    CHECK_THROWS_AS(
        static_cast<void>(find_root([](double) { return not_a_number; }, 0.0, 1.0)),
        core::ContractViolation);
}

}  // namespace
}  // namespace tailrate::math
