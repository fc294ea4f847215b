// The quantile function of log_squared against stored values and against integrals of
// the density.

#include <algorithm>
#include <cmath>
#include <functional>

#include <doctest/doctest.h>

#include "noises/law_cases.hpp"
#include "support/words.hpp"

namespace tailrate::noises {
namespace {

constexpr double accuracy = 1e-12;  // the bound that the project promises

double quantile(std::uint64_t upper_bits) {
    const LawCase law_case{"log_squared"};
    return draw_pairs(*law_case.make(), {upper_bits << 12U}, {0})[0];
}

TEST_CASE("log_squared quantiles agree with stored values") {
    struct Value {
        std::uint64_t upper_bits;  ///< P(|Z| > z) = (2 upper_bits + 1) 2^-53
        double z;
    };

    // Newton's method on integrals of the density by mpmath's quad with 40 digits.
    const std::vector<Value> values{{0, 2971769453278.2976},
                                    {1, 1063077450182.3965},
                                    {128, 16964119238.118904},
                                    {32768, 105975938.36888738},
                                    {8388608, 748332.41495321428},
                                    {2147483648, 6529.5581363362674},
                                    {549755813888, 86.133998136144102},
                                    {8796093022208, 13.401524808315311},
                                    {11163000000000, 11.585648815850221},
                                    {35184372088832, 5.9528894479011943},
                                    {140737488355328, 2.8533844984532862},
                                    {562949953421312, 1.3790202828993212},
                                    {1125899906842624, 0.89418941743132523},
                                    {2251799813685247, 0.46956961385532486},
                                    {2251799813685248, 0.46956961385532459},
                                    {3377699720527872, 0.21271690897230681},
                                    {4362862139015168, 0.025851886260969179},
                                    {4503049871556608, 0.00010094025356155567},
                                    {4503599626846208, 9.6264034873502006e-11},
                                    {4503599627370494, 2.7541387561262286e-16},
                                    {4503599627370495, 9.1804625204207621e-17}};
    for (const Value& value : values) {
        CAPTURE(value.upper_bits);
        CHECK(std::abs(quantile(value.upper_bits) / value.z - 1.0) < accuracy);
    }
}

long double density(long double z) {
    const long double c = 0.58102736884556290340L;  // mpmath
    const long double w = z * z + 2.0L;
    return 2.0L * c / (w * std::log(w) * std::log(w));
}

/// Integral over the real line of g(y) by the trapezoidal rule in t, y = (pi/2) sinh t:
/// the double exponential formulas of Takahasi and Mori 1974.
long double integrate(const std::function<long double(long double)>& g) {
    const long double step = 1.0L / 32.0L;
    const long double half_pi = 1.57079632679489661923L;
    long double sum = 0.0L;
    for (int k = -134; k <= 134; ++k) {  // |y| <= 52
        const long double t = step * static_cast<long double>(k);
        sum += half_pi * std::cosh(t) * g(half_pi * std::sinh(t));
    }
    return sum * step;
}

/// P(|Z| > z), or P(|Z| <= z) where that is the smaller one.
long double smaller_share(long double z, bool above) {
    return integrate([z, above](long double y) {
        const long double e = std::exp(-std::abs(y));
        if (above) {  // x = z (1 + e^y)
            return density(z * (1.0L + std::exp(y))) * z * std::exp(y);
        }
        // x = z / (1 + e^-y)
        const long double x = y > 0.0L ? z / (1.0L + e) : z * e / (1.0L + e);
        return density(x) * z * e / ((1.0L + e) * (1.0L + e));
    });
}

TEST_CASE("log_squared quantiles solve the equation of their definition everywhere") {
    test::Words stream{3};
    double worst = 0.0;
    for (int i = 0; i < 4000; ++i) {
        // Shares 2^-53 to 1/2, evenly in their logarithm, on either side.
        const double share = std::exp2(stream.uniform(-53.0, -1.0));
        const auto small = static_cast<std::uint64_t>(share * 0x1p52);
        const bool above = i % 2 == 0;
        const std::uint64_t upper_bits =
            above ? small : (std::uint64_t{1} << 52U) - 1 - small;
        const long double wanted = static_cast<long double>(2 * small + 1) * 0x1p-53L;

        const auto z = static_cast<long double>(quantile(upper_bits));

        const long double miss = smaller_share(z, above) - wanted;
        const long double error = miss / (density(z) * z);
        worst = std::max(worst, std::abs(static_cast<double>(error)));
    }
    CHECK(worst < accuracy);
}

}  // namespace
}  // namespace tailrate::noises
