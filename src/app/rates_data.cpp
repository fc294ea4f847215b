#include "app/rates_data.hpp"

#include <fmt/format.h>

#include "app/csv.hpp"
#include "app/json.hpp"

namespace tailrate::app {
namespace {

using nlohmann::ordered_json;

ordered_json statement_json(const JudgedBound& judged) {
    const core::Bound& bound = judged.bound;
    return {{"kind", core::name(bound.kind)},
            {"about", core::name(bound.about)},
            {"exponent", number(bound.exponent)},
            {"exponent_up_to", number(bound.exponent_up_to)},
            {"from_iteration", number(bound.from_iteration)},
            {"is_ours", bound.is_ours},
            {"assumptions", bound.assumptions},
            {"source", bound.source},
            {"verdict", rates::name(judged.judgement.verdict)},
            {"reason", judged.judgement.reason}};
}

ordered_json theory_json(const FittedCell& cell) {
    ordered_json theory = ordered_json::array();
    for (const JudgedBound& judged : cell.theory) {
        theory.push_back(statement_json(judged));
    }
    return theory;
}

std::string csv_text(const ordered_json& value) {
    if (value.is_null()) {
        return "";
    }
    return value.is_string() ? csv_quoted(value.get<std::string>()) : value.dump();
}

}  // namespace

ordered_json to_json(const FittedCell& cell) {
    const rates::CellRates& r = cell.rates;
    return {{"label", cell.label},
            {"algorithm", cell.algorithm},
            {"mse_moment", rates::name(cell.moment)},
            {"exponent", number(r.exponent)},
            {"exponent_ci", interval(r.exponent_ci)},
            {"exponent_reason", rates::name(r.reason)},
            {"exponent_geo", number(r.exponent_geo)},
            {"exponent_geo_ci", interval(r.exponent_geo_ci)},
            {"regime", rates::name(r.regime)},
            {"regime_reason", r.regime_reason},
            {"judged_by", r.judged_by == rates::Statistic::mean ? "mean" : "geo"},
            {"is_rate", r.is_rate},
            {"early_exponent", number(r.early_exponent)},
            {"late_exponent", number(r.late_exponent)},
            {"curvature", number(r.curvature)},
            {"curvature_ci", interval(r.curvature_ci)},
            {"final_mean", number(r.final_mean)},
            {"final_mean_ci", interval(r.final_mean_ci)},
            {"final_geo", number(r.final_geo)},
            {"final_geo_ci", interval(r.final_geo_ci)},
            {"hill", number(r.hill)},
            {"largest_share", number(r.largest_share)},
            {"diverged_seeds", r.diverged_seeds},
            {"knee", number(cell.knee)},
            {"theory", theory_json(cell)}};
}

std::string to_csv(const std::vector<FittedCell>& cells) {
    std::string text;
    for (const FittedCell& cell : cells) {
        std::string head;
        std::string row;
        const ordered_json object = to_json(cell);
        for (const auto& [name, value] : object.items()) {
            const char* comma = head.empty() ? "" : ",";
            head += comma;
            row += comma;
            if (name == "theory") {
                head += name;
                row += csv_quoted(value.dump());
            } else if (value.is_array()) {
                head += fmt::format("{0}_lower,{0}_upper", name);
                row += csv_text(value[0]) + "," + csv_text(value[1]);
            } else {
                head += name;
                row += csv_text(value);
            }
        }
        if (text.empty()) {
            text.append(head).append("\n");
        }
        text.append(row).append("\n");
    }
    return text;
}

}  // namespace tailrate::app
