#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <iostream>

#include <fmt/core.h>

#include "app/commands.hpp"
#include "core/errors.hpp"
#include "core/registry.hpp"
#include "model/noise_field.hpp"
#include "storage/files.hpp"

namespace tailrate::app {
namespace {

using Entry = core::Entry<model::Noise>;

const Entry& find_law(const std::string& key) {
    const auto& laws = core::catalogue<model::Noise>();
    const auto found = laws.find(key);
    if (found == laws.end()) {
        std::vector<std::string> keys;
        std::string all;
        for (const auto& item : laws) {
            keys.emplace_back(item.first);
            all += (all.empty() ? "" : ", ") + keys.back();
        }
        throw core::InputError{"tailrate sample: there is no noise '" + key +
                               "'; there are " + all + core::suggestion(key, keys)};
    }
    return found->second;
}

/// The value of "name=text" by the entry's table.
double parse(const Entry& law, const std::string& name, const std::string& text) {
    const auto spec = std::find_if(law.parameters.begin(),
                                   law.parameters.end(),
                                   [&](const auto& row) { return row.name == name; });
    if (spec == law.parameters.end()) {
        throw core::InputError{"tailrate sample: " + std::string{law.key} + " has no " +
                               name};
    }
    double value = 0.0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size() ||
        !std::isfinite(value) || !spec->range.contains(value)) {
        throw core::InputError{"tailrate sample: " + name + " is '" + text +
                               "'; allowed: a number " + spec->range.text()};
    }
    return value;
}

std::shared_ptr<const model::Noise> make_law(const SampleOptions& options,
                                             const Entry& law) {
    core::Parameters parameters;
    for (const std::string& setting : options.parameters) {
        const std::size_t equals = setting.find('=');
        const std::string name = setting.substr(0, equals);
        parameters.set(name, parse(law, name, setting.substr(equals + 1)));
    }
    for (const core::ParameterSpec& spec : law.parameters) {
        if (parameters.has(spec.name)) {
            continue;
        }
        if (!spec.default_value) {
            throw core::InputError{"tailrate sample: " + std::string{law.key} +
                                   " needs " + std::string{spec.name} + " " +
                                   spec.range.text()};
        }
        parameters.set(spec.name, *spec.default_value);
    }
    try {
        return law.make(parameters);
    } catch (const core::ParameterError& error) {
        throw core::InputError{"tailrate sample: " + error.parameter() + ": " +
                               error.what()};
    }
}

}  // namespace

int sample(const SampleOptions& options) {
    const Entry& law = find_law(options.noise);
    if (static_cast<std::uint64_t>(options.seed) + model::lanes > random::seed_limit ||
        static_cast<std::uint64_t>(options.count) > random::call_limit) {
        throw core::InputError{
            "tailrate sample: seeds are below 4294967280 and draws below "
            "2^48"};
    }
    if (!options.output.empty() && std::filesystem::exists(options.output)) {
        throw core::InputError{"tailrate sample: " + options.output +
                               " is there and is not overwritten"};
    }
    model::NoiseField field{
        law.key, make_law(options, law), model::Joint::independent, 0, 1};
    const auto write = [&](std::ostream& out) {
        model::Array draws(model::lanes);
        for (std::int64_t call = 0; call < options.count && out; ++call) {
            field.draw(static_cast<std::uint64_t>(options.seed),
                       static_cast<std::uint64_t>(call),
                       {0, 1},
                       draws.data());
            out << fmt::format("{:.17g}\n", draws[0]);
        }
    };
    if (options.output.empty()) {
        write(std::cout);  // through stdout, which main looks after
    } else {
        storage::atomic_write(options.output, write);
    }
    return 0;
}

}  // namespace tailrate::app
