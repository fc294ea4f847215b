#include "runner/noise_digest.hpp"

#include <string>

#include <doctest/doctest.h>

#include "support/studies.hpp"

using namespace tailrate;

namespace {

std::string digest_of(const std::string& joint, int dimension) {
    const plan::Study study = test::parse(
        "schema: 1\nname: digests\nhorizon: 5\nseeds: 1\n"
        "problem: {kind: quadratic, rotation: none, clients: 3, dimension: " +
        std::to_string(dimension) +
        "}\nnoise: {kind: student_t, tail_index: 1.5, scale: 2, client_spread: 4, "
        "joint: " +
        joint + "}\nmethod: {kind: sgd, step: {scale: 0.1}}\n");
    return runner::noise_digests(study).front();
}

}  // namespace

// The digests are those of result files; they move with the noise only.
TEST_CASE("a coordinate of independent or common noise is the same in any dimension") {
    for (const int dimension : {4, 9}) {
        CHECK(digest_of("independent", dimension) ==
              "f106be7b7b5802e35c226c9673566463cf8535ca5ec16389e5aabe13aaa0c86f");
        CHECK(digest_of("common", dimension) ==
              "b6052224f273cc2098c6023d5ef0757a50b48eb14dcb8bad4cdf0d9edc886b54");
    }
}

TEST_CASE("spherical noise has a fingerprint of its own in every dimension") {
    CHECK(digest_of("spherical", 3) ==
          "8a27c09126656ea44d90c0c6193c4ab571eef71a79fa1127240d157975bf9cb8");
    CHECK(digest_of("spherical", 4) ==
          "09ca2deeafb585974b4d5a5ae157beee0c9d09081e4ff017c696199059502341");
    const std::string nine = digest_of("spherical", 9);
    CHECK(nine != digest_of("spherical", 4));
    CHECK(nine != digest_of("spherical", 10));
    CHECK(digest_of("spherical", 5000) != digest_of("spherical", 5001));
}
