#include "plan/settings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/errors.hpp"
#include "metrics/metrics.hpp"
#include "plan/kinds.hpp"

namespace tailrate::plan {
namespace {

using core::ParameterSpec;
using core::ValueType;

ParameterSpec integer_spec(std::string_view name, double lowest, double highest) {
    return {.name = name,
            .type = ValueType::integer,
            .range = {.lowest = lowest, .highest = highest},
            .meaning = {}};
}

constexpr double unlimited = std::numeric_limits<double>::infinity();

const Node& require(const Outline& outline,
                    std::string_view key,
                    std::string_view allowed) {
    const Node* node = outline.settings.find(key);
    if (node == nullptr) {
        fail(outline.begin, fmt::format("{} is missing; allowed: {}", key, allowed));
    }
    return *node;
}

void read_integer(const Outline& outline,
                  const ParameterSpec& spec,
                  std::int64_t& value) {
    if (const Node* node = outline.settings.find(spec.name)) {
        value = std::get<std::int64_t>(read_value(*node, spec, spec.name));
    }
}

bool is_name(std::string_view text) {
    const auto is_allowed = [](char letter) {
        return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
               (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
    };
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), is_allowed);
}

std::string read_name(const Outline& outline) {
    constexpr std::string_view allowed = "1 to 64 of A-Z, a-z, 0-9, _ and -";
    const Node& node = require(outline, "name", allowed);
    if (!is_name(node.text)) {
        fail(node.place,
             fmt::format("name: {}; allowed: {}", described(node), allowed));
    }
    return node.text;
}

std::string read_description(const Outline& outline) {
    const Node* node = outline.settings.find("description");
    if (node == nullptr || node->kind == NodeKind::null) {
        return {};
    }
    const bool is_scalar =
        node->kind == NodeKind::plain || node->kind == NodeKind::quoted;
    if (!is_scalar || node->text.find_first_of("\n\r\t") != std::string::npos) {
        fail(node->place,
             fmt::format("description: {}; allowed: one line of text",
                         is_scalar ? "several lines" : described(*node)));
    }
    return node->text;
}

std::vector<std::string> metric_names() {
    std::vector<std::string> names;
    for (const metrics::Metric& metric : metrics::all_metrics()) {
        names.emplace_back(metric.name);
    }
    return names;
}

void check_metric(const Node& node, const std::vector<std::string>& known) {
    const bool is_scalar =
        node.kind == NodeKind::plain || node.kind == NodeKind::quoted;
    if (!is_scalar || std::find(known.begin(), known.end(), node.text) == known.end()) {
        fail(node.place,
             fmt::format("unknown metric {}; allowed: {}{}",
                         described(node),
                         joined(known),
                         core::suggestion(node.text, known)));
    }
}

/// In the order of metrics::all_metrics(), squared_error always among them.
std::vector<std::string> read_metrics(const Outline& outline) {
    const std::vector<std::string> known = metric_names();
    const Node* node = outline.settings.find("metrics");
    if (node == nullptr) {
        return {known.front()};
    }
    if (node->kind != NodeKind::list || node->items.empty()) {
        const bool is_list = node->kind == NodeKind::list;
        fail(node->place,
             fmt::format("metrics: {}; allowed: a list of one or more of {}",
                         is_list ? "an empty list" : described(*node),
                         joined(known)));
    }
    std::vector<const Node*> asked(known.size(), nullptr);
    for (const Node& item : node->items) {
        check_metric(item, known);
        const auto place =
            std::find(known.begin(), known.end(), item.text) - known.begin();
        const Node*& first = asked[static_cast<std::size_t>(place)];
        if (first != nullptr) {
            fail(item.place,
                 fmt::format("metric {} is twice in the list; it is already at {}",
                             item.text,
                             to_text(first->place)));
        }
        first = &item;
    }
    std::vector<std::string> metrics;
    for (std::size_t k = 0; k < known.size(); ++k) {
        if (k == 0 || asked[k] != nullptr) {
            metrics.push_back(known[k]);
        }
    }
    return metrics;
}

void read_keep(const Outline& outline, Experiment& experiment) {
    const ParameterSpec spec{.name = "keep",
                             .type = ValueType::choice,
                             .choices = {"seeds", "summary"},
                             .meaning = {}};
    if (const Node* node = outline.settings.find(spec.name)) {
        const core::Value value = read_value(*node, spec, spec.name);
        experiment.keep =
            std::get<std::string>(value) == "summary" ? Keep::summary : Keep::seeds;
    }
}

/// Fails where `map` is none, and at a key of it that is none of `keys`.
void check_keys(const Node& map,
                const std::vector<std::string>& keys,
                std::string_view name) {
    if (map.kind != NodeKind::map) {
        fail(map.place,
             fmt::format("{}: {} where a map belongs; allowed keys: {}",
                         name,
                         described(map),
                         joined(keys)));
    }
    for (const Member& member : map.members) {
        if (std::find(keys.begin(), keys.end(), member.key) == keys.end()) {
            fail(member.place,
                 fmt::format("unknown key {} in {}; allowed: {}{}",
                             shown(member.key),
                             name,
                             joined(keys),
                             core::suggestion(member.key, keys)));
        }
    }
}

void read_rates(const Outline& outline, Experiment& experiment) {
    const Node* rates = outline.settings.find("rates");
    if (rates == nullptr) {
        return;
    }
    check_keys(*rates, {"window_decades"}, "rates");
    const ParameterSpec spec{.name = "window_decades",
                             .range = {.lowest = 0.3, .highest = 6.0},
                             .meaning = {}};
    for (const Member& member : rates->members) {
        experiment.window_decades =
            std::get<double>(read_value(member.value, spec, "rates.window_decades"));
    }
}

std::int64_t tuning_integer(const Node& map,
                            const std::string& key,
                            double lowest,
                            double highest) {
    const ParameterSpec spec = integer_spec(key, lowest, highest);
    const Node* value = map.find(key);
    if (value == nullptr) {
        fail(
            map.place,
            fmt::format("tuning: {} is missing; allowed: {}", key, allowed_text(spec)));
    }
    return std::get<std::int64_t>(read_value(*value, spec, "tuning." + key));
}

/// The seeds that it names are of the tuning range.
void read_tuning(const Outline& outline, Experiment& experiment) {
    const Node* node = outline.settings.find("tuning");
    if (node == nullptr) {
        return;
    }
    check_keys(*node, {"first_seed", "seeds"}, "tuning");
    constexpr std::int64_t first = first_seed(SeedRange::tuning);
    constexpr std::int64_t last = first + seeds_per_range - 1;
    Tuning tuning;
    tuning.first_seed = tuning_integer(
        *node, "first_seed", static_cast<double>(first), static_cast<double>(last));
    tuning.seeds =
        tuning_integer(*node, "seeds", 1.0, static_cast<double>(seeds_per_range));
    if (tuning.seeds - 1 > last - tuning.first_seed) {
        fail(node->find("seeds")->place,
             fmt::format("tuning.seeds: {} seeds from {} on leave the range of tuning; "
                         "allowed: an integer in [1, {}]",
                         tuning.seeds,
                         tuning.first_seed,
                         last - tuning.first_seed + 1));
    }
    experiment.tuning = tuning;
}

}  // namespace

void read_settings(const Outline& outline, Experiment& experiment) {
    require(outline, "schema", std::to_string(schema_version));
    experiment.name = read_name(outline);
    experiment.description = read_description(outline);
    const ParameterSpec horizon = integer_spec("horizon", 1.0, 1e12);
    require(outline, horizon.name, allowed_text(horizon));
    read_integer(outline, horizon, experiment.horizon);
    read_integer(
        outline, integer_spec("master_seed", 0.0, unlimited), experiment.master_seed);
    read_integer(outline, integer_spec("seeds", 1.0, 1e9), experiment.seeds);
    read_integer(outline,
                 integer_spec("points_per_decade", 1.0, 100.0),
                 experiment.points_per_decade);
    experiment.metrics = read_metrics(outline);
    read_keep(outline, experiment);
    read_rates(outline, experiment);
    read_tuning(outline, experiment);
}

}  // namespace tailrate::plan
