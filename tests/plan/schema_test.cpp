#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

/// The sample with one line replaced: the error is at this line and `column`.
struct BadLine {
    std::size_t number;
    std::string line;
    int column;
    std::vector<std::string> words;
};

std::string place_of(const BadLine& bad) {
    return "e.yaml:" + std::to_string(bad.number) + ":" + std::to_string(bad.column) +
           ": ";
}

void check_line(const BadLine& bad) {
    CAPTURE(bad.line);

    const std::string error = parse_error(sample_text(bad.number, bad.line));

    CAPTURE(error);
    CHECK(begins_with(error, place_of(bad)));
    CHECK(says(error, bad.words));
}

void check(const std::vector<BadLine>& cases) {
    for (const BadLine& bad : cases) {
        check_line(bad);
    }
}

}  // namespace

TEST_CASE("wrong values at the top level are refused at their place") {
    check({
        {1, "schema: 2", 9, {"schema", "'2'", "allowed: 1"}},
        {1, "schema: '1'", 9, {"schema"}},
        {1, "schema: [1]", 9, {"a list"}},
        {2, "name: a b", 7, {"name", "'a b'", "A-Z"}},
        {2, "name: ''", 7, {"name"}},
        {2, "name:", 1, {"name", "nothing"}},
        {2, "name: " + std::string(65, 'x'), 7, {"1 to 64"}},
        {2, "name: [a]", 7, {"a list"}},
        {3, "master_seed: -1", 14, {"-1 is out of range", ">= 0"}},
        {3, "master_seed: 9223372036854775808", 14, {"beyond 2^63"}},
        {4,
         "seeds: 0",
         8,
         {"seeds", "0 is out of range", "an integer in [1, 1000000000]"}},
        {4, "seeds: 1000000001", 8, {"out of range"}},
        {4, "seeds: 1.5", 8, {"not an integer"}},
        {4, "seeds: 010", 8, {"leading zero", "octal"}},
        {4, "seeds: 0x10", 8, {"not decimal"}},
        {4, "seeds: +5", 8, {"plus sign"}},
        {4, "seeds: 1_000", 8, {"underscore"}},
        {4, "seeds: '5'", 8, {"'5' is in quotes"}},
        {4, "seeds: [5]", 8, {"a list is no value"}},
        {4, "seeds: {a: 5}", 8, {"a map is no value"}},
        {4, "seeds: true", 8, {"'true' is not a number"}},
        {4, "seeds: null", 1, {"nothing is no value"}},
        {4,
         "seed: 5",
         1,
         {"unknown key 'seed'", "allowed: schema,", "did you mean 'seeds'?"}},
        {5, "horizon: 0", 10, {"horizon", "out of range", "[1, 1000000000000]"}},
        {5, "horizon: 1e13", 10, {"out of range"}},
        {6, "points_per_decade: 101", 20, {"out of range", "[1, 100]"}},
        {6, "description: [a]", 14, {"description", "a list", "one line"}},
        {6, "description: \"a\\nb\"", 14, {"several lines", "one line"}},
        {6, "metrics: []", 10, {"an empty list", "squared_error"}},
        {6, "metrics: squared_error", 10, {"'squared_error'", "a list"}},
        {6,
         "metrics: [squared_eror]",
         11,
         {"unknown metric", "did you mean 'squared_error'?"}},
        {6, "metrics: [[squared_error]]", 11, {"unknown metric a list"}},
        {6,
         "metrics: [optimality_gap, gradient_norm, optimality_gap]",
         42,
         {"twice", "e.yaml:6:11"}},
        {6, "keep: all", 7, {"keep", "unknown value 'all'", "seeds, summary"}},
        {6, "keep: sumary", 7, {"did you mean 'summary'?"}},
        {6, "keep: [seeds]", 7, {"keep", "a list is no value"}},
        {6, "keep:", 1, {"keep", "nothing is no value"}},
        {10, "rates: 1.5", 8, {"rates", "a map"}},
        {10, "rates: {window: 1.5}", 9, {"unknown key 'window'", "window_decades"}},
        {10, "rates: {window_decades: 0.2}", 25, {"out of range", "[0.3, 6]"}},
        {10, "rates: {window_decades: [1, 2]}", 25, {"a list is no value"}},
    });
}

