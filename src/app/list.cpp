#include <algorithm>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "core/registry.hpp"
#include "model/method.hpp"
#include "model/network.hpp"
#include "model/noise.hpp"
#include "model/problem.hpp"

namespace tailrate::app {
namespace {

using nlohmann::ordered_json;

struct Row {
    std::string_view key, summary, source;
    int version;
};

struct Catalogue {
    std::string_view name;
    std::vector<Row> rows;
};

template <class Interface>
Catalogue rows_of(std::string_view name) {
    Catalogue result{name, {}};
    for (const auto& [key, entry] : core::catalogue<Interface>()) {
        result.rows.push_back({key, entry.summary, entry.source, entry.version});
    }
    return result;
}

void print(const Catalogue& catalogue) {
    fmt::print("{}\n", catalogue.name);
    std::size_t width = 0;
    for (const Row& row : catalogue.rows) {
        width = std::max(width, row.key.size());
    }
    for (const Row& row : catalogue.rows) {
        fmt::print("  {:<{}}  {}\n  {:<{}}    {}\n",
                   row.key,
                   width,
                   row.summary,
                   "",
                   width,
                   row.source);
    }
}

ordered_json to_json(const Catalogue& catalogue) {
    ordered_json rows = ordered_json::array();
    for (const Row& row : catalogue.rows) {
        rows.push_back({{"key", row.key},
                        {"summary", row.summary},
                        {"source", row.source},
                        {"version", row.version}});
    }
    return rows;
}

}  // namespace

int list(const ListOptions& options) {
    ordered_json json;
    for (const Catalogue& catalogue : {rows_of<model::Method>("methods"),
                                       rows_of<model::Noise>("noises"),
                                       rows_of<model::Problem>("problems"),
                                       rows_of<model::Network>("networks")}) {
        if (!options.catalogue.empty() && options.catalogue != catalogue.name) {
            continue;
        }
        if (options.is_json) {
            json[std::string{catalogue.name}] = to_json(catalogue);
        } else {
            print(catalogue);
        }
    }
    if (options.is_json) {
        fmt::print("{}\n", json.dump(2));
    }
    return 0;
}

}  // namespace tailrate::app
