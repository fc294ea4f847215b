#include <cmath>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "core/errors.hpp"
#include "core/parameters.hpp"
#include "core/sha256.hpp"

using namespace tailrate::core;

TEST_CASE("SHA-256 gives the published digests") {
    // FIPS 180-4 examples: the empty message is from the NIST test vectors.
    CHECK(hex(sha256("abc")) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(sha256("")) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("a digest does not depend on the pieces") {
    Sha256 hash;
    hash.update(std::string_view{"a"});
    hash.update(std::string_view{"bc"});

    CHECK(hash.finish() == sha256("abc"));
    CHECK(hash.finish() == sha256(""));
}

TEST_CASE("the nearest name has the fewest edits, and none is far") {
    const std::vector<std::string> valid{"clip_threshold", "clip_scale", "weight"};

    CHECK(nearest("clip_treshold", valid) == "clip_threshold");
    CHECK(nearest("wieght", valid) == "weight");
    CHECK(nearest("horizon", valid).empty());
    CHECK(nearest("", valid).empty());
    CHECK(suggestion("clipscale", valid) == "; did you mean 'clip_scale'?");
}

TEST_CASE("an input error begins with its place") {
    const InputError error{Position{"a.yaml", 3, 7}, "bad"};

    CHECK(std::string{error.what()} == "a.yaml:3:7: bad");
}

TEST_CASE("ranges know their ends") {
    const Range half_open{.lowest = 0.0, .highest = 1.0, .lowest_open = true};

    CHECK_FALSE(half_open.contains(0.0));
    CHECK(half_open.contains(1.0));
    CHECK_FALSE(half_open.contains(std::nan("")));
    CHECK(half_open.text() == "(0, 1]");
    CHECK(Range{.lowest = 1.0}.text() == ">= 1");
    CHECK(Range{.lowest = 0.0, .lowest_open = true}.text() == "> 0");
}

TEST_CASE("parameters keep their order and refuse what is absent or of another type") {
    Parameters parameters;
    parameters.set("b", 1.5);
    parameters.set("a", std::int64_t{2});
    parameters.set("b", 2.5);

    CHECK(parameters.begin()->first == "b");
    CHECK(parameters.real("b") == 2.5);
    CHECK(parameters.integer("a") == 2);
    CHECK_THROWS_AS(static_cast<void>(parameters.real("a")), ContractViolation);
    CHECK_THROWS_AS(static_cast<void>(parameters.real("c")), ContractViolation);
}

TEST_CASE("values are written so that they read back") {
    CHECK(to_text(0.1) == "0.1");
    CHECK(to_text(Value{std::int64_t{100000}}) == "100000");
    CHECK(to_text(1e22) == "1e+22");
}
