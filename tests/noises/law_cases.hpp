#pragma once

// Laws of the catalogue at given parameters, and their draws, for the tests.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/parameters.hpp"
#include "core/registry.hpp"
#include "model/block.hpp"
#include "model/noise.hpp"
#include "random/address.hpp"

namespace tailrate::noises {

/// A catalogue key with the values of its parameters.
struct LawCase {
    std::string key;
    std::vector<std::pair<std::string, double>> values = {};

    [[nodiscard]] double value(const std::string& name) const {
        for (const auto& [own, number] : values) {
            if (own == name) {
                return number;
            }
        }
        return 0.0;
    }

    [[nodiscard]] std::string name() const {
        std::string text = key;
        for (const auto& [own, number] : values) {
            text += " " + own + "=" + core::to_text(number);
        }
        return text;
    }

    [[nodiscard]] std::unique_ptr<model::Noise> make() const {
        const auto& entry = core::catalogue<model::Noise>().at(key);
        core::Parameters parameters;
        for (const core::ParameterSpec& spec : entry.parameters) {
            if (spec.default_value) {
                parameters.set(spec.name, *spec.default_value);
            }
        }
        for (const auto& [own, number] : values) {
            parameters.set(own, number);
        }
        return entry.make(parameters);
    }
};

/// The draws of `rows` rows from one client of a fixed stream: rows x draws_per_counter
/// x lanes numbers.
inline model::Array draw_rows(const model::Noise& law, std::size_t rows) {
    const random::Stream stream{20240601, "noise", "tests"};
    model::Words first(rows * model::lanes);
    model::Words second(rows * model::lanes);
    model::Array draws(rows * law.draws_per_counter() * model::lanes);
    random::fill_words(stream, {}, rows, first.data(), second.data());
    law.transform(rows, first.data(), second.data(), draws.data());
    return draws;
}

/// The draws of given word pairs, one to a row of its own: first[k], second[k] give
/// result[k] (one draw per counter) or result[2k] and result[2k + 1].
inline std::vector<double> draw_pairs(const model::Noise& law,
                                      const std::vector<std::uint64_t>& first,
                                      const std::vector<std::uint64_t>& second) {
    const std::size_t per_counter = law.draws_per_counter();
    const std::size_t rows = first.size();
    model::Words first_rows(rows * model::lanes, 0);
    model::Words second_rows(rows * model::lanes, 0);
    model::Array draws(rows * per_counter * model::lanes);
    for (std::size_t k = 0; k < rows; ++k) {
        first_rows[k * model::lanes] = first[k];
        second_rows[k * model::lanes] = second[k];
    }
    law.transform(rows, first_rows.data(), second_rows.data(), draws.data());
    std::vector<double> result;
    for (std::size_t row = 0; row < rows * per_counter; ++row) {
        result.push_back(draws[row * model::lanes]);
    }
    return result;
}

}  // namespace tailrate::noises
