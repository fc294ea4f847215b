#include "runner/theory_columns.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/registry.hpp"
#include "storage/temporary_folder.hpp"

using namespace tailrate;
using runner::CellTheory;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
const storage::Schema schema{"tailrate-test", 1};

plan::Study study_of(const std::string& noise) {
    return plan::Study{plan::parse(
        "schema: 1\nname: facts\nhorizon: 12\nseeds: 16\n"
        "problem: {kind: quadratic, clients: 3, dimension: 4, heterogeneity: 3}\n"
        "noise: {kind: " +
            noise +
            "}\nmethod: {kind: sclip_ef, clip_threshold: 2, effective_step: 1}\n",
        "facts",
        ".",
        {})};
}

model::NoiseFacts facts_of(const std::string& noise) {
    return runner::noise_facts(study_of(noise).parts(0));
}

std::vector<CellTheory> written_and_read(const std::vector<CellTheory>& cells) {
    const storage::TemporaryFolder folder;
    {
        storage::LabelledWriter file{folder / "theory.h5", schema};
        std::vector<std::int32_t> numbers(cells.size());
        file.scale("/cell", numbers);
        runner::TheoryColumns columns;
        for (const CellTheory& cell : cells) {
            columns.add(cell);
        }
        columns.write(file, "label");
        file.finish();
    }
    const storage::LabelledReader file{folder / "theory.h5", schema};
    return runner::read_theory(file, cells.size());
}

bool same(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

}  // namespace

TEST_CASE("theory sees the law with the scales of the clients") {
    const model::NoiseFacts plain = facts_of("student_t, tail_index: 1.5, scale: 2");
    CHECK(plain.is_present);
    CHECK(plain.is_all_the_noise);
    CHECK(plain.tail_index == 1.5);
    CHECK(plain.has_mean);
    CHECK(plain.is_symmetric);
    CHECK(plain.is_equal);
    const model::NoiseFacts single = facts_of("student_t, tail_index: 1.5");
    CHECK(plain.mean_absolute == doctest::Approx(2.0 * single.mean_absolute));

    const model::NoiseFacts spread =
        facts_of("student_t, tail_index: 1.5, client_spread: 4");
    CHECK_FALSE(spread.is_equal);
    CHECK(spread.mean_absolute == doctest::Approx(single.mean_absolute));

    const model::NoiseFacts cauchy = facts_of("student_t, tail_index: 1");
    CHECK_FALSE(cauchy.has_mean);
    CHECK(cauchy.mean_absolute == infinity);
    CHECK_FALSE(facts_of("one_sided_pareto, tail_index: 1.5").is_symmetric);
}

TEST_CASE("noise of scale 0 is no noise, whatever its law") {
    for (const char* noise : {"none", "student_t, tail_index: 1, scale: 0"}) {
        CAPTURE(noise);
        const model::NoiseFacts facts = facts_of(noise);
        CHECK_FALSE(facts.is_present);
        CHECK(facts.tail_index == infinity);
        CHECK(facts.mean_absolute == 0.0);
    }
}

TEST_CASE("a cell's theory is that of its method under its noise") {
    const plan::Study equal = study_of("student_t, tail_index: 1.2");
    const CellTheory theory = runner::cell_theory(equal.parts(0));
    REQUIRE(theory.bounds.size() == 2);
    const double heterogeneity = equal.problem(0).facts().G;
    CHECK(theory.knee == doctest::Approx(std::pow(heterogeneity / 2.0, 10.0 / 3.0)));
    CHECK(theory.bounds.front().exponent == doctest::Approx(0.76));

    const plan::Study unlike = study_of("student_t, tail_index: 1.2, client_spread: 2");
    CHECK(runner::cell_theory(unlike.parts(0)).bounds.front().exponent ==
          doctest::Approx(0.72));
}

TEST_CASE("what is written of theory is read again") {
    const std::vector<CellTheory> cells{{undefined, {}},
                                        {12.5,
                                         {{.kind = core::BoundKind::at_most,
                                           .about = core::Quantity::gap,
                                           .exponent = 0.25,
                                           .from_iteration = 12.5,
                                           .is_ours = true,
                                           .assumptions = "a, \"b\"",
                                           .source = "μ"},
                                          {.kind = core::BoundKind::at_least,
                                           .about = core::Quantity::averaged_iterate,
                                           .exponent_up_to = 0.4,
                                           .assumptions = "c",
                                           .source = "d"}}},
                                        {undefined,
                                         {{.about = core::Quantity::typical_run,
                                           .exponent = 1.0,
                                           .assumptions = "",
                                           .source = ""}}}};

    const std::vector<CellTheory> read = written_and_read(cells);

    REQUIRE(read.size() == 3);
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        CHECK(same(read[cell].knee, cells[cell].knee));
        REQUIRE(read[cell].bounds.size() == cells[cell].bounds.size());
        for (std::size_t k = 0; k < cells[cell].bounds.size(); ++k) {
            const core::Bound& found = read[cell].bounds[k];
            const core::Bound& wanted = cells[cell].bounds[k];
            CHECK(found.kind == wanted.kind);
            CHECK(found.about == wanted.about);
            CHECK(found.exponent == wanted.exponent);
            CHECK(same(found.exponent_up_to, wanted.exponent_up_to));
            CHECK(found.from_iteration == wanted.from_iteration);
            CHECK(found.is_ours == wanted.is_ours);
            CHECK(found.assumptions == wanted.assumptions);
            CHECK(found.source == wanted.source);
        }
    }
}

TEST_CASE("cells without theory make no group, files without knees have none") {
    const std::vector<CellTheory> read =
        written_and_read({CellTheory{undefined, {}}, CellTheory{3.0, {}}});
    CHECK(std::isnan(read[0].knee));
    CHECK(read[1].knee == 3.0);
    CHECK(read[0].bounds.empty());

    const storage::TemporaryFolder folder;
    {
        storage::LabelledWriter file{folder / "old.h5", schema};
        file.scale("/cell", std::vector<std::int32_t>{0});
        file.finish();
    }
    const storage::LabelledReader file{folder / "old.h5", schema};
    CHECK_FALSE(file.has("/theory/statement"));
    CHECK(std::isnan(runner::read_theory(file, 1).front().knee));
}
