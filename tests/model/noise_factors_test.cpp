#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/errors.hpp"
#include "core/registry.hpp"
#include "model/noise_field.hpp"

namespace tailrate::model {
namespace {

std::shared_ptr<const Noise> make_law(std::string_view key, double tail_index = 1.5) {
    core::Parameters parameters;
    parameters.set("tail_index", tail_index);
    parameters.set("skew", 0.0);
    return core::catalogue<Noise>().at(key).make(parameters);
}

/// The noise section with defaults for all that is not changed.
core::Parameters noise_section() {
    core::Parameters noise;
    for (const core::ParameterSpec& spec : noise_parameters()) {
        noise.set(spec.name, *spec.default_value);
    }
    return noise;
}

std::vector<double> factors_of(const core::Parameters& noise,
                               const Noise& law,
                               std::size_t clients) {
    return noise_factors(noise, noise_unit(noise, law), clients);
}

TEST_CASE("client scales have mean one and the asked ratio") {
    for (const std::size_t clients : {2U, 3U, 10U, 257U}) {
        for (const double spread : {1.0, 3.0, 1e4}) {
            const std::vector<double> scales = client_scales(clients, spread);
            double sum = 0.0;
            for (std::size_t i = 0; i < clients; ++i) {
                sum += scales[i];
                CHECK((i == 0 || scales[i] >= scales[i - 1]));
            }
            CHECK(sum / static_cast<double>(clients) ==
                  doctest::Approx(1.0).epsilon(1e-14));
            CHECK(scales.back() / scales.front() ==
                  doctest::Approx(spread).epsilon(1e-13));
        }
    }
}

TEST_CASE("client scales grow geometrically, as in the definition") {
    // S^(-1/2), 1, S^(1/2) for S = 4: 0.5, 1, 2 over their mean 7/6.
    const std::vector<double> scales = client_scales(3, 4.0);

    CHECK(scales[0] == doctest::Approx(3.0 / 7.0).epsilon(1e-15));
    CHECK(scales[1] == doctest::Approx(6.0 / 7.0).epsilon(1e-15));
    CHECK(scales[2] == doctest::Approx(12.0 / 7.0).epsilon(1e-15));
}

TEST_CASE("equal clients and a single client have scale exactly one") {
    CHECK(client_scales(1, 100.0) == std::vector<double>{1.0});
    CHECK(client_scales(7, 1.0) == std::vector<double>(7, 1.0));
}

TEST_CASE("noise factors divide by the unit and multiply by scale") {
    const auto law = make_law("student_t");
    core::Parameters noise = noise_section();
    noise.set("scale", 3.0);

    CHECK(factors_of(noise, *law, 2) == std::vector<double>{3.0, 3.0});

    noise.set("unit", std::string{"mean_absolute"});
    CHECK(factors_of(noise, *law, 2)[1] ==
          doctest::Approx(3.0 / 2.0444098877321618).epsilon(1e-13));

    noise.set("unit", std::string{"median_absolute"});
    CHECK(factors_of(noise, *law, 2)[1] ==
          doctest::Approx(3.0 / 0.87259466254157064).epsilon(1e-12));
}

TEST_CASE("noise factors follow the client spread") {
    core::Parameters noise = noise_section();
    noise.set("scale", 7.0);
    noise.set("client_spread", 4.0);

    const std::vector<double> factors = factors_of(noise, *make_law("laplace"), 3);

    CHECK(factors[0] == doctest::Approx(3.0).epsilon(1e-14));
    CHECK(factors[2] == doctest::Approx(12.0).epsilon(1e-14));
}

TEST_CASE("the unit mean_absolute is refused where there is no mean") {
    core::Parameters noise = noise_section();
    noise.set("unit", std::string{"mean_absolute"});
    const auto cauchy = make_law("student_t", 1.0);
    try {
        (void)factors_of(noise, *cauchy, 2);
        FAIL("not refused");
    } catch (const core::ParameterError& error) {
        CHECK(error.parameter() == "unit");
    }
    noise.set("unit", std::string{"median_absolute"});
    CHECK(factors_of(noise, *cauchy, 1)[0] == doctest::Approx(1.0).epsilon(1e-12));
}

TEST_CASE("a scale that multiplies draws by more than 1e300 is refused") {
    const auto refused = [](double scale, const char* unit, const Noise& law) {
        core::Parameters noise = noise_section();
        noise.set("scale", scale);
        noise.set("unit", std::string{unit});
        try {
            (void)noise_unit(noise, law);
        } catch (const core::ParameterError& error) {
            return error.parameter();
        }
        return std::string{"none"};
    };
    const auto none = make_law("none");
    const auto narrow = make_law("symmetric_pareto", 1e301);

    CHECK(refused(1e300, "raw", *none) == "none");
    CHECK(refused(1.1e300, "raw", *none) == "scale");
    CHECK(refused(1.0, "raw", *narrow) == "none");
    CHECK(refused(1.0, "mean_absolute", *narrow) == "scale");
    CHECK(refused(1e-2, "mean_absolute", *narrow) == "none");
}

TEST_CASE("no noise has finite factors in every unit") {
    for (const char* unit : {"raw", "mean_absolute", "median_absolute"}) {
        core::Parameters noise = noise_section();
        noise.set("unit", std::string{unit});

        CHECK(factors_of(noise, *make_law("none"), 1) == std::vector<double>{1.0});
    }
}

TEST_CASE("the joint law is read from its name") {
    core::Parameters noise = noise_section();
    CHECK(joint_of(noise) == Joint::independent);
    noise.set("joint", std::string{"spherical"});
    CHECK(joint_of(noise) == Joint::spherical);
    noise.set("joint", std::string{"common"});
    CHECK(joint_of(noise) == Joint::common);
}

}  // namespace
}  // namespace tailrate::model
