#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include "math/elementary.hpp"
#include "model/method.hpp"

using namespace tailrate;

TEST_CASE("a schedule is scale (t + 1 + shift)^power") {
    const model::Schedule schedule{.scale = 3.0, .power = -0.7, .shift = 4.5};
    std::vector<double> values(6);

    schedule.fill(10, values);

    for (std::size_t k = 0; k < values.size(); ++k) {
        const double base = 15.5 + static_cast<double>(k);
        CHECK(values[k] == 3.0 * math::pow(base, -0.7));
    }
}

TEST_CASE("a schedule with power 0 is constant to the last bit") {
    const model::Schedule schedule{.scale = 0.1, .power = 0.0, .shift = 0.3};
    std::vector<double> values(100);

    schedule.fill(1000000000000, values);

    CHECK(values == std::vector<double>(100, 0.1));
}

TEST_CASE("the bits of a schedule do not depend on where a run of iterations begins") {
    for (const double shift : {0.0, 0.1, 1.0 / 3.0, 1e-3, 12.34, 20.0}) {
        CAPTURE(shift);
        const model::Schedule schedule{.scale = 2.0, .power = -1.0, .shift = shift};
        std::vector<double> whole(512);
        schedule.fill(0, whole);

        for (std::size_t t = 0; t < whole.size(); ++t) {
            double alone = 0.0;
            schedule.fill(t, {&alone, 1});
            CHECK(alone == whole[t]);
        }
    }
}
