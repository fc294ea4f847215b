// Errors against MPFR over the whole range and where a function is hardest.

#include "math/special.hpp"

#include <string>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "math/floating.hpp"
#include "ulp.hpp"

namespace tailrate::math {
namespace {

template <typename Draw>
void append_drawn(std::vector<double>& points, int count, Draw draw) {
    for (int i = 0; i < count; ++i) {
        points.push_back(draw());
    }
}

void check_error(const std::string& name,
                 double (*function)(double),
                 ReferenceFunction reference,
                 const std::vector<double>& points,
                 double bound) {
    const WorstError worst = worst_error(function, reference, points);

    MESSAGE(name << ": " << worst.ulps << " ulp at " << worst.x << " among "
                 << points.size() << " points");
    CHECK(worst.ulps <= bound);
}

TEST_CASE("lgamma is accurate over the whole range") {
    Splitmix random{20};
    std::vector<double> points;
    append_drawn(points, 10000, [&] { return random.spread(-1074.0, -2.0); });
    append_drawn(points, 10000, [&] { return random.spread(3.0, 1017.0); });
    append_drawn(points, 20000, [&] { return random.uniform(0.0, 3.5); });
    append_drawn(points, 10000, [&] { return random.uniform(3.0, 40.0); });
    append(points, neighbours(12.0, 500));
    append(points, neighbours(2.5599833278516387e305, 500));

    check_error("lgamma", lgamma, mpfr_lngamma, points, 1.5);
}

TEST_CASE("lgamma is accurate next to its zeros") {
    Splitmix random{21};
    std::vector<double> points = neighbours(1.0, 1000);
    append(points, neighbours(2.0, 1000));
    append(points, neighbours(0.75, 200));
    append(points, neighbours(1.25, 200));
    append(points, neighbours(1.75, 200));
    append(points, neighbours(2.25, 200));
    append_drawn(points, 5000, [&] { return 1.0 + random.signed_spread(-52.0, -2.0); });
    append_drawn(points, 5000, [&] { return 2.0 + random.signed_spread(-52.0, -2.0); });

    check_error("lgamma near 1 and 2", lgamma, mpfr_lngamma, points, 1.5);
}

TEST_CASE("lgamma has the right special values") {
    CHECK(same_bits(lgamma(1.0), 0.0));
    CHECK(same_bits(lgamma(2.0), 0.0));
    CHECK(lgamma(infinity) == infinity);
    CHECK(lgamma(2.55e305) < infinity);
    CHECK(lgamma(2.56e305) == infinity);
    CHECK_THROWS_AS(static_cast<void>(lgamma(0.0)), core::ContractViolation);
    CHECK_THROWS_AS(static_cast<void>(lgamma(-0.5)), core::ContractViolation);
    CHECK_THROWS_AS(static_cast<void>(lgamma(not_a_number)), core::ContractViolation);
}

TEST_CASE("erf is accurate over the whole range") {
    Splitmix random{22};
    std::vector<double> points;
    append_drawn(points, 20000, [&] { return random.uniform(-6.5, 6.5); });
    append_drawn(points, 20000, [&] { return random.signed_spread(-1074.0, 3.0); });
    append(points, neighbours(1.0, 200));

    check_error("erf", erf, mpfr_erf, points, 2.0);
}

TEST_CASE("erfc is accurate over the whole range") {
    Splitmix random{23};
    std::vector<double> points;
    append_drawn(points, 6000, [&] { return random.uniform(-6.5, 6.5); });
    append_drawn(points, 8000, [&] { return random.uniform(0.5, 28.0); });
    append_drawn(points, 6000, [&] { return random.signed_spread(-60.0, 0.0); });
    append(points, neighbours(0.5, 100));
    append(points, neighbours(-0.5, 100));

    check_error("erfc", erfc, mpfr_erfc, points, 4.0);
}

TEST_CASE("erf and erfc have the right special values") {
    CHECK(same_bits(erf(0.0), 0.0));
    CHECK(same_bits(erf(-0.0), -0.0));
    CHECK(erf(infinity) == 1.0);
    CHECK(erf(-infinity) == -1.0);
    CHECK(std::isnan(erf(not_a_number)));
    CHECK(erfc(0.0) == 1.0);
    CHECK(same_bits(erfc(infinity), 0.0));
    CHECK(erfc(-infinity) == 2.0);
    CHECK(erfc(30.0) == 0.0);
    CHECK(std::isnan(erfc(not_a_number)));
}

/// Relative error of z as the quantile of p, from one Newton step in 128 bits:
/// (P(Z <= z) - p) / (density(z) z).
double relative_error_of_quantile(double z, double p) {
    Reference root_half{0.5};
    mpfr_sqrt(root_half.get(), root_half.get(), MPFR_RNDN);
    Reference miss{-z};
    mpfr_mul(miss.get(), miss.get(), root_half.get(), MPFR_RNDN);
    mpfr_erfc(miss.get(), miss.get(), MPFR_RNDN);
    mpfr_div_2ui(miss.get(), miss.get(), 1, MPFR_RNDN);
    mpfr_sub_d(miss.get(), miss.get(), p, MPFR_RNDN);
    Reference density{z};
    mpfr_sqr(density.get(), density.get(), MPFR_RNDN);
    mpfr_div_si(density.get(), density.get(), -2, MPFR_RNDN);
    mpfr_exp(density.get(), density.get(), MPFR_RNDN);
    Reference scale;
    mpfr_const_pi(scale.get(), MPFR_RNDN);
    mpfr_mul_2ui(scale.get(), scale.get(), 1, MPFR_RNDN);
    mpfr_rec_sqrt(scale.get(), scale.get(), MPFR_RNDN);
    mpfr_mul(density.get(), density.get(), scale.get(), MPFR_RNDN);
    mpfr_div(miss.get(), miss.get(), density.get(), MPFR_RNDN);
    mpfr_div_d(miss.get(), miss.get(), z, MPFR_RNDN);
    return std::abs(mpfr_get_d(miss.get(), MPFR_RNDN));
}

TEST_CASE("normal_quantile is accurate from the far tail to the centre") {
    Splitmix random{24};
    std::vector<double> points = neighbours(0.25, 50);
    append(points, neighbours(0.75, 50));
    append_drawn(points, 3000, [&] { return random.uniform(0.0, 1.0); });
    append_drawn(points, 3000, [&] { return random.spread(-996.0, -2.0); });
    append_drawn(points, 2000, [&] { return 1.0 - random.spread(-53.0, -2.0); });
    append_drawn(points, 2000, [&] { return 0.5 + random.signed_spread(-52.0, -2.0); });
    WorstError worst;
    for (const double p : points) {
        worst.add(relative_error_of_quantile(normal_quantile(p), p), p);
    }

    MESSAGE("normal_quantile: relative error " << worst.ulps << " at " << worst.x);
    CHECK(worst.ulps <= 1e-14);
}

TEST_CASE("normal_quantile gives the published values") {
    // Abramowitz & Stegun, table 26.5.
    CHECK(normal_quantile(0.975) == doctest::Approx(1.95996398454005).epsilon(1e-14));
    CHECK(normal_quantile(0.995) == doctest::Approx(2.57582930354890).epsilon(1e-14));
    CHECK(normal_quantile(0.1) == doctest::Approx(-1.28155156554460).epsilon(1e-14));
    CHECK(same_bits(normal_quantile(0.5), 0.0));
    CHECK_THROWS_AS(static_cast<void>(normal_quantile(0.0)), core::ContractViolation);
    CHECK_THROWS_AS(static_cast<void>(normal_quantile(1.0)), core::ContractViolation);
}

TEST_CASE("bits of the special functions are the same in every build") {
    Splitmix random{25};
    std::vector<double> values;
    for (int i = 0; i < 1000; ++i) {
        const double p = random.uniform(0.0, 1.0);
        const double any = random.spread(-100.0, 100.0);
        values.push_back(lgamma(any));
        values.push_back(lgamma(random.uniform(0.0, 15.0)));
        values.push_back(erf(random.uniform(-7.0, 7.0)));
        values.push_back(erfc(random.uniform(-7.0, 30.0)));
        values.push_back(normal_quantile(p));
        values.push_back(student_t_quantile(p, random.uniform(1.0, 100.0)));
        values.push_back(student_t_cdf(random.uniform(-9.0, 9.0), 1.0 + any));
    }

    // Printed by this test; moves only with the functions.
    CHECK(digest(values) == 0x477b3a73b5d8c3b8);
}

}  // namespace
}  // namespace tailrate::math
