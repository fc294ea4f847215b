// What every law of the catalogue promises, at typical and extreme parameters; a new
// entry is tested without being named here.

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include <doctest/doctest.h>

#include "core/errors.hpp"
#include "model/noise_field.hpp"
#include "noises/law_cases.hpp"
#include "support/words.hpp"

namespace tailrate::noises {
namespace {

/// The ends of a range where they belong to it, numbers close to open ends, something
/// between, and the default.
std::vector<double> values_of(const core::ParameterSpec& spec) {
    const core::Range& range = spec.range;
    std::vector<double> values;
    if (spec.default_value) {
        values.push_back(std::get<double>(*spec.default_value));
    }
    const double lowest = std::isfinite(range.lowest) ? range.lowest : -1e6;
    const double highest = std::isfinite(range.highest) ? range.highest : 1e6;
    values.push_back(range.lowest_open ? lowest + 0x1p-10 : lowest);
    values.push_back(range.highest_open ? highest - 0x1p-10 : highest);
    values.push_back(highest - lowest > 10.0 ? lowest + 1.5 : 0.5 * (lowest + highest));
    return values;
}

using Entry = core::Entry<model::Noise>;

/// Every combination of parameter values.
std::vector<LawCase> combinations(const Entry& entry) {
    std::vector<LawCase> cases{{std::string{entry.key}}};
    for (const core::ParameterSpec& spec : entry.parameters) {
        std::vector<LawCase> longer;
        for (const LawCase& law_case : cases) {
            for (const double value : values_of(spec)) {
                longer.push_back(law_case);
                longer.back().values.emplace_back(spec.name, value);
            }
        }
        cases = std::move(longer);
    }
    return cases;
}

bool has_parameter(const Entry& entry, const std::string& name) {
    return std::any_of(entry.parameters.begin(),
                       entry.parameters.end(),
                       [&name](const auto& spec) { return spec.name == name; });
}

/// Whether the law can be made; a refusal names one of its parameters.
bool is_accepted(const Entry& entry, const LawCase& law_case) {
    try {
        (void)law_case.make();
        return true;
    } catch (const core::ParameterError& error) {
        REQUIRE(has_parameter(entry, error.parameter()));
        return false;
    }
}

/// Every law at every combination of parameter values that it accepts.
std::vector<LawCase> contract_cases() {
    std::vector<LawCase> accepted;
    for (const auto& [key, entry] : core::catalogue<model::Noise>()) {
        for (const LawCase& law_case : combinations(entry)) {
            if (is_accepted(entry, law_case)) {
                accepted.push_back(law_case);
            }
        }
    }
    return accepted;
}

bool same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

TEST_CASE("the catalogue holds the nine laws of the experiment file") {
    std::vector<std::string> keys;
    for (const auto& item : core::catalogue<model::Noise>()) {
        const Entry& entry = item.second;
        CAPTURE(entry.key);
        CHECK_FALSE(entry.summary.empty());
        CHECK_FALSE(entry.source.empty());
        CHECK(entry.version >= 1);
        keys.emplace_back(entry.key);
    }
    for (const char* key : {"contaminated_gaussian",
                            "gaussian",
                            "laplace",
                            "log_squared",
                            "none",
                            "one_sided_pareto",
                            "stable",
                            "student_t",
                            "symmetric_pareto"}) {
        CHECK(std::find(keys.begin(), keys.end(), key) != keys.end());
    }
}

TEST_CASE("laws declare parameters of their own only, each with its meaning") {
    for (const auto& item : core::catalogue<model::Noise>()) {
        const Entry& entry = item.second;
        for (const core::ParameterSpec& spec : entry.parameters) {
            CAPTURE(entry.key);
            CAPTURE(spec.name);
            CHECK_FALSE(spec.meaning.empty());
            for (const core::ParameterSpec& common : model::noise_parameters()) {
                CHECK(spec.name != common.name);
            }
        }
    }
}

TEST_CASE("what a law declares makes sense") {
    for (const LawCase& law_case : contract_cases()) {
        CAPTURE(law_case.name());
        const auto law = law_case.make();

        CHECK(law->tail_index() > 0.0);
        CHECK((law->draws_per_counter() == 1 || law->draws_per_counter() == 2));
        CHECK(std::isfinite(law->median_absolute()));
        CHECK((law->median_absolute() > 0.0 || law_case.key == "none"));
        // Markov's inequality: half of |z| lies beyond its median.
        CHECK(law->mean_absolute() >= 0.5 * law->median_absolute());
        if (law->tail_index() > 1.0) {
            CHECK(law->has_mean());
        }
        if (law->tail_index() < 1.0) {
            CHECK_FALSE(law->has_mean());
        }
    }
}

TEST_CASE("rows have the same bits alone and among others") {
    constexpr std::size_t rows = 37;
    test::Words stream{4};
    model::Words first(rows * model::lanes);
    model::Words second(rows * model::lanes);
    std::generate(first.begin(), first.end(), [&stream] { return stream.next(); });
    std::generate(second.begin(), second.end(), [&stream] { return stream.next(); });
    for (const LawCase& law_case : contract_cases()) {
        CAPTURE(law_case.name());
        const auto law = law_case.make();
        const std::size_t per_row = law->draws_per_counter() * model::lanes;
        model::Array together(rows * per_row);
        model::Array alone(per_row);

        law->transform(rows, first.data(), second.data(), together.data());

        bool is_same = true;
        for (std::size_t row = 0; row < rows; ++row) {
            const std::size_t begin = row * model::lanes;
            law->transform(1, &first[begin], &second[begin], alone.data());
            is_same =
                is_same &&
                std::equal(
                    alone.begin(), alone.end(), &together[row * per_row], same_bits);
        }
        CHECK(is_same);
    }
}

TEST_CASE("extreme words give finite draws") {
    std::vector<std::uint64_t> extremes;
    for (const std::uint64_t word : {std::uint64_t{0},
                                     std::uint64_t{1},
                                     std::uint64_t{1} << 12U,
                                     std::uint64_t{1} << 62U,
                                     std::uint64_t{1} << 63U,
                                     std::uint64_t{3} << 62U}) {
        extremes.insert(extremes.end(), {word, word - 1, ~word});
    }
    std::vector<std::uint64_t> first;
    std::vector<std::uint64_t> second;
    for (const std::uint64_t word : extremes) {
        first.insert(first.end(), extremes.size(), word);
        second.insert(second.end(), extremes.begin(), extremes.end());
    }
    for (const LawCase& law_case : contract_cases()) {
        CAPTURE(law_case.name());
        const std::vector<double> draws = draw_pairs(*law_case.make(), first, second);

        CHECK(std::all_of(
            draws.begin(), draws.end(), [](double z) { return std::isfinite(z); }));
    }
}

TEST_CASE("different counters give different draws") {
    test::Words stream{6};
    std::vector<std::uint64_t> first(64);
    std::vector<std::uint64_t> second(64);
    std::generate(first.begin(), first.end(), [&stream] { return stream.next(); });
    std::generate(second.begin(), second.end(), [&stream] { return stream.next(); });
    for (const auto& law_case : contract_cases()) {
        if (law_case.key == "none") {
            continue;
        }
        CAPTURE(law_case.name());
        std::vector<double> draws = draw_pairs(*law_case.make(), first, second);

        std::sort(draws.begin(), draws.end());
        CHECK(std::adjacent_find(draws.begin(), draws.end()) == draws.end());
    }
}

TEST_CASE("bit 0 of a word is the sign of the laws that are drawn by inversion") {
    test::Words stream{7};
    for (const LawCase& law_case :
         {LawCase{"laplace"},
          LawCase{"log_squared"},
          LawCase{"symmetric_pareto", {{"tail_index", 1.5}}}}) {
        CAPTURE(law_case.name());
        const auto law = law_case.make();
        for (int i = 0; i < 100; ++i) {
            const std::uint64_t first = stream.next();
            const std::uint64_t second = stream.next();
            const std::vector<double> draws = draw_pairs(*law, {first}, {second});
            const std::vector<double> flipped =
                draw_pairs(*law, {first ^ 1U}, {second ^ 1U});

            CHECK(same_bits(draws[0], -flipped[0]));
            CHECK(same_bits(draws[1], -flipped[1]));
        }
    }
}

TEST_CASE("mirrored angles give mirrored draws of the symmetric laws of an angle") {
    test::Words stream{8};
    for (const LawCase& law_case : {LawCase{"stable", {{"tail_index", 0.75}}},
                                    LawCase{"stable", {{"tail_index", 1.5}}}}) {
        CAPTURE(law_case.name());
        const auto law = law_case.make();
        for (int i = 0; i < 100; ++i) {
            const std::uint64_t first = stream.next();
            const std::uint64_t second = stream.next();

            CHECK(same_bits(draw_pairs(*law, {first}, {second})[0],
                            -draw_pairs(*law, {first}, {~second})[0]));
        }
    }
}

TEST_CASE("the draws of a coordinate do not depend on the dimension") {
    const std::size_t highest = 9;
    for (const LawCase& law_case : contract_cases()) {
        CAPTURE(law_case.name());
        const std::shared_ptr<const model::Noise> law = law_case.make();
        const auto draw = [&](std::size_t dimension) {
            model::NoiseField field{
                law_case.key, law, model::Joint::independent, 3, dimension};
            model::Array draws(dimension * model::lanes);
            field.draw(32, 17, {5, 6}, draws.data());
            return draws;
        };
        const model::Array longest = draw(highest);
        for (std::size_t dimension = 1; dimension < highest; ++dimension) {
            const model::Array draws = draw(dimension);
            CHECK(std::equal(draws.begin(), draws.end(), longest.begin(), same_bits));
        }
    }
}

}  // namespace
}  // namespace tailrate::noises
