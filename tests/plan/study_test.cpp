#include "plan/study.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "core/registry.hpp"
#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

Study study_of(const std::string& text) {
    return Study{parsed(text)};
}

struct Refused {
    std::size_t number;
    std::string line;
    int column;
    std::vector<std::string> words;
};

void check_refused(const Refused& refused) {
    CAPTURE(refused.line);

    const std::string error = study_error(sample_text(refused.number, refused.line));

    CAPTURE(error);
    CHECK(begins_with(error,
                      "e.yaml:" + std::to_string(refused.number) + ":" +
                          std::to_string(refused.column) + ": "));
    CHECK(says(error, refused.words));
}

/// The sample with this method gives one warning that says `words`, or none.
void check_warning(const std::string& method, const std::string& words) {
    CAPTURE(method);

    const Study study = study_of(sample_text(9, "method: " + method));

    REQUIRE(study.warnings().size() == (words.empty() ? 0 : 1));
    CHECK((words.empty() || says(study.warnings()[0], {words, "sgd{step.scale"})));
}

std::vector<std::string> group_texts(const Study& study) {
    std::vector<std::string> texts;
    for (const NoiseGroup& group : study.groups()) {
        texts.push_back("noise " + std::to_string(group.noise) + ": " +
                        std::to_string(group.clients) + " x " +
                        std::to_string(group.dimension) + ", " +
                        std::to_string(group.cells.size()) + " cells from " +
                        std::to_string(group.cells.front()));
    }
    return texts;
}

}  // namespace

TEST_CASE("what a factory refuses is an error where the parameter was written") {
    const std::vector<Refused> cases{
        {7,
         "problem: {kind: quadratic, clients: 2, dimension: 1, condition_number: [1, "
         "10]}",
         76,
         {"condition_number", "dimension"}},
        {7,
         "problem: {kind: quadratic, clients: 1, dimension: 2, heterogeneity: 3}",
         69,
         {"heterogeneity", "clients"}},
        {7,
         "problem: {kind: quadratic, clients: 2, dimension: 2, initial_distance: "
         "1e200}",
         72,
         {"initial_distance is 1e+200", "allowed: sizes from 1e-50 to 1e50"}},
        {7,
         "problem: {kind: quadratic, clients: 2, dimension: 2, heterogeneity: [3, "
         "1e-200]}",
         73,
         {"heterogeneity is 1e-200", "allowed: "}},
        {8,
         "noise: {kind: none, scale: 1.5e308}",
         28,
         {"scale is 1.5e+308", "allowed: at most 1e300"}},
        {9,
         "method: {kind: smooth_clip_sgd, clip_threshold: 1e200, effective_step: 1}",
         49,
         {"clip_threshold is 1e+200", "allowed: "}},
        {8,
         "noise: {kind: student_t, tail_index: [2, 0.5], unit: mean_absolute}",
         54,
         {"unit", "mean", "median_absolute"}},
        {8,
         "noise: {kind: one_sided_pareto, tail_index: 1.5, joint: [common, spherical]}",
         66,
         {"joint", "symmetric", "one_sided_pareto", "allowed: independent, common"}},
        {8,
         "noise: {kind: stable, tail_index: 1.5, skew: 0.5, joint: spherical}",
         58,
         {"symmetric"}},
        {9, "method: {kind: sclip_ef, clip_threshold: 10}", 9, {"clip_scale"}},
        {9,
         "method: {kind: sclip_ef, clip_threshold: 10, clip_scale: 1, effective_step: "
         "2}",
         58,
         {"clip_scale", "effective_step"}},
        {9,
         "method: {kind: smooth_clip_sgd, clip_threshold: 10}",
         9,
         {"effective_step"}}};
    for (const Refused& refused : cases) {
        check_refused(refused);
    }
}

TEST_CASE("missing data are an error before anything runs") {
    const std::string error =
        study_error(sample_text(7,
                                "problem: {kind: logistic, clients: 2, data: "
                                "none_such.txt, condition_number: 9}"));

    CHECK(says(error, {"none_such.txt"}));
}

TEST_CASE("a cell's parts are those of its choices") {
    const Study study = study_of(sample_text(
        8, "noise: {kind: none, scale: [1, 3], client_spread: 4, joint: common}"));

    const CellParts parts = study.parts(1);

    CHECK(parts.problem.get() == &study.problem(0));
    CHECK(parts.problem->facts().clients == 2);
    CHECK(parts.network->has_server());
    CHECK(parts.method->client_arrays().size() == 1);
    CHECK(parts.joint == model::Joint::common);
    REQUIRE(parts.noise_factors.size() == 2);
    CHECK(parts.noise_factors[1] == doctest::Approx(4.0 * parts.noise_factors[0]));
    CHECK(parts.noise_factors[0] + parts.noise_factors[1] == doctest::Approx(6.0));
}

