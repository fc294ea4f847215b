// Student's law and the incomplete beta function against mpmath (betainc, 40 digits).

#include <array>
#include <cmath>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "math/floating.hpp"
#include "math/special.hpp"

namespace tailrate::math {
namespace {

double relative_error(double got, double expected) {
    return std::abs(got / expected - 1.0);
}

struct StudentValue {
    double t;
    double dof;
    double p;
};

constexpr std::array<StudentValue, 47> student_values = {{
    {-40.0, 1.0, 0.007956089912025814},
    {-5.0, 1.0, 0.06283295818900118},
    {-1.3, 1.0, 0.20871440016015272},
    {-0.2, 1.0, 0.4371670418109988},
    {2.5, 1.0, 0.8788810584091566},
    {-40.0, 1.5, 0.0014898121954656227},
    {-5.0, 1.5, 0.03268788381057812},
    {-1.3, 1.5, 0.17901469560079047},
    {-0.2, 1.5, 0.432596838372884},
    {2.5, 1.5, 0.915096748692652},
    {-40.0, 3.0, 1.7190340394579263e-05},
    {-5.0, 3.0, 0.007696219036651151},
    {-1.3, 3.0, 0.1422337543639487},
    {-0.2, 3.0, 0.4271351646231395},
    {2.5, 3.0, 0.9561466764959672},
    {-40.0, 7.25, 4.5004284104708706e-10},
    {-5.0, 7.25, 0.0007056003098176723},
    {-1.3, 7.25, 0.11670181692169453},
    {-0.2, 7.25, 0.42348764403074785},
    {2.5, 7.25, 0.9800672396205428},
    {-40.0, 19.0, 4.153878599669215e-20},
    {-5.0, 19.0, 3.974987499208817e-05},
    {-1.3, 19.0, 0.10457575014866394},
    {-0.2, 19.0, 0.42180282561175847},
    {2.5, 19.0, 0.9891297944158013},
    {-40.0, 99.0, 3.1925425801436136e-63},
    {-5.0, 99.0, 1.240698006520474e-06},
    {-1.3, 99.0, 0.09830978482171171},
    {-0.2, 99.0, 0.42094541665763846},
    {2.5, 99.0, 0.9929687015394255},
    {-40.0, 399.0, 5.372402078673676e-142},
    {-5.0, 399.0, 4.3016056078495195e-07},
    {-1.3, 399.0, 0.09717572342407294},
    {-0.2, 399.0, 0.42079123703854526},
    {2.5, 399.0, 0.9935900629343601},
    {-5.0, 10000.0, 2.9151633068313237e-07},
    {-1.3, 10000.0, 0.09681546609113427},
    {-0.2, 10000.0, 0.4207423239567434},
    {2.5, 10000.0, 0.9937823902247082},
    {-5.0, 1000000.0, 2.866998935445371e-07},
    {-1.3, 1000000.0, 0.09680063440456256},
    {-0.2, 1000000.0, 0.42074031089511443},
    {2.5, 1000000.0, 0.9937902552489184},
    {-5.0, 1000000000.0, 2.8665162019758144e-07},
    {-1.3, 1000000000.0, 0.09680048473542932},
    {-0.2, 1000000000.0, 0.4207402905812312},
    {2.5, 1000000000.0, 0.9937903345947987},
}};

TEST_CASE("student_t_cdf agrees with mpmath from one to a billion degrees") {
    for (const StudentValue& value : student_values) {
        CAPTURE(value.t);
        CAPTURE(value.dof);
        CHECK(relative_error(student_t_cdf(value.t, value.dof), value.p) <= 1e-12);
    }
}

TEST_CASE("student_t_quantile inverts the values of mpmath") {
    for (const StudentValue& value : student_values) {
        CAPTURE(value.t);
        CAPTURE(value.dof);
        CHECK(relative_error(student_t_quantile(value.p, value.dof), value.t) <= 1e-12);
    }
}

TEST_CASE("student_t_quantile is the tangent for one degree") {
    for (const double p : {1e-300, 1e-100, 1e-10, 0.01, 0.3, 0.49}) {
        CAPTURE(p);
        const double pi = 3.141592653589793;  // pi rounded
        CHECK(relative_error(student_t_quantile(p, 1.0), -1.0 / std::tan(pi * p)) <=
              1e-11);
    }
}

TEST_CASE("student_t_quantile gives the published values") {
    // Abramowitz & Stegun, table 26.10.
    CHECK(student_t_quantile(0.975, 19.0) == doctest::Approx(2.093).epsilon(2e-4));
    CHECK(student_t_quantile(0.975, 99.0) == doctest::Approx(1.984).epsilon(2e-4));
    CHECK(student_t_quantile(0.95, 3.0) == doctest::Approx(2.353).epsilon(2e-4));
}

TEST_CASE("Student's law is symmetric and tends to the normal law") {
    CHECK(student_t_quantile(0.5, 7.0) == 0.0);
    CHECK(student_t_cdf(0.0, 7.0) == 0.5);
    CHECK(student_t_quantile(0.875, 7.0) == -student_t_quantile(0.125, 7.0));
    CHECK(student_t_cdf(infinity, 2.0) == 1.0);
    CHECK(student_t_cdf(-infinity, 2.0) == 0.0);
    CHECK(student_t_cdf(-1e-200, 3.0) == 0.5);
    CHECK(student_t_quantile(0.3, infinity) == normal_quantile(0.3));
    CHECK(relative_error(student_t_cdf(-3.0, infinity), student_t_cdf(-3.0, 1e15)) <=
          1e-12);
}

TEST_CASE("Student's law is refused outside its domain") {
    CHECK_THROWS_AS(static_cast<void>(student_t_cdf(1.0, 0.5)),
                    core::ContractViolation);
    CHECK_THROWS_AS(static_cast<void>(student_t_quantile(0.0, 5.0)),
                    core::ContractViolation);
    CHECK_THROWS_AS(static_cast<void>(student_t_quantile(1.0, 5.0)),
                    core::ContractViolation);
}

struct BetaValue {
    double a;
    double b;
    double x;
    double value;
};

constexpr std::array<BetaValue, 7> beta_values = {{
    {0.5, 0.5, 0.25, 0.3333333333333333},
    {2.0, 3.0, 0.4, 0.5248},
    {0.1, 7.0, 0.001, 0.6354602696289334},
    {30.0, 0.5, 0.9, 0.01228244849985276},
    {40.0, 60.0, 0.35, 0.15345812249917357},
    {0.5, 500.0, 0.003, 0.9168898951874955},
    {1000.0, 1000.0, 0.49, 0.18555265943151145},
}};

TEST_CASE("incomplete_beta agrees with mpmath") {
    for (const BetaValue& row : beta_values) {
        CAPTURE(row.a);
        CAPTURE(row.b);
        CAPTURE(row.x);
        CHECK(relative_error(incomplete_beta(row.a, row.b, row.x), row.value) <= 2e-12);
    }
}

TEST_CASE("incomplete_beta is the power where a polynomial is known") {
    CHECK(relative_error(incomplete_beta(3.0, 1.0, 0.7), 0.7 * 0.7 * 0.7) <= 1e-14);
    CHECK(relative_error(incomplete_beta(1.0, 1.0, 0.2), 0.2) <= 1e-14);
    CHECK(incomplete_beta(2.0, 5.0, 0.0) == 0.0);
    CHECK(incomplete_beta(2.0, 5.0, 1.0) == 1.0);
}

}  // namespace
}  // namespace tailrate::math