TEST_CASE("a wrong note on the tuning is refused at its place") {
    check({
        {10,
         "tuning: 5",
         9,
         {"tuning", "'5' where a map belongs", "first_seed, seeds"}},
        {10, "tuning: [1]", 9, {"a list where a map belongs"}},
        {10, "tuning:", 1, {"tuning", "nothing where a map belongs"}},
        {10, "tunin: {}", 1, {"unknown key 'tunin'", "did you mean 'tuning'?"}},
        {10, "tuning: {}", 9, {"first_seed is missing", "[1000000000, 1999999999]"}},
        {10, "tuning: {first_seed: 1e9}", 9, {"seeds is missing", "an integer"}},
        {10, "tuning: {seeds: 5}", 9, {"first_seed is missing"}},
        {10,
         "tuning: {first_seed: 1e9, sedes: 5}",
         27,
         {"unknown key 'sedes' in tuning", "did you mean 'seeds'?"}},
        {10,
         "tuning: {first_seed: 0, seeds: 5}",
         22,
         {"tuning.first_seed: 0 is out of range"}},
        {10, "tuning: {first_seed: 2e9, seeds: 5}", 22, {"2e9 is out of range"}},
        {10, "tuning: {first_seed: x, seeds: 5}", 22, {"'x' is not a number"}},
        {10,
         "tuning: {first_seed: 1e9, seeds: 0}",
         34,
         {"tuning.seeds", "out of range"}},
        {10, "tuning: {first_seed: 1e9, seeds: [5]}", 34, {"a list is no value"}},
        {10,
         "tuning: {first_seed: 1999999990, seeds: 11}",
         41,
         {"11 seeds from 1999999990 on", "[1, 10]"}},
    });
}

TEST_CASE("wrong sections are refused at their place") {
    check({
        {7, "problem: 3", 10, {"problem", "'3' where a map belongs"}},
        {7, "problem: []", 10, {"an empty list"}},
        {7, "problem: [[{kind: quadratic}]]", 11, {"a list where a map belongs"}},
        {7, "problem:", 1, {"problem", "nothing where a map belongs"}},
        {7, "problem: {clients: 2}", 10, {"kind is missing", "quadratic"}},
        {7, "problem: {kind: [quadratic]}", 17, {"kind takes one name, not a list"}},
        {7,
         "problem: {kind: quadratik}",
         17,
         {"unknown problem 'quadratik'", "'quadratic'?"}},
        {7,
         "problem: {kind: quadratic, clients: 2}",
         10,
         {"dimension is missing", "an integer"}},
        {7,
         "problem: {kind: quadratic, dimension: 2}",
         10,
         {"clients is missing", "[1, "}},
        {7,
         "problem: {kind: quadratic, clients: 2, dimension: 2, condition: 3}",
         54,
         {"unknown key 'condition'", "problem quadratic", "condition_number"}},
        {7,
         "problem: {kind: quadratic, clients: 0, dimension: 2}",
         37,
         {"clients: 0 is out"}},
        {7,
         "problem: {kind: quadratic, clients: 16777217, dimension: 2}",
         37,
         {"out of range"}},
        {7,
         "problem: {kind: quadratic, clients: 2, dimension: 2, condition_number: 0.5}",
         72,
         {"condition_number: 0.5 is out of range", "a number >= 1"}},
        {7,
         "problem: {kind: quadratic, clients: 2, dimension: 2, instance_seed: -1}",
         69,
         {"instance_seed", "out of range"}},
        {7,
         "problem: {kind: quadratic, clients: 2, dimension: 2, rotation: randon}",
         64,
         {"unknown value 'randon'", "random, none", "did you mean 'random'?"}},
        {8, "noise: {kind: student_t}", 8, {"tail_index is missing", ">= 0.125"}},
        {8,
         "noise: {kind: student_t, tail_index: 0}",
         38,
         {"0 is out of range", ">= 0.125"}},
        {8, "noise: {kind: student_t, tail_index: []}", 38, {"an empty list"}},
        {8, "noise: {kind: student_t, tail_index: [[1]]}", 39, {"a list is no value"}},
        {8, "noise: {kind: student_t, tail_index: {a: 1}}", 38, {"a map is no value"}},
        {8,
         "noise: {kind: student_t, tail_index: [1, 2, 1.0]}",
         45,
         {"twice", "e.yaml:8:39"}},
        {8, "noise: {kind: student_t, tail_index: .nan}", 38, {"not a finite number"}},
        {8,
         "noise: {kind: student_t, tail_index: [1, .inf]}",
         42,
         {"not a finite number"}},
        {8, "noise: {kind: student_t, tail_index: 1e-400}", 38, {"underflow"}},
        {8, "noise: {kind: student_t, tail_index: 1e400}", 38, {"too large"}},
        {8, "noise: {kind: student_t, tail_index: ~}", 26, {"nothing is no value"}},
        {8, "noise: {kind: student_t, tail_index:}", 26, {"nothing is no value"}},
        {8, "noise: {kind: student_t, tail_index: \"2\"}", 38, {"in quotes"}},
        {8,
         "noise: {kind: student_t, tail_index: 2, scale: -1}",
         48,
         {"scale", ">= 0"}},
        {8,
         "noise: {kind: student_t, tail_index: 2, unit: mean}",
         47,
         {"raw, mean_absolute"}},
        {8,
         "noise: {kind: student_t, tail_index: 2, skew: 0}",
         41,
         {"unknown key 'skew'"}},
        {8, "noise: {kind: cauchy}", 15, {"unknown noise 'cauchy'", "student_t"}},
    });
}

