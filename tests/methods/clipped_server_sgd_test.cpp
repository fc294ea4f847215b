#include <doctest/doctest.h>

#include "support/method_bench.hpp"

using namespace tailrate;
using test::MethodBench;

TEST_CASE("the mean is clipped, not the gradients of the clients") {
    const auto method =
        test::make_method("clipped_server_sgd",
                          {{"step.scale", 1.0}, {"clip_threshold", 5.0}},
                          test::facts_of(2, 2));

    MethodBench cancelling{*method, 2, 2};
    cancelling.step({1000.0, 8.0, -1000.0, -2.0});
    CHECK(cancelling.x(0) == 0.0);
    CHECK(cancelling.x(1) == -3.0);

    MethodBench large{*method, 2, 2};
    large.step({60.0, 0.0, 0.0, 80.0});
    CHECK(large.x(0) == doctest::Approx(-3.0).epsilon(1e-15));
    CHECK(large.x(1) == doctest::Approx(-4.0).epsilon(1e-15));
}

TEST_CASE("the components of the mean are cut one by one") {
    const auto method = test::make_method(
        "clipped_server_sgd",
        {{"step.scale", 1.0}, {"clip_threshold", 5.0}, {"clip", "component"}},
        test::facts_of(2, 2));
    MethodBench bench{*method, 2, 2};

    bench.step({60.0, 1.0, 0.0, 2.0});

    CHECK(bench.x(0) == -5.0);
    CHECK(bench.x(1) == -1.5);
}

TEST_CASE("the server's threshold grows too") {
    const auto method = test::make_method("clipped_server_sgd",
                                          {{"step.scale", 1.0},
                                           {"step.power", 0.0},
                                           {"clip_threshold", 3.0},
                                           {"threshold_growth", 1.0}},
                                          test::facts_of(1, 1));
    MethodBench bench{*method, 1, 1};

    bench.step({-100.0});
    CHECK(bench.x(0) == doctest::Approx(3.0).epsilon(1e-15));
    bench.step({-100.0});
    CHECK(bench.x(0) == doctest::Approx(9.0).epsilon(1e-15));
}
