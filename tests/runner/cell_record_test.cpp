#include "runner/cell_record.hpp"

#include <string>

#include <doctest/doctest.h>

#include "support/studies.hpp"

using namespace tailrate;
using rates::MomentClass;

namespace {

/// What is declared of eleven clients under Student t noise with tail index 1.2.
MomentClass moment_of(const std::string& method, const std::string& joint) {
    const plan::Study study = test::parse(
        "schema: 1\nname: moments\nhorizon: 12\nseeds: 16\n"
        "problem: {kind: quadratic, clients: 11, dimension: 2}\n"
        "noise: {kind: student_t, tail_index: 1.2, joint: " +
        joint + "}\nmethod: " + method + "\n");
    return runner::declared_facts(study, 0).moment;
}

}  // namespace

TEST_CASE("a median over clients has a finite error only if their noise differs") {
    const std::string median = "{kind: trimmed_mean_sgd, step: {scale: 1}}";
    const std::string mean = "{kind: sgd, step: {scale: 1}}";

    CHECK(moment_of(median, "independent") == MomentClass::caution);
    CHECK(moment_of(median, "spherical") == MomentClass::caution);
    CHECK(moment_of(median, "common") == MomentClass::infinite);
    for (const char* joint : {"independent", "spherical", "common"}) {
        CHECK(moment_of(mean, joint) == MomentClass::infinite);
    }
}