TEST_CASE("wrong methods are refused at their place") {
    check({
        {9,
         "method: {kind: sclip_fe}",
         16,
         {"unknown method", "did you mean 'sclip_ef'?"}},
        {9, "method: {kind: sgd}", 9, {"step.scale is missing", "> 0"}},
        {9,
         "method: {kind: sgd, step: 2}",
         27,
         {"step", "'2' where a map belongs", "scale"}},
        {9,
         "method: {kind: sgd, step: [{scale: 2}]}",
         27,
         {"a list where a map belongs"}},
        {9,
         "method: {kind: sgd, step: {scal: 2}}",
         28,
         {"unknown key 'scal'", "'scale'?"}},
        {9,
         "method: {kind: sgd, step.scale: 2}",
         21,
         {"did you mean 'step: {scale: ...}'?"}},
        {9,
         "method: {kind: sgd, step: {scale: 2, power: 3}}",
         45,
         {"step.power", "[0, 2]"}},
        {9,
         "method: {kind: sgd, step: {scale: 2}, clip_threshold: 3}",
         39,
         {"unknown key 'clip_threshold' in method sgd"}},
        {9,
         "method: {kind: clipped_sgd, clip_threshold: 0, step: {scale: 1}}",
         45,
         {"clip_threshold: 0 is out of range", "a number > 0"}},
        {9,
         "method: {kind: clipped_sgd, clip_threshold: -1, step: {scale: 1}}",
         45,
         {"clip_threshold: -1 is out of range"}},
        {9,
         "method: {kind: clipped_sgd, clip: nrom, clip_threshold: 1, step: {scale: 1}}",
         35,
         {"norm, component", "did you mean 'norm'?"}},
        {9,
         "method: [{kind: sgd, step: {scale: 2}}, {kind: sgd, step: {scale: 2.0}}]",
         41,
         {"duplicate cells", "sgd", "e.yaml:9:10"}},
    });
}

TEST_CASE("what is missing at the top level is named at 1:1") {
    const std::vector<std::pair<std::size_t, std::string>> cases{
        {1, "schema is missing"},
        {2, "name is missing"},
        {5, "horizon is missing"},
        {7, "problem is missing"},
        {8, "noise is missing"},
        {9, "method is missing"}};
    for (const auto& [number, words] : cases) {
        const std::string error =
            parse_error("# a comment first\n" + sample_text(number, ""));

        CAPTURE(error);
        CHECK(begins_with(error, "e.yaml:1:1: " + words + "; allowed: "));
    }
}

TEST_CASE("wrong parts are refused at their place") {
    check({
        {9, "parts: []", 8, {"parts: an empty list"}},
        {9, "parts: {method: 1}", 8, {"a map", "a list"}},
        {9, "parts: [3]", 9, {"'3' where a map belongs"}},
        {9,
         "parts: [{seeds: 3}]",
         10,
         {"unknown key 'seeds' in a part", "problem, network"}},
        {9,
         "parts: [{noise: {kind: none}}]",
         9,
         {"method is missing", "in every part"}},
        {9,
         "parts: [{method: {kind: sgd, step: {scale: 1}}}, {}]",
         50,
         {"method is missing"}},
        {9,
         "parts: [{method: {kind: sgd, step: {scale: [1, 2]}}}, "
         "{method: {kind: sgd, step: {scale: 2}}}]",
         55,
         {"duplicate cells", "step.scale: 2", "e.yaml:9:9"}},
    });
}

}  // namespace tailrate::plan
