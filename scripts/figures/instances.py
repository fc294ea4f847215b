"""Slopes and floors of constant client clipping over problem instances."""

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure

import common
import wording
from common import STYLES
from result import Cell, Interval, Result
from wording import number

HETEROGENEITIES = (10.0, 30.0)
STYLE = STYLES["clipped_sgd"]


def thresholds(result: Result) -> list[float]:
    return sorted({cell.get("clip_threshold") for cell in result.cells})


def cells_of(result: Result, heterogeneity: float, threshold: float) -> list[Cell]:
    return result.select(problem_heterogeneity=heterogeneity, clip_threshold=threshold)


def draw_strip(
    axes: Axes, result: Result, heterogeneity: float, value: Callable[[Cell], Interval]
) -> None:
    """One mark an instance, beside each other in the order of their seeds; filled where
    the curve has reached its plateau."""
    for place, threshold in enumerate(thresholds(result)):
        cells = cells_of(result, heterogeneity, threshold)
        for k, cell in enumerate(cells):
            x = place + 0.6 * (k / max(len(cells) - 1, 1) - 0.5)
            filled = cell.regime == "plateau"
            point = [value(cell)]
            common.error_bars(axes, [x], point, STYLE, filled=filled, linestyle="none")
    axes.set_xticks(range(len(thresholds(result))))
    axes.set_xticklabels([f"{value:g}" for value in thresholds(result)])
    for place in range(1, len(thresholds(result))):
        axes.axvline(place - 0.5, color="#DDDDDD", linewidth=0.6)
    axes.set_xlabel("clipping threshold")


def draw(result: Result) -> tuple[Figure, str]:
    figure, axes = common.panels(2, 2.3, gap=0.25, rows=2, share_y=True)
    for k, heterogeneity in enumerate(HETEROGENEITIES):
        draw_strip(axes[k], result, heterogeneity, lambda cell: cell.slope)
        axes[k].axhline(0.0, color=common.FAINT, linewidth=0.6)
        draw_strip(axes[2 + k], result, heterogeneity, lambda cell: cell.final_typical)
    axes[2].set_yscale("log")
    common.decades(axes[2].yaxis)
    axes[0].set_ylabel("exponent, last 1.5 decades")
    axes[2].set_ylabel(f"squared error at t = {wording.power_of_ten(result.horizon)}")
    for one, letter, length in zip(
        axes, "abcd", HETEROGENEITIES * 2, strict=True
    ):
        common.panel(one, letter, f"residual gradients of length {length:g}")
    return figure, caption(result)


def caption(result: Result) -> str:
    lines = []
    for heterogeneity in HETEROGENEITIES:
        for threshold in thresholds(result):
            cells = cells_of(result, heterogeneity, threshold)
            slopes = [cell.slope.value for cell in cells]
            levels = [cell.final_typical.value for cell in cells]
            settled = sum(cell.regime == "plateau" for cell in cells)
            lines.append(
                f"| {heterogeneity:g} | {threshold:g} | {min(slopes):.2f} to "
                f"{max(slopes):.2f} | {number(min(levels))} to {number(max(levels))} | "
                f"{max(levels) / min(levels):.1f} | {settled} of {len(cells)} |"
            )
    return wording.caption_text(
        "A floor is a property of the instance",
        [
            "Norm clipping at the clients with constant thresholds over eight problem "
            f"instances ({result.seeds} seeds each), noise as in quickstart, residual "
            "gradients of length 10 (a, c) and 30 (b, d); one mark an instance, filled "
            "where its curve is a plateau (or bends into one within the window: a "
            "filled mark with a slope), bars 95 % intervals.",
            "Instances differ in nothing but their random directions, and yet in slope "
            "and floor, so neither number of a single instance is a property of the "
            "method.",
            "",
            "| residuals | threshold | slopes | typical error at the horizon | ratio | "
            "plateaus |",
            "|---|---|---|---|---|---|",
            *lines,
        ],
        result.experiment,
    )
