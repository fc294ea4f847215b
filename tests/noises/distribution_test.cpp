// Samples of every law against distribution functions that are computed here, from
// closed forms or integrals. Fixed stream; false-alarm probabilities are stated.

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <doctest/doctest.h>

#include "noises/law_cases.hpp"

namespace tailrate::noises {
namespace {

constexpr std::size_t rows = 8192;
constexpr double pi = 3.141592653589793;

/// Simpson's rule with 2 n intervals.
double simpson(const std::function<double(double)>& f, double a, double b, int n) {
    const double step = (b - a) / (2.0 * n);
    double sum = f(a) + f(b);
    for (int k = 1; k < 2 * n; ++k) {
        sum += f(a + k * step) * (k % 2 == 1 ? 4.0 : 2.0);
    }
    return sum * step / 3.0;
}

/// P(Z <= z) of a symmetric law from P(|Z| > |z|).
double from_tail(double z, double share_beyond) {
    return z < 0.0 ? 0.5 * share_beyond : 1.0 - 0.5 * share_beyond;
}

double normal_cdf(double z) {
    return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

/// With z = sqrt(nu) tan(angle) the density is proportional to cos(angle)^(nu-1).
double student_cdf(double nu, double z) {
    const double factor =
        std::tgamma(0.5 * (nu + 1.0)) / (std::sqrt(pi) * std::tgamma(0.5 * nu));
    const auto density = [nu](double angle) {
        return std::pow(std::cos(angle), nu - 1.0);
    };
    return 0.5 + factor * simpson(density, 0.0, std::atan(z / std::sqrt(nu)), 500);
}

/// Gil-Pelaez inversion of exp(-t^alpha (1 - i skew tan(pi alpha/2))), with t = s^4.
double stable_cdf(double alpha, double skew, double z) {
    const double h = alpha == 1.0 ? 0.0 : skew * std::tan(0.5 * pi * alpha);
    const auto integrand = [alpha, h, z](double s) {
        if (s == 0.0) {
            return 0.0;
        }
        const double t = s * s * s * s;
        const double power = std::pow(t, alpha);
        return 4.0 * std::exp(-power) * std::sin(t * z - h * power) / s;
    };
    const double last_t = std::pow(30.0, 1.0 / alpha);
    const int n = 200 + static_cast<int>(20.0 * last_t * (std::abs(z) + std::abs(h)));
    return 0.5 + simpson(integrand, 0.0, std::pow(last_t, 0.25), n) / pi;
}

double log_squared_cdf(double z) {
    const auto density = [](double x) {
        const double w = x * x + 2.0;
        return 0.5810273688455629 / (w * std::log(w) * std::log(w));  // mpmath
    };
    const double half = simpson(density, 0.0, std::abs(z), 2000);
    return z < 0.0 ? 0.5 - half : 0.5 + half;
}

struct Distribution {
    LawCase law_case;
    std::function<double(double)> cdf;
};

Distribution student(double nu) {
    return {{"student_t", {{"tail_index", nu}}},
            [nu](double z) { return student_cdf(nu, z); }};
}

Distribution stable(double alpha, double skew) {
    return {{"stable", {{"tail_index", alpha}, {"skew", skew}}},
            [=](double z) { return stable_cdf(alpha, skew, z); }};
}

Distribution symmetric_pareto(double a) {
    return {{"symmetric_pareto", {{"tail_index", a}}},
            [a](double z) { return from_tail(z, std::pow(1.0 + std::abs(z), -a)); }};
}

Distribution one_sided_pareto(double a) {
    return {{"one_sided_pareto", {{"tail_index", a}}}, [a](double z) {
                const double x = z + a / (a - 1.0);
                return x <= 1.0 ? 0.0 : 1.0 - std::pow(x, -a);
            }};
}

Distribution contaminated(double eps, double k) {
    return {{"contaminated_gaussian", {{"eps", eps}, {"k", k}}}, [=](double z) {
                return (1.0 - eps) * normal_cdf(z) + eps * normal_cdf(z / k);
            }};
}

std::vector<Distribution> distributions() {
    return {
        {{"gaussian"}, normal_cdf},
        {{"laplace"}, [](double z) { return from_tail(z, std::exp(-std::abs(z))); }},
        {{"log_squared"}, log_squared_cdf},
        student(1.0),
        student(1.5),
        student(3.0),
        stable(0.75, 0.0),
        stable(0.75, -0.5),
        stable(1.0, 0.0),
        stable(1.5, 0.0),
        stable(1.5, 0.5),
        stable(1.5, -1.0),
        stable(2.0, 0.0),
        symmetric_pareto(0.5),
        symmetric_pareto(1.5),
        one_sided_pareto(1.5),
        contaminated(0.001, 10.0),
        contaminated(0.3, 10.0)};
}

std::vector<double> sorted_sample(const LawCase& law_case) {
    const model::Array draws = draw_rows(*law_case.make(), rows);
    std::vector<double> sample(draws.begin(), draws.end());
    std::sort(sample.begin(), sample.end());
    return sample;
}

double count(const std::vector<double>& sample) {
    return static_cast<double>(sample.size());
}

TEST_CASE("samples follow their distribution functions") {
    for (const Distribution& distribution : distributions()) {
        CAPTURE(distribution.law_case.name());
        const std::vector<double> sample = sorted_sample(distribution.law_case);
        double largest = 0.0;
        for (int k = -36; k <= 36; ++k) {
            const double z = std::sinh(0.12 * k);  // up to 37.6
            const auto above = std::upper_bound(sample.begin(), sample.end(), z);
            const double share =
                static_cast<double>(above - sample.begin()) / count(sample);
            largest = std::max(largest, std::abs(share - distribution.cdf(z)));
        }
        // Dvoretzky-Kiefer-Wolfowitz with Massart's constant: 2 exp(-2 n x^2) = 1e-6.
        CHECK(largest < std::sqrt(std::log(2e6) / (2.0 * count(sample))));
    }
}

TEST_CASE("the means of min(|z|, c) are those of the distribution functions") {
    for (const Distribution& distribution : distributions()) {
        CAPTURE(distribution.law_case.name());
        const std::vector<double> sample = sorted_sample(distribution.law_case);
        for (const double c : {0.1, 1.0, 10.0}) {
            const auto share_beyond = [&distribution](double x) {
                return 1.0 - distribution.cdf(x) + distribution.cdf(-x);
            };
            const double expected = simpson(share_beyond, 0.0, c, 16);
            double sum = 0.0;
            double squares = 0.0;
            for (const double z : sample) {
                const double cut = std::min(std::abs(z), c);
                sum += cut;
                squares += cut * cut;
            }
            const double mean = sum / count(sample);
            const double variance = squares / count(sample) - mean * mean;
            // Five standard errors, false alarm 6e-7, and Simpson's error.
            CHECK(std::abs(mean - expected) <
                  5.0 * std::sqrt(variance / count(sample)) + 2e-5 * c);
        }
    }
}

TEST_CASE("half of all draws of a symmetric law are positive") {
    for (const Distribution& distribution : distributions()) {
        CAPTURE(distribution.law_case.name());
        const std::vector<double> sample = sorted_sample(distribution.law_case);
        const auto positive =
            sample.end() - std::upper_bound(sample.begin(), sample.end(), 0.0);
        const double miss = static_cast<double>(positive) - 0.5 * count(sample);
        // Five standard deviations: false alarm 6e-7.
        const bool is_balanced = std::abs(miss) < 2.5 * std::sqrt(count(sample));
        CHECK(is_balanced == distribution.law_case.make()->is_symmetric());
    }
}

TEST_CASE("half of all draws lie within the median of |z|") {
    for (const Distribution& distribution : distributions()) {
        CAPTURE(distribution.law_case.name());
        const std::vector<double> sample = sorted_sample(distribution.law_case);
        const double median = distribution.law_case.make()->median_absolute();
        const auto within = std::count_if(sample.begin(), sample.end(), [=](double z) {
            return std::abs(z) <= median;
        });
        // Five standard deviations: false alarm 6e-7.
        CHECK(std::abs(static_cast<double>(within) - 0.5 * count(sample)) <
              2.5 * std::sqrt(count(sample)));
    }
}

TEST_CASE("tails fall with the declared tail index") {
    for (const LawCase& law_case :
         {LawCase{"student_t", {{"tail_index", 0.125}}},
          LawCase{"student_t", {{"tail_index", 1.0}}},
          LawCase{"student_t", {{"tail_index", 1.5}}},
          LawCase{"stable", {{"tail_index", 0.125}}},
          LawCase{"stable", {{"tail_index", 0.75}, {"skew", 0.5}}},
          LawCase{"stable", {{"tail_index", 1.5}}},
          LawCase{"symmetric_pareto", {{"tail_index", 0.125}}},
          LawCase{"symmetric_pareto", {{"tail_index", 1.5}}},
          LawCase{"one_sided_pareto", {{"tail_index", 1.5}}}}) {
        CAPTURE(law_case.name());
        std::vector<double> sample = sorted_sample(law_case);
        for (double& z : sample) {
            z = std::abs(z);
        }
        std::sort(sample.begin(), sample.end(), std::greater<>{});

        // Hill's estimator on the k largest: relative standard error 1/sqrt(k).
        const std::size_t k = 400;
        double sum = 0.0;
        for (std::size_t i = 0; i < k; ++i) {
            sum += std::log(sample[i] / sample[k]);
        }
        const double hill = static_cast<double>(k) / sum;

        // Five standard errors, false alarm 6e-7, and 2 % for the second-order tail.
        const double relative_error = hill / law_case.make()->tail_index() - 1.0;
        CHECK(std::abs(relative_error) < 5.0 / std::sqrt(400.0) + 0.02);
    }
}

}  // namespace
}  // namespace tailrate::noises
