"""Exponent and final error against the tail index, with the lines of theory."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import common
import wording
from common import STYLES, EndLabel
from result import Cell, Result, final_ratio
from wording import number, verdict, with_interval

METHODS = ("clip21", "sclip_ef", "sgd", "clipped_sgd")
NOTES = {"sgd": ", typical run", "clipped_sgd": " 10"}
PROVEN = 0.4  # the exponents proven for SClip-EF lie below


def line_of_sclip(p: np.ndarray) -> np.ndarray:
    return 0.4 + 0.3 * p


def line_of_sgd(p: np.ndarray) -> np.ndarray:
    return 2.0 * (p - 1.0) / p


def cells_of(result: Result, algorithm: str) -> list[Cell]:
    cells = result.select(algorithm=algorithm)
    return sorted(cells, key=lambda cell: cell.get("tail_index"))


def tail_indices(cells: list[Cell]) -> list[float]:
    return [cell.get("tail_index") for cell in cells]


def draw_exponents(axes: Axes, result: Result) -> None:
    p = np.linspace(1.0, 2.0, 101)
    axes.axhspan(0.0, PROVEN, color="#dddddd", linewidth=0)
    axes.text(1.985, 0.385, "proven for SClip-EF", fontsize=7, ha="right", va="top")
    for line, algorithm in ((line_of_sclip, "sclip_ef"), (line_of_sgd, "sgd")):
        colour = STYLES[algorithm].colour
        axes.plot(p, line(p), color=colour, linestyle=(0, (5, 2)), linewidth=0.7)
    labels = []
    for algorithm in METHODS:
        cells, style = cells_of(result, algorithm), STYLES[algorithm]
        slopes = [cell.slope for cell in cells]
        filled = slopes[-1].statistic == "MSE"
        common.error_bars(
            axes, tail_indices(cells), slopes, style, filled=filled, linestyle="none"
        )
        name = style.name + NOTES.get(algorithm, "")
        place = cells[-1].get("tail_index")
        labels.append(EndLabel(place, slopes[-1].value, name, style.colour))
    common.label_ends(axes, labels)
    axes.text(1.02, 0.80, "0.4 + 0.3 p", color=STYLES["sclip_ef"].colour, fontsize=7)
    axes.text(1.42, 0.52, "2(p − 1)/p", color=STYLES["sgd"].colour, fontsize=7)
    axes.set_ylim(-0.1, 1.15)
    axes.set_ylabel("exponent over the last 1.5 decades")


def draw_levels(axes: Axes, result: Result) -> None:
    labels = []
    for algorithm in METHODS:
        cells, style = cells_of(result, algorithm), STYLES[algorithm]
        levels = [cell.final_typical for cell in cells]
        filled = cells[-1].slope.statistic == "MSE"
        common.error_bars(axes, tail_indices(cells), levels, style, filled=filled)
        end = EndLabel(
            cells[-1].get("tail_index"), levels[-1].value, style.name, style.colour
        )
        labels.append(end)
    axes.set_yscale("log")
    common.decades(axes.yaxis)
    common.label_ends(axes, labels)
    axes.set_ylabel(f"squared error at t = {wording.power_of_ten(result.horizon)}")


def draw(result: Result) -> tuple[Figure, str]:
    figure, (left, right) = common.panels(2, 2.9, gap=1.5, right=0.75)
    for axes in (left, right):
        axes.set_xlim(1.0, 2.0)
        axes.set_xlabel("tail index p of the noise")
    draw_exponents(left, result)
    draw_levels(right, result)
    common.panel(left, "a", "how fast")
    common.panel(right, "b", "how far")
    return figure, caption(result)


def caption(result: Result) -> str:
    sclip, sgd, norm, clip21 = (
        cells_of(result, name) for name in ("sclip_ef", "sgd", "clipped_sgd", "clip21")
    )
    p = np.array(tail_indices(sclip))
    above = np.array([cell.slope.value for cell in sclip]) - line_of_sclip(p)
    typical = np.array([cell.slope.value for cell in sgd]) - line_of_sgd(p)
    flat = [cell.slope.value for cell in norm]
    fast = [cell.slope.value for cell in clip21]
    factors = [final_ratio(a, b) for a, b in zip(sclip, clip21, strict=True)]
    words = {verdict(final_ratio(a, b)) for a, b in zip(clip21, sclip, strict=True)}
    rates = sum(cell.slope.is_rate for cell in sclip)
    return wording.caption_text(
        "The exponent of SClip-EF follows 0.4 + 0.3 p, above what is proven",
        [
            f"Student t noise of equal scale at every client, {result.seeds} seeds, "
            "residual gradients of length 10; bars are 95 % intervals.",
            "(a) Filled marks are exponents of the mean squared error, open ones of "
            "the typical run, because the mean squared error of unclipped SGD is "
            "infinite below p = 2; dashed lines are 0.4 + 0.3 p and 2(p-1)/p, grey is "
            "the proven range (0, 0.4).",
            f"SClip-EF goes from {with_interval(sclip[0].slope)} at p = {p[0]:g} to "
            f"{with_interval(sclip[-1].slope)} at p = {p[-1]:g} "
            f"({rates} of {len(sclip)} cells are straight enough to be called rates), "
            f"between {above.min():+.2f} and {above.max():+.2f} of its line; the "
            f"typical run of SGD stays between {typical.min():+.2f} and "
            f"{typical.max():+.2f} of its own (largest shortfalls at "
            f"p = {p[int(np.argmin(above))]:g} and {p[int(np.argmin(typical))]:g}).",
            "(b) Typical error (geometric mean over seeds) at the horizon.",
            "What does not fit the story: Clip21 "
            + " / ".join(sorted(words))
            + f" SClip-EF, with exponents {min(fast):.2f} to {max(fast):.2f} at every "
            "tail index and errors smaller by a factor of "
            f"{min(f.value for f in factors):.1f} to "
            f"{max(f.value for f in factors):.1f}.",
            "Norm clipping at the constant threshold 10 has reached its floor (slopes "
            f"{min(flat):.2f} to {max(flat):.2f}, level "
            f"{number(norm[0].final_typical.value)} to "
            f"{number(norm[-1].final_typical.value)}) whatever the tail; it is below "
            "the longest residual gradient "
            f"({number(norm[0].fact('max_residual_norm'))}), and clip_threshold shows "
            "that above it equal noise leaves no floor.",
        ],
        result.experiment,
    )
