#include "rates/theory.hpp"

#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace tailrate::rates {
namespace {

using core::Bound;
using core::BoundKind;
using core::Quantity;

Judgement not_comparable(std::string reason) {
    return {TheoryVerdict::not_comparable, std::move(reason)};
}

/// Why the exponent of the mean was not fitted; empty where it was.
std::string missing_mean(const CellRates& cell) {
    switch (cell.reason) {
        case Reason::infinite_mse:
            return "the mean squared error is infinite";
        case Reason::diverged:
            return "a seed diverged";
        case Reason::few_seeds:
            return "too few seeds for an interval of the mean";
        case Reason::short_window:
            return "the window has too few checkpoints";
        case Reason::caution:
        case Reason::ok:
            break;
    }
    return {};
}

/// Why the quantity of the statement has no exponent here; empty where it has.
std::string missing_exponent(const Bound& bound, const CellRates& cell) {
    switch (bound.about) {
        case Quantity::gap:
            return "it is about the optimality gap, exponents are of the squared error";
        case Quantity::averaged_iterate:
            return "it is about the averaged iterate, exponents are of the last one";
        case Quantity::mse:
            return missing_mean(cell);
        case Quantity::typical_run:
            break;
    }
    if (std::isnan(cell.exponent_geo_ci.lower)) {
        return "the typical run has no interval";
    }
    return cell.judged_by == Statistic::geo
               ? std::string{}
               : "it is about the typical run, the regime about the mean";
}

Judgement judge_floor(const CellRates& cell) {
    if (cell.regime == Regime::plateau) {
        return {TheoryVerdict::consistent, "a floor is foretold and a plateau seen"};
    }
    return not_comparable(
        fmt::format("the floor may lie below these errors: {}", cell.regime_reason));
}

Judgement judge_plateau(const Bound& bound) {
    if (bound.kind == BoundKind::at_most) {
        return {TheoryVerdict::consistent, "a plateau is not faster"};
    }
    if (bound.exponent < smallest_comparable) {
        return not_comparable(
            "a plateau, an exponent below 0.1, does not contradict one below 0.2");
    }
    return {TheoryVerdict::slower_than_proven,
            "a plateau so far: look at a longer horizon"};
}

/// Only straight, converging cells have a rate.
std::optional<Judgement> judge_regime(const Bound& bound, const CellRates& cell) {
    if (bound.exponent == 0.0 && bound.kind != BoundKind::at_least) {
        return judge_floor(cell);
    }
    if (cell.regime == Regime::plateau) {
        return judge_plateau(bound);
    }
    if (cell.regime != Regime::converging) {
        return not_comparable(
            fmt::format("{}: {}", name(cell.regime), cell.regime_reason));
    }
    if (!cell.is_rate) {
        return not_comparable(
            std::isnan(cell.curvature_ci.lower)
                ? "not known to be straight: the halves of the window are too short"
                : fmt::format(
                      "not known to be straight: the curvature lies in [{:.2f}, "
                      "{:.2f}], beyond 0.1",
                      cell.curvature_ci.lower,
                      cell.curvature_ci.upper));
    }
    return std::nullopt;
}

/// Above the exponent of the statement.
Judgement judge_faster(const Bound& bound, const std::string& seen, double lower) {
    const bool is_open = bound.exponent_up_to > bound.exponent;
    if (bound.kind == BoundKind::at_least &&
        (!is_open || lower > bound.exponent_up_to)) {
        return {TheoryVerdict::faster_than_proven,
                seen + " lies above: the bound is not attained here"};
    }
    if (bound.kind == BoundKind::at_least) {
        return not_comparable(seen +
                              ": which exponent is proven here is not known, so "
                              "it is neither confirmed nor contradicted");
    }
    if (is_open && lower <= bound.exponent_up_to) {
        return not_comparable(
            seen + fmt::format(" lies above: terms of up to {:.3g} may still count",
                               bound.exponent_up_to));
    }
    return {TheoryVerdict::faster_than_possible,
            seen + " lies above: a bug until explained"};
}

}  // namespace

Judgement judge(const Bound& bound, const CellRates& cell) {
    if (std::string missing = missing_exponent(bound, cell); !missing.empty()) {
        return not_comparable(std::move(missing));
    }
    if (static_cast<double>(cell.window_start) < bound.from_iteration) {
        return not_comparable(
            fmt::format("the window starts at t = {}, it holds from t = {:.0f} on",
                        cell.window_start,
                        std::ceil(bound.from_iteration)));
    }
    if (std::optional<Judgement> regime = judge_regime(bound, cell)) {
        return *std::move(regime);
    }
    const bool is_mean = bound.about == Quantity::mse;
    const Interval ci = is_mean ? cell.exponent_ci : cell.exponent_geo_ci;
    const double lower = ci.lower - theory_slack;
    const double upper = ci.upper + theory_slack;
    std::string seen = fmt::format("[{:.3f}, {:.3f}]", lower, upper);
    if (is_mean && cell.reason == Reason::caution) {
        seen += " (interval of the mean doubtful)";
    }
    if (lower > bound.exponent) {
        return judge_faster(bound, seen, lower);
    }
    if (upper < bound.exponent && bound.kind != BoundKind::at_most) {
        return {TheoryVerdict::slower_than_proven,
                seen + " lies below: look at a longer horizon"};
    }
    const bool is_set =
        bound.kind == BoundKind::at_least && bound.exponent_up_to > bound.exponent;
    return is_set ? judge_faster(bound, seen, lower)
                  : Judgement{TheoryVerdict::consistent,
                              seen + (upper < bound.exponent ? " is not faster"
                                                             : " contains it")};
}

}  // namespace tailrate::rates
