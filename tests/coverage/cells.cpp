#include "coverage/cells.hpp"

#include <utility>

#include <fmt/core.h>

#include "core/contracts.hpp"

namespace tailrate::coverage {
namespace {

std::string quadratic(double condition_number, double heterogeneity = 3.0) {
    return fmt::format(
        "{{kind: quadratic, clients: 5, dimension: 5, condition_number: {}, "
        "heterogeneity: {}, initial_distance: 10, rotation: none}}",
        condition_number,
        heterogeneity);
}

/// 1/(t+1) at condition number 1. At others a shift keeps the first steps stable, and a
/// scale of 2 makes the initial error fall below the noise before the window at 10
/// (with 1/(t+1+shift) it would fill the window; at 100 it does for any scale).
HarmonicStep sgd_step(double condition_number) {
    return condition_number == 1.0 ? HarmonicStep{1.0, 0.0}
                                   : HarmonicStep{2.0, condition_number};
}

CellText sgd(double condition_number) {
    const HarmonicStep step = sgd_step(condition_number);
    return {
        .name = fmt::format("sgd k{}", condition_number),
        .problem = quadratic(condition_number),
        .method = fmt::format(
            "{{kind: sgd, step: {{scale: {}, shift: {}}}}}", step.scale, step.shift)};
}

/// eta = 2/t^0.2, beta = 0.5/t^0.5, phi = 3/t^0.5, theta = 2 t^0.3.
CellText sclip_ef(double condition_number, double power = 0.2) {
    return {.name = fmt::format("sclip_ef k{}", condition_number),
            .problem = quadratic(condition_number),
            .method = fmt::format("{{kind: sclip_ef, step: {{scale: 2, power: {}}}, "
                                  "weight: 0.5, clip_scale: 3, clip_threshold: 2}}",
                                  power)};
}

CellText clipped(std::string name,
                 std::string problem,
                 double threshold,
                 double growth,
                 HarmonicStep step) {
    return {
        .name = std::move(name),
        .problem = std::move(problem),
        .method = fmt::format("{{kind: clipped_sgd, clip: norm, clip_threshold: {}, "
                              "threshold_growth: {}, step: {{scale: {}, shift: {}}}}}",
                              threshold,
                              growth,
                              step.scale,
                              step.shift)};
}

CellText growing(double condition_number) {
    return clipped(fmt::format("clip growing k{}", condition_number),
                   quadratic(condition_number),
                   3.0,
                   0.3,
                   sgd_step(condition_number));
}

std::vector<CellText> clipped_cells() {
    CellText travelling =
        clipped("clip 1 travelling", quadratic(1.0), 1.0, 0.0, {1.0, 0.0});
    travelling.is_travelling = true;
    return {std::move(travelling),
            clipped("clip 10 plateau", quadratic(1.0, 10.0), 10.0, 0.0, {1.0, 0.0}),
            growing(1.0)};
}

Family with_clipped(Family family) {
    for (CellText& cell : clipped_cells()) {
        family.cells.push_back(std::move(cell));
    }
    return family;
}

CellText exact_sgd(double condition_number) {
    CellText cell = sgd(condition_number);
    cell.exact_step = sgd_step(condition_number);
    return cell;
}

}  // namespace

std::vector<Family> interval_families() {
    const std::vector<CellText> heavy{sgd(1.0), sclip_ef(1.0), sclip_ef(10.0)};
    return {with_clipped(
                {"gaussian",
                 "{kind: gaussian}",
                 {exact_sgd(1.0), exact_sgd(10.0), sclip_ef(1.0), sclip_ef(10.0)}}),
            with_clipped({"t1.5", "{kind: student_t, tail_index: 1.5}", heavy}),
            with_clipped({"stable1.5", "{kind: stable, tail_index: 1.5}", heavy})};
}

std::vector<Family> gate_families() {
    std::vector<CellText> cells;
    for (const double condition_number : {1.0, 10.0, 100.0}) {
        cells.push_back(sgd(condition_number));
        cells.push_back(sclip_ef(condition_number));
        cells.push_back(growing(condition_number));
    }
    return {{"gaussian", "{kind: gaussian}", cells},
            {"t1.5", "{kind: student_t, tail_index: 1.5}", cells},
            {"t2.5", "{kind: student_t, tail_index: 2.5}", cells},
            {"stable1.5", "{kind: stable, tail_index: 1.5}", cells},
            // Of which some seeds diverge, and others do not.
            {"t0.7", "{kind: student_t, tail_index: 0.7}", {sgd(1.0)}}};
}

Family slower_cells() {
    constexpr double slower = 0.16;
    return {"t1.5",
            "{kind: student_t, tail_index: 1.5}",
            {sclip_ef(1.0, slower), sclip_ef(10.0, slower)}};
}

plan::Study make_study(const Family& family, std::int64_t seeds) {
    std::string text =
        "schema: 1\nname: coverage\nhorizon: 1e4\nnoise: " + family.noise +
        "\nparts:\n";
    for (const CellText& cell : family.cells) {
        text +=
            "  - {problem: " + cell.problem + ",\n     method: " + cell.method + "}\n";
    }
    plan::Study study{
        plan::parse(text,
                    family.name,
                    ".",
                    {.set = {},
                     .seeds = seeds,
                     .first_seed = plan::first_seed(plan::SeedRange::study)})};
    TAILRATE_ENSURES(study.experiment().cells.size() == family.cells.size());
    return study;
}

}  // namespace tailrate::coverage
