#include <nlohmann/json.hpp>

#include "app/compare.hpp"
#include "app/json.hpp"

namespace tailrate::app {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const Compared& cell, rates::Standing standing) {
    const bool is_trusted = cell.moment == rates::MomentClass::finite;
    const rates::Level mean = is_trusted ? cell.errors.mean : rates::Level{};
    return {{"cell", cell.cell},
            {"label", cell.label},
            {"algorithm", cell.algorithm},
            {"verdict", rates::name(standing)},
            {"iteration", cell.iteration},
            {"oracle_calls", cell.calls},
            {"geometric_error", number(cell.errors.geometric.value)},
            {"geometric_error_ci", interval(cell.errors.geometric.ci)},
            {"mse_moment", rates::name(cell.moment)},
            {"mean_error", number(mean.value)},
            {"mean_error_ci", interval(mean.ci)},
            {"diverged_seeds", cell.errors.diverged},
            {"calls_to_accuracy",
             cell.calls_to_accuracy ? ordered_json(*cell.calls_to_accuracy)
                                    : ordered_json(nullptr)},
            {"horizon_calls", cell.horizon_calls}};
}

ordered_json to_json(const rates::Pair& pair, const std::vector<Compared>& cells) {
    return {{"a", cells[pair.a].cell},
            {"b", cells[pair.b].cell},
            {"ratio", number(pair.ratio)},
            {"ratio_ci", interval(pair.ratio_ci)},
            {"a_wins", pair.a_wins.value},
            {"a_wins_ci", interval(pair.a_wins.ci)},
            {"test", rates::name(pair.test)},
            {"p", number(pair.p)},
            {"p_holm", number(pair.p_holm)}};
}

ordered_json to_json(const ComparedGroup& group) {
    const std::size_t leader = group.result.leader();
    ordered_json json{{"problem", group.problem},
                      {"network", group.network},
                      {"noise", group.noise},
                      {"condition_number", number(group.condition_number)},
                      {"accuracy", number(group.accuracy)},
                      {"leader", group.cells[leader].cell},
                      {"methods", ordered_json::array()},
                      {"pairs", ordered_json::array()}};
    for (const std::size_t k : group.result.order) {
        json["methods"].push_back(to_json(group.cells[k], group.result.standings[k]));
    }
    for (const rates::Pair& pair : group.result.pairs) {
        json["pairs"].push_back(to_json(pair, group.cells));
    }
    return json;
}

}  // namespace

std::string compare_json(const ComparedFile& file) {
    ordered_json json{{"schema", "tailrate.compare/1"},
                      {"file", file.path},
                      {"content_sha256", file.digest},
                      {"metric", "squared_error"},
                      {"budget", file.budget},
                      {"first_seed", file.seeds.front()},
                      {"seeds", file.seeds.size()},
                      {"family_error", compare_error},
                      {"groups", ordered_json::array()},
                      {"alone", file.alone}};
    for (const ComparedGroup& group : file.groups) {
        json["groups"].push_back(to_json(group));
    }
    return json.dump(2) + "\n";
}

}  // namespace tailrate::app
