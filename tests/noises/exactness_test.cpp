// Every draw against the formula of its law in 256 bits, from the same words.

#include <algorithm>
#include <cmath>
#include <functional>

#include <doctest/doctest.h>

#include "noises/law_cases.hpp"
#include "noises/real.hpp"
#include "support/words.hpp"

namespace tailrate::noises {
namespace {

constexpr double accuracy = 1e-12;  // the bound that the project promises

/// The odd multiple of 2^-53 that a word stands for.
Real uniform(std::uint64_t word) {
    return Real{static_cast<double>(2 * (word >> 12U) + 1) * 0x1p-53};
}

Real signed_by(const Real& size, std::uint64_t word) {
    return (word & 1U) == 0 ? size : -size;
}

/// The word whose uniform number is next to p.
std::uint64_t word_near(double p) {
    return static_cast<std::uint64_t>(p * 0x1p52) << 12U;
}

/// Both ends of (0,1), one half, one quarter, powers of two from both ends, and numbers
/// around `centre`.
std::vector<std::uint64_t> special_words(double centre) {
    std::vector<std::uint64_t> words;
    const auto add_around = [&words](std::uint64_t word) {
        for (const std::uint64_t step : {0U, 1U, 2U, 1000U}) {
            words.push_back(word + (step << 12U));
            words.push_back(word - (step << 12U) - 1);
        }
    };
    add_around(0);
    for (const double p : {0.25, 0.5, 0.75, centre}) {
        add_around(word_near(p));
    }
    for (unsigned bit = 12; bit < 63; bit += 6) {
        words.push_back(std::uint64_t{1} << bit);
        words.push_back(~(std::uint64_t{1} << bit));
    }
    return words;
}

using Reference = std::function<Real(const LawCase&, std::uint64_t, std::uint64_t)>;

double error_of(double draw, const Real& exact) {
    return std::abs(((Real{draw} - exact) / exact).to_double());
}

/// Two draws per counter, each from its own word.
double worst_of_inversion(const LawCase& law_case,
                          const std::function<Real(std::uint64_t)>& quantile,
                          double centre = 0.5) {
    std::vector<std::uint64_t> words = special_words(centre);
    test::Words stream{1};
    for (int i = 0; i < 4000; ++i) {
        words.push_back(stream.next());
    }
    std::vector<std::uint64_t> reversed{words.rbegin(), words.rend()};

    const std::vector<double> draws = draw_pairs(*law_case.make(), words, reversed);

    double worst = 0.0;
    for (std::size_t k = 0; k < words.size(); ++k) {
        const Real exact = quantile(words[k]);
        worst = std::max(worst, error_of(draws[2 * k], exact));
        worst = std::max(worst, error_of(draws[2 * (words.size() - 1 - k) + 1], exact));
    }
    return worst;
}

struct WordPairs {
    std::vector<std::uint64_t> first;
    std::vector<std::uint64_t> second;
};

/// Every third special word with all of them, and 1000 pairs without pattern; `centre`
/// is for the second.
WordPairs word_pairs(double centre) {
    WordPairs pairs;
    const std::vector<std::uint64_t> firsts = special_words(0.5);
    for (std::size_t k = 0; k < firsts.size(); k += 3) {
        for (const std::uint64_t second : special_words(centre)) {
            pairs.first.push_back(firsts[k]);
            pairs.second.push_back(second);
        }
    }
    test::Words stream{2};
    for (int i = 0; i < 1000; ++i) {
        pairs.first.push_back(stream.next());
        pairs.second.push_back(stream.next());
    }
    return pairs;
}

double worst_of_pairs(const LawCase& law_case,
                      const Reference& reference,
                      double centre = 0.5) {
    const WordPairs pairs = word_pairs(centre);

    const std::vector<double> draws =
        draw_pairs(*law_case.make(), pairs.first, pairs.second);

    double worst = 0.0;
    for (std::size_t k = 0; k < draws.size(); ++k) {
        const Real exact = reference(law_case, pairs.first[k], pairs.second[k]);
        worst = std::max(worst, error_of(draws[k], exact));
    }
    return worst;
}

TEST_CASE("gaussian draws are exact") {
    const WordPairs pairs = word_pairs(0.5);
    const LawCase law_case{"gaussian"};

    const std::vector<double> draws =
        draw_pairs(*law_case.make(), pairs.first, pairs.second);

    double worst = 0.0;
    for (std::size_t k = 0; k < pairs.first.size(); ++k) {
        const Real radius = sqrt(Real{-2.0} * log(uniform(pairs.first[k])));
        const Real angle = Real{2.0} * Real::pi() * uniform(pairs.second[k]);
        worst = std::max(worst, error_of(draws[2 * k], radius * cos(angle)));
        worst = std::max(worst, error_of(draws[2 * k + 1], radius * sin(angle)));
    }
    CHECK(worst < accuracy);
}

TEST_CASE("laplace draws are exact") {
    const auto quantile = [](std::uint64_t word) {
        return signed_by(-log(uniform(word)), word);
    };
    CHECK(worst_of_inversion({"laplace"}, quantile) < accuracy);
}

TEST_CASE("symmetric Pareto draws are exact") {
    for (const double a : {0.125, 0.5, 1.0, 1.5, 3.0, 100.0, 1e6}) {
        CAPTURE(a);
        const auto quantile = [a](std::uint64_t word) {
            return signed_by(expm1(-log(uniform(word)) / Real{a}), word);
        };
        CHECK(worst_of_inversion({"symmetric_pareto", {{"tail_index", a}}}, quantile) <
              accuracy);
    }
}

TEST_CASE("one-sided Pareto draws are exact, next to zero too") {
    for (const double a : {1.0 + 0x1p-40, 1.0625, 1.25, 1.5, 3.0, 100.0, 1e6}) {
        CAPTURE(a);
        const auto quantile = [a](std::uint64_t word) {
            const Real x = pow(uniform(word), Real{-1.0} / Real{a});
            return x - Real{a} / (Real{a} - Real{1.0});
        };
        const double zero = std::pow((a - 1.0) / a, a);
        CHECK(worst_of_inversion({"one_sided_pareto", {{"tail_index", a}}},
                                 quantile,
                                 zero) < accuracy);
    }
}

TEST_CASE("Student draws are exact for every number of degrees of freedom") {
    const Reference bailey =
        [](const LawCase& law, std::uint64_t first, std::uint64_t second) {
            const Real nu{law.value("tail_index")};
            const Real square = nu * expm1(Real{-2.0} / nu * log(uniform(first)));
            return sqrt(square) * cos(Real{2.0} * Real::pi() * uniform(second));
        };
    for (const double nu : {0.125, 1.0, 1.0625, 1.5, 3.0, 1e3, 1e6, 1e100}) {
        CAPTURE(nu);
        CHECK(worst_of_pairs({"student_t", {{"tail_index", nu}}}, bailey) < accuracy);
    }
}

/// The formula of Chambers, Mallows and Stuck for S1 (Weron 1996), term by term.
Real chambers_mallows_stuck(const LawCase& law,
                            std::uint64_t first,
                            std::uint64_t second) {
    const Real one{1.0};
    const Real alpha{law.value("tail_index")};
    const Real angle = Real::pi() * (uniform(second) - Real{0.5});
    const Real exponential = -log(uniform(first));
    const Real h = Real{law.value("skew")} * tan(Real::pi() * alpha / Real{2.0});
    const Real turned = alpha * angle + atan(h);
    const Real factor = pow(one + h * h, one / (Real{2.0} * alpha));
    return factor * sin(turned) / pow(cos(angle), one / alpha) *
           pow(cos(angle - turned) / exponential, (one - alpha) / alpha);
}

TEST_CASE("stable draws are exact, symmetric or skewed, next to zero too") {
    struct Shape {
        double alpha, skew;
    };

    for (const Shape shape : {Shape{0.125, 0.0},
                              {0.125, 1.0},
                              {0.75, -0.5},
                              {0.9375, 0.25},
                              {1.0 - 0x1p-30, 0.5},
                              {1.0, 0.0},
                              {1.0 + 0x1p-30, -1.0},
                              {1.0625, 0.5},
                              {1.5, 0.0},
                              {1.5, 0.5},
                              {1.5, -1.0},
                              {1.8, 1e-5},
                              {2.0 - 0x1p-30, 0.0},
                              {2.0 - 0x1p-30, 0.9},
                              {2.0, 0.0},
                              {2.0, 0.5}}) {
        CAPTURE(shape.alpha);
        CAPTURE(shape.skew);
        // The V of z = 0: alpha (V - 1/2) = -b, pi b = atan(h).
        const double h = shape.skew * std::tan(1.5707963267948966 * shape.alpha);
        const double zero = 0.5 - std::atan(h) / 3.141592653589793 / shape.alpha;
        CHECK(worst_of_pairs(
                  {"stable", {{"tail_index", shape.alpha}, {"skew", shape.skew}}},
                  chambers_mallows_stuck,
                  std::clamp(zero, 0.1, 0.9)) < accuracy);
    }
}

TEST_CASE("contaminated normal draws are exact on both sides of the choice") {
    const Reference mixture =
        [](const LawCase& law, std::uint64_t first, std::uint64_t second) {
            const Real eps{law.value("eps")};
            // (word + 1/2) 2^-64 in two exact parts
            const Real share =
                Real{static_cast<double>(second >> 32U) * 0x1p-32} +
                Real{(static_cast<double>(second & 0xFFFFFFFFU) + 0.5) * 0x1p-64};
            const bool is_wide = (share - eps).is_negative();
            const Real rest = is_wide ? share / eps : (share - eps) / (Real{1.0} - eps);
            const Real size = sqrt(Real{-2.0} * log(uniform(first))) *
                              sin(Real::pi() / Real{2.0} * rest);
            return signed_by(is_wide ? Real{law.value("k")} * size : size, first);
        };
    for (const double eps : {0.001, 0.1, 0.3, 0.5}) {
        CAPTURE(eps);
        CHECK(worst_of_pairs({"contaminated_gaussian", {{"eps", eps}, {"k", 10.0}}},
                             mixture,
                             eps) < accuracy);
    }
}

}  // namespace
}  // namespace tailrate::noises
