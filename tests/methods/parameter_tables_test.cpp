#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "support/method_bench.hpp"

using namespace tailrate;
using core::ParameterSpec;
using core::ValueType;

namespace {

const ParameterSpec* find_spec(const test::Entry& entry, std::string_view name) {
    const auto found = std::find_if(
        entry.parameters.begin(), entry.parameters.end(), [&](const ParameterSpec& s) {
            return s.name == name;
        });
    return found == entry.parameters.end() ? nullptr : &*found;
}

const ParameterSpec& spec(std::string_view key, std::string_view name) {
    const ParameterSpec* found = find_spec(test::method_entry(key), name);
    REQUIRE(found != nullptr);
    return *found;
}

std::optional<double> default_of(const ParameterSpec& row) {
    return row.default_value ? std::optional{std::get<double>(*row.default_value)}
                             : std::nullopt;
}

bool is_admissible(const ParameterSpec& row, const core::Value& value) {
    if (const auto* real = std::get_if<double>(&value)) {
        return row.type == ValueType::real && row.range.contains(*real);
    }
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        return row.type == ValueType::integer &&
               row.range.contains(static_cast<double>(*integer));
    }
    return row.type == ValueType::path ||
           (row.type == ValueType::choice &&
            std::count(row.choices.begin(), row.choices.end(), std::get<2>(value)) ==
                1);
}

struct Bounds {
    double lowest;
    bool lowest_open;
    double highest;
};

bool has_range(const ParameterSpec& row, const Bounds& bounds) {
    return row.range.lowest == bounds.lowest &&
           row.range.lowest_open == bounds.lowest_open &&
           row.range.highest == bounds.highest && !row.range.highest_open;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The entries whose tables the file format fixes.
constexpr std::array<std::string_view, 7> keys{"sgd",
                                               "clipped_sgd",
                                               "clipped_server_sgd",
                                               "sclip_ef",
                                               "smooth_clip_sgd",
                                               "clip21",
                                               "shifted_clip"};

}  // namespace

TEST_CASE("every default lies in its range and no required parameter has one") {
    for (const auto& found : core::catalogue<model::Method>()) {
        CAPTURE(found.first);
        std::set<std::string_view> names;
        for (const ParameterSpec& row : found.second.parameters) {
            CAPTURE(row.name);
            CHECK(names.insert(row.name).second);
            CHECK_FALSE(row.meaning.empty());
            CHECK((!row.default_value || is_admissible(row, *row.default_value)));
            CHECK_FALSE((row.default_value && row.optional));
            CHECK(row.choices.empty() == (row.type != ValueType::choice));
        }
    }
}

TEST_CASE("an entry names its source and what it is") {
    for (const auto& found : core::catalogue<model::Method>()) {
        CAPTURE(found.first);
        CHECK(found.first == found.second.key);
        CHECK_FALSE(found.second.summary.empty());
        CHECK_FALSE(found.second.source.empty());
        CHECK(found.second.version >= 1);
    }
}

TEST_CASE("every method has the step parameters with the ranges of the format") {
    for (const std::string_view key : keys) {
        CAPTURE(key);
        const bool is_smooth = key == "sclip_ef" || key == "smooth_clip_sgd";
        const std::vector<std::string> units{"one", "inverse_L", "inverse_mu"};

        CHECK(has_range(spec(key, "step.scale"), {0.0, true, infinity}));
        CHECK(has_range(spec(key, "step.power"), {0.0, false, 2.0}));
        CHECK(has_range(spec(key, "step.shift"), {0.0, false, infinity}));
        CHECK(default_of(spec(key, "step.scale")) ==
              (is_smooth ? std::optional{1.0} : std::nullopt));
        CHECK_FALSE(spec(key, "step.scale").optional);
        CHECK(default_of(spec(key, "step.power")) == (is_smooth ? 0.2 : 1.0));
        CHECK(default_of(spec(key, "step.shift")) == 0.0);
        CHECK(spec(key, "step.relative_to").choices == units);
        CHECK(std::get<std::string>(*spec(key, "step.relative_to").default_value) ==
              "one");
    }
}

TEST_CASE("clipping methods need a positive threshold") {
    for (const std::string_view key : keys) {
        CAPTURE(key);
        const ParameterSpec* row = find_spec(test::method_entry(key), "clip_threshold");
        CHECK((row == nullptr) == (key == "sgd"));
        if (row != nullptr) {
            CHECK(has_range(*row, {0.0, true, infinity}));
            CHECK_FALSE(row->default_value.has_value());
            CHECK_FALSE(row->optional);
        }
    }
}

TEST_CASE("the threshold is constant by default, except under smooth clipping") {
    for (const char* key : {"clipped_sgd", "clipped_server_sgd", "shifted_clip"}) {
        CAPTURE(key);
        CHECK(has_range(spec(key, "threshold_growth"), {-1.0, false, 1.0}));
        CHECK(default_of(spec(key, "threshold_growth")) == 0.0);
    }
    for (const char* key : {"sclip_ef", "smooth_clip_sgd"}) {
        CAPTURE(key);
        CHECK(has_range(spec(key, "threshold_growth"), {-1.0, false, 1.0}));
        CHECK(default_of(spec(key, "threshold_growth")) == 0.3);
    }
    CHECK(find_spec(test::method_entry("clip21"), "threshold_growth") == nullptr);
}

TEST_CASE("only plain clipping offers a choice of what is clipped") {
    for (const std::string_view key : keys) {
        CAPTURE(key);
        const ParameterSpec* row = find_spec(test::method_entry(key), "clip");
        const bool offers = key == "clipped_sgd" || key == "clipped_server_sgd";
        CHECK((row != nullptr) == offers);
        if (offers) {
            CHECK(row->choices == std::vector<std::string>{"norm", "component"});
            CHECK(std::get<std::string>(*row->default_value) == "norm");
        }
    }
}

TEST_CASE("the parameters of smooth clipping have the defaults of the paper") {
    for (const char* key : {"sclip_ef", "smooth_clip_sgd"}) {
        CAPTURE(key);
        for (const char* name : {"clip_scale", "effective_step"}) {
            CHECK(spec(key, name).optional);
            CHECK(has_range(spec(key, name), {0.0, true, infinity}));
        }
        CHECK(default_of(spec(key, "clip_power")) == 0.5);
    }
    CHECK(default_of(spec("sclip_ef", "weight")) == 0.5);
    CHECK(has_range(spec("sclip_ef", "weight"), {0.0, false, 1.0}));
    CHECK(default_of(spec("sclip_ef", "weight_power")) == 0.5);
    CHECK(find_spec(test::method_entry("smooth_clip_sgd"), "weight") == nullptr);
    CHECK(default_of(spec("shifted_clip", "shift_step")) == 0.1);
    CHECK(has_range(spec("shifted_clip", "shift_step"), {0.0, true, 1.0}));
}
