#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

/// Two methods, two laws, and a part that has a problem of its own.
const std::string& text() {
    static const std::string value =
        "schema: 1\nname: x\nhorizon: 10\n"
        "problem: {kind: quadratic, clients: 2, dimension: 2}\n"
        "noise: [{kind: student_t, tail_index: 1.5}, {kind: none}]\n"
        "method:\n"
        "  - {kind: sgd, step: {scale: 1}}\n"
        "  - {kind: clipped_sgd, clip_threshold: 3, step: {scale: 1}}\n"
        "parts:\n"
        "  - {}\n"
        "  - problem: {kind: quadratic, clients: 3, dimension: 5}\n";
    return value;
}

Experiment with(const std::vector<std::string>& set) {
    return parsed(text(), {.set = set, .seeds = 0});
}

void check_error(const std::string& set, const std::vector<std::string>& words) {
    CAPTURE(set);

    const std::string error = parse_error(text(), {.set = {set}, .seeds = 0});

    CAPTURE(error);
    CHECK(begins_with(error, "--set " + set + ": "));
    CHECK(says(error, words));
}

}  // namespace

TEST_CASE("top-level keys are set from arguments") {
    const Experiment experiment = with({"horizon=1e4",
                                        "rates.window_decades=2",
                                        "seeds=7",
                                        "name=other",
                                        "metrics=[optimality_gap]",
                                        "master_seed=5",
                                        "description=two words"});

    CHECK(experiment.horizon == 10000);
    CHECK(experiment.window_decades == 2.0);
    CHECK(experiment.seeds == 7);
    CHECK(experiment.name == "other");
    CHECK(experiment.metrics.back() == "optimality_gap");
    CHECK(experiment.master_seed == 5);
    CHECK(experiment.description == "two words");
    CHECK(experiment.source == text());
    CHECK(experiment.completed == parsed(experiment.completed).completed);
}

TEST_CASE("a section's key is set in all of its maps that have it, in parts too") {
    const Experiment clients = with({"problem.clients=20"});
    const Experiment threshold = with({"method.clip_threshold=[5, 6]"});

    REQUIRE(clients.choices[0].size() == 2);
    CHECK(clients.choices[0][0].parameters.integer("clients") == 20);
    CHECK(clients.choices[0][1].parameters.integer("clients") == 20);
    REQUIRE(threshold.choices[3].size() == 3);
    CHECK(threshold.choices[3][2].parameters.real("clip_threshold") == 6.0);
    CHECK(threshold.cells.size() == 12);
}

TEST_CASE("a kind's key is set in the maps of that kind only") {
    const Experiment step =
        with({"method.sgd.step.shift=4", "noise.student_t.tail_index=2"});

    CHECK(step.choices[3][0].parameters.real("step.shift") == 4.0);
    CHECK(step.choices[3][1].parameters.real("step.shift") == 0.0);
    CHECK(step.choices[2][0].parameters.real("tail_index") == 2.0);
}

TEST_CASE("later arguments win and --seeds comes last") {
    CHECK(with({"seeds=3", "seeds=4"}).seeds == 4);
    CHECK(parsed(text(), {.set = {"seeds=3"}, .seeds = 9}).seeds == 9);
}

TEST_CASE("an argument may give what the file lacks") {
    std::string lacking = text();
    lacking.erase(lacking.find("horizon: 10\n"), 12);

    CHECK(parsed(lacking, {.set = {"horizon=10"}, .seeds = 0}).horizon == 10);
}

TEST_CASE("wrong arguments are named in the error") {
    const std::vector<std::pair<std::string, std::vector<std::string>>> cases{
        {"horizon", {"key=value"}},
        {"=3", {"key=value"}},
        {"horizon=", {"empty"}},
        {"horizon=~", {"empty"}},
        {"horizon=0", {"horizon: 0 is out of range", "[1, 1000000000000]"}},
        {"horizon=[1, 2]", {"a list is no value"}},
        {"horizon=010", {"leading zero"}},
        {"horizon=[1", {"not YAML"}},
        {"horizon={a: 1}", {"a map as a value"}},
        {"horizn=3", {"has the key 'horizn'", "did you mean 'horizon'?"}},
        {"schema=1", {"has the key 'schema'"}},
        {"parts=[]", {"has the key 'parts'"}},
        {"problem=3", {"has the key 'problem'"}},
        {"problem.client=3", {"did you mean 'problem.clients'?"}},
        {"problem.kind=quadratic", {"'problem.kind'", "not kind"}},
        {"problem.clients=0", {"clients: 0 is out of range"}},
        {"problem.clients=[[1]]", {"a list is no value"}},
        {"noise.skew=0.5", {"has the key 'noise.skew'"}},
        {"noise.stable.tail_index=1.5", {"has the key 'noise.stable.tail_index'"}},
        {"noise.tail_index=[1, 1.0]", {"twice"}},
        {"noise.student_t=3", {"has the key"}},
        {"method.step=3", {"has the key 'method.step'"}},
        {"method.sgd.clip_threshold=3", {"has the key"}},
        {"method.clipped_sgd.clip_treshold=3",
         {"'method.clipped_sgd.clip_threshold'?"}},
        {"method.clip=nrom", {"did you mean 'norm'?"}},
        {"network.kind=server", {"has the key"}},
        {"rates=3", {"has the key 'rates'"}},
        {"rates.window_decades=9", {"[0.3, 6]"}},
        {"name=a b", {"'a b'"}},
        {"method.step.scale=&a 1", {"anchor"}}};
    for (const auto& [set, words] : cases) {
        check_error(set, words);
    }
    CHECK(says(parse_error(text(), {.set = {}, .seeds = -1}), {"--seeds -1: seeds"}));
}

TEST_CASE("a factory's refusal of an argument names the argument") {
    const Experiment experiment =
        with({"noise.student_t.tail_index=0.5", "noise.student_t.unit=mean_absolute"});

    CHECK(begins_with(input_error([&] { Study{experiment}; }),
                      "--set noise.student_t.unit=mean_absolute: "));
}

}  // namespace tailrate::plan