TEST_CASE("blocks, checkpoints and the layout of a record follow the experiment") {
    const Study study =
        study_of(sample_text(6, "metrics: [squared_error, iterate_mean]"));

    CHECK(study.blocks() == 2);
    CHECK(study.checkpoints().front() == 0);
    CHECK(study.checkpoints().back() == 1000);
    const metrics::RecordLayout layout = study.layout(0);
    CHECK(layout.checkpoints() == study.checkpoints().size());
    CHECK(layout.metrics().size() == 2);
    CHECK(layout.width(1) == 2);
}

TEST_CASE("cells that draw alike are one group, in order of first appearance") {
    const Study study = study_of(
        "schema: 1\nname: x\nhorizon: 10\n"
        "problem:\n"
        "  - {kind: quadratic, clients: 2, dimension: 2, condition_number: [1, 10]}\n"
        "  - {kind: quadratic, clients: 3, dimension: 2}\n"
        "noise:\n"
        "  - {kind: student_t, tail_index: [1.5, 2], scale: [1, 2], client_spread: [1, "
        "3]}\n"
        "  - {kind: student_t, tail_index: 1.5, unit: median_absolute}\n"
        "  - {kind: student_t, tail_index: 1.5, joint: spherical}\n"
        "method:\n"
        "  - {kind: sgd, step: {scale: 1}}\n"
        "  - {kind: clip21, clip_threshold: [1, 2], step: {scale: 1}}\n");

    // Two problem shapes, three laws (tail 1.5, tail 2, tail 1.5 spherical). The first
    // group: two problems, five noise choices, three methods.
    CHECK(group_texts(study) ==
          std::vector<std::string>{"noise 0: 2 x 2, 30 cells from 0",
                                   "noise 4: 2 x 2, 24 cells from 12",
                                   "noise 9: 2 x 2, 6 cells from 27",
                                   "noise 0: 3 x 2, 15 cells from 60",
                                   "noise 4: 3 x 2, 12 cells from 72",
                                   "noise 9: 3 x 2, 3 cells from 87"});
    CHECK(std::all_of(
        study.groups().begin(), study.groups().end(), [](const NoiseGroup& group) {
            return group.oracle_calls == 1 &&
                   std::is_sorted(group.cells.begin(), group.cells.end());
        }));
}

TEST_CASE("a method of two oracle calls is refused before anything runs") {
    class TwoCalls final : public model::Method {
      public:
        void server(const model::Step& /*step*/, double* /*mean*/) const override {}

        [[nodiscard]] std::size_t oracle_calls() const override { return 2; }
    };

    auto& methods = core::catalogue<model::Method>();
    core::Entry<model::Method>& entry = methods["two_calls"];
    entry.key = "two_calls";
    entry.make = [](const core::Parameters& /*parameters*/,
                    const model::ProblemFacts& /*facts*/) {
        return std::make_unique<TwoCalls>();
    };

    CHECK_THROWS_AS(study_of(sample_text(9, "method: {kind: two_calls}")),
                    core::ContractViolation);

    methods.erase("two_calls");
}

TEST_CASE("a step beyond the stability limit is warned of with the shift that helps") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"{kind: sgd, step: {scale: 2}}", "step.shift >= 9"},
        {"{kind: sgd, step: {scale: 2, shift: 8}}", "step.shift >= 9"},
        {"{kind: sgd, step: {scale: 2, shift: 9}}", ""},
        {"{kind: sgd, step: {scale: 4, relative_to: inverse_L}}", "step.shift >= 1"},
        {"{kind: sgd, step: {scale: 1, relative_to: inverse_mu, power: 0.5}}",
         "step.shift >= 24"},
        {"{kind: sgd, step: {scale: 3, power: 0.001}}",
         "a smaller step.scale is needed"},
        {"{kind: trimmed_mean_sgd, step: {scale: 2}}", "step.shift >= 9"},
        {"{kind: sgd, step: {scale: 0.2}}", ""},
        {"{kind: clipped_sgd, clip_threshold: 1, step: {scale: 2}}", ""},
        {"{kind: sclip_ef, clip_threshold: 1, effective_step: 9}", ""}};
    for (const auto& [method, words] : cases) {
        check_warning(method, words);
    }
}

TEST_CASE("warnings are one line per method, for its steepest problem, and few") {
    std::string text = sample_text(9,
                                   "method: {kind: sgd, step: {scale: [10, 11, 12, 13, "
                                   "14, 15, 16, 17, 18, 19, 20, 21, "
                                   "22, 23, 24, 25, 26, 27, 28, 29, 30, 31]}}");
    text.replace(text.find("condition_number: 10"), 20, "condition_number: [10, 100]");

    const Study study = study_of(text);

    REQUIRE(study.warnings().size() == 21);
    CHECK(says(study.warnings()[0], {"step.shift >= 499"}));
    CHECK(says(study.warnings()[20], {"2 more"}));
}

}  // namespace tailrate::plan
