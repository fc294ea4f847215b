"""Final error against the clipping threshold, three horizons read off one run."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import common
import wording
from common import STYLES, EndLabel, Style
from result import Cell, Interval, MissingCell, Result, final_ratio, t_quantile
from wording import number

# (letter, title, heterogeneity, client spread of the noise)
PANELS = (
    ("a", "costs and noise differ", 30.0, 30.0),
    ("b", "only costs differ", 30.0, 1.0),
    ("c", "only noise differs", 0.0, 30.0),
)
WIDTHS = {1_000: 0.5, 10_000: 0.9, 100_000: 1.5}  # thicker with the horizon
LAST = 100_000
METHODS = {
    "clipped_sgd": {"algorithm": "clipped_sgd", "clip": "norm"},
    "sclip_ef": {"algorithm": "sclip_ef"},
    "growing_clip": {"algorithm": "clipped_sgd", "clip": "component"},
    "clip21": {"algorithm": "clip21"},
}
AT_ALL_HORIZONS = ("clipped_sgd", "sclip_ef")


def typical_error(cell: Cell, t: int) -> Interval:
    """Geometric mean over seeds at checkpoint `t` with its 95 % interval."""
    logs = np.log(cell.runs()[:, cell.result.index(t)])
    half = t_quantile(len(logs)) * float(logs.std(ddof=1)) / math.sqrt(len(logs))
    middle = float(logs.mean())
    return Interval(*(math.exp(middle + k * half) for k in (0, -1, 1)))


def cells_of(result: Result, method: str, panel: str) -> list[Cell]:
    """In the order of their thresholds."""
    _, _, heterogeneity, spread = next(one for one in PANELS if one[0] == panel)
    cells = result.select(
        problem_heterogeneity=heterogeneity,
        noise_client_spread=spread,
        **METHODS[method],
    )
    if not cells:
        raise MissingCell(f"{result.path}: no {method} for panel {panel}")
    return sorted(cells, key=threshold)


def threshold(cell: Cell) -> float:
    return float(cell.get("clip_threshold"))


def best(cells: list[Cell], t: int) -> Cell:
    return min(cells, key=lambda cell: typical_error(cell, t).value)


def draw_horizon(axes: Axes, cells: list[Cell], style: Style, t: int) -> None:
    """The best threshold is the filled mark."""
    values = [typical_error(cell, t).value for cell in cells]
    axes.plot(
        [threshold(cell) for cell in cells],
        values,
        color=style.colour,
        linestyle=style.line if t == LAST else "-",
        linewidth=WIDTHS[t],
        marker=style.marker,
        markersize=3.5 if t == LAST else 2.2,
        markeredgewidth=0.8,
        markerfacecolor="white",
    )
    k = int(np.argmin(values))
    axes.plot(
        [threshold(cells[k])], [values[k]], color=style.colour, marker=style.marker
    )


def draw_method(axes: Axes, cells: list[Cell], method: str) -> EndLabel:
    style = STYLES[method]
    for t in WIDTHS if method in AT_ALL_HORIZONS else (LAST,):
        draw_horizon(axes, cells, style, t)
    ends = [[cell.quantile(q)[-1] for cell in cells] for q in (0.1, 0.9)]
    axes.fill_between(
        [threshold(cell) for cell in cells],
        *ends,
        color=style.colour,
        alpha=0.15,
        linewidth=0,
    )
    end = typical_error(cells[-1], LAST).value
    return EndLabel(threshold(cells[-1]), end, style.name, common.dark(style.colour))


def mark_residual(axes: Axes, cell: Cell) -> None:
    length = cell.fact("max_residual_norm")
    if length > 0.0:
        axes.axvline(length, color=common.FAINT, linewidth=0.7, linestyle=(0, (5, 2)))
        axes.text(length * 1.12, 40.0, "longest\nresidual", fontsize=7, va="center")


def draw(result: Result) -> tuple[Figure, str]:
    if result.horizon != LAST:
        raise MissingCell(f"{result.path}: the horizon is not {LAST}")
    figure, row = common.panels(3, 3.1, gap=0.2, right=0.8, share_y=True)
    for axes, (letter, title, _, _) in zip(row, PANELS, strict=True):
        common.log_log(axes)
        axes.set_xlim(0.8, 1250)
        axes.set_ylim(1e-6, 1e2)
        axes.set_xlabel("clipping threshold")
        common.panel(axes, letter, title)
        labels = [
            draw_method(axes, cells_of(result, method, letter), method)
            for method in METHODS
        ]
        mark_residual(axes, cells_of(result, "sclip_ef", letter)[0])
    row[0].set_ylabel("squared error (typical run)")
    common.label_ends(row[-1], labels)
    lines = [Line2D([], [], color=common.INK, linewidth=w) for w in WIDTHS.values()]
    names = [f"t = {wording.power_of_ten(t)}" for t in WIDTHS]
    row[-1].legend(lines, names, frameon=False, fontsize=7, loc="upper right")
    return figure, caption(result)


def described(cells: list[Cell]) -> str:
    """Best threshold and its error at each horizon."""
    parts = []
    for t in WIDTHS:
        cell = best(cells, t)
        value = number(typical_error(cell, t).value)
        parts.append(f"{threshold(cell):g} at t = {wording.plain_power(t)} ({value})")
    return ", ".join(parts)


def last_decade(cell: Cell) -> float:
    """Error at the last horizon over that at a tenth of it."""
    return typical_error(cell, LAST).value / typical_error(cell, LAST // 10).value


def floors(cells: list[Cell]) -> str:
    values = [typical_error(cell, LAST).value for cell in cells]
    moved = [last_decade(cell) for cell in cells]
    return (
        f"{number(min(values))} to {number(max(values))} (over the last decade of t "
        f"the errors changed by factors of {min(moved):.2f} to {max(moved):.2f})"
    )


def against(first: Cell, second: Cell) -> str:
    ratio = final_ratio(first, second)
    return (
        f"{number(typical_error(first, LAST).value)}, {ratio.value:.2f} "
        f"({ratio.lower:.2f} to {ratio.upper:.2f}) times"
    )


def caption(result: Result) -> str:
    norm, sclip, clip21 = (
        {letter: cells_of(result, method, letter) for letter, *_ in PANELS}
        for method in ("clipped_sgd", "sclip_ef", "clip21")
    )
    length = norm["a"][0].fact("max_residual_norm")
    below = [cell for cell in norm["a"] if 1.0 < threshold(cell) < length]
    small = sclip["a"][0]
    lead = [
        (a, b)
        for letter in "abc"
        for a, b in zip(clip21[letter], sclip[letter], strict=True)
        if final_ratio(a, b).upper < 1.0
    ]
    pairs = sum(len(cells) for cells in clip21.values())
    return wording.caption_text(
        "No constant threshold is right at every horizon, but some are good at each",
        [
            f"Typical error (geometric mean over {result.seeds} seeds) under Student t "
            "noise with tail index 1.2, thin to thick lines for t = 1e3, 1e4 and 1e5, "
            "all read off one run; filled marks are the best threshold of a horizon, "
            "bands 10-90 % of the seeds at 1e5. Growing component clip and Clip21 are "
            "drawn at 1e5 only.",
            "(a) Norm clipping with thresholds "
            f"{threshold(below[0]):g} to {threshold(below[-1]):g}, below the longest "
            f"residual gradient ({number(length)}), has stopped at {floors(below)}; "
            f"its best threshold is {described(norm['a'])}. For SClip-EF it is "
            f"{described(sclip['a'])}.",
            "What does not fit the story: in (a) the best constant ends at "
            f"{against(best(norm['a'], LAST), best(sclip['a'], LAST))} the error of "
            "the best SClip-EF, and in (b), with equal noise at all clients, the best "
            f"one, {threshold(best(norm['b'], LAST)):g}, ends at "
            f"{against(best(norm['b'], LAST), best(sclip['b'], LAST))} it, with no "
            "floor in sight (a factor of "
            f"{last_decade(best(norm['b'], LAST)):.2f} over the last decade).",
            f"SClip-EF is limited by its own bias at threshold {threshold(small):g} "
            f"({number(typical_error(small, LAST).value)} in (a)).",
            "(c) With equal costs the floors vanish: norm clipping at "
            f"{threshold(best(norm['c'], LAST)):g} ends at "
            f"{number(typical_error(best(norm['c'], LAST), LAST).value)}, the best "
            f"SClip-EF at {number(typical_error(best(sclip['c'], LAST), LAST).value)}, "
            "the best Clip21 at "
            f"{number(typical_error(best(clip21['c'], LAST), LAST).value)}.",
            f"Clip21 ends below SClip-EF in {len(lead)} of {pairs} pairs of equal "
            "threshold and depends on it less: in (a) "
            f"{number(typical_error(clip21['a'][0], LAST).value)} at 1 and "
            f"{number(typical_error(clip21['a'][4], LAST).value)} at 100.",
        ],
        result.experiment,
    )
