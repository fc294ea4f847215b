"""The figure of any experiment: median curves with their bands, a panel per noise."""

import numpy as np
from matplotlib.figure import Figure

import common
import wording
from common import EndLabel
from result import Cell, Result
from wording import slope_text

PANELS = 6
CURVES = 9  # more are unreadable in one panel
LINES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)))
LETTER = 0.056  # inches that a letter of a label takes, on average
WIDEST = 3.6
DIVERGED = 1e4  # times the error at the start


def noises(result: Result) -> dict[str, list[Cell]]:
    """Cells by what tells noises apart: the law, its tail index, its parameters."""
    groups: dict[str, list[Cell]] = {}
    names = sorted(name for name in result.file if name.startswith("param_noise_"))
    for cell in result.cells:
        values = [str(cell.get("noise"))]
        if "param_noise_tail_index" not in names:
            values.append(f"p* = {cell.get('tail_index'):g}")
        for name in names:
            value = cell.get(name)
            if value == value and value != "":
                text = f"{value:g}" if isinstance(value, float) else value
                values.append(f"{name.removeprefix('param_noise_')} {text}")
        groups.setdefault(", ".join(values), []).append(cell)
    return groups


def names_of(cells: list[Cell]) -> list[str]:
    """The cells' labels without the words that all of them share, with their slopes."""
    words = [cell.label.split() for cell in cells]
    shared = set(words[0]).intersection(*words[1:]) if len(cells) > 1 else set()
    names = []
    for cell, own in zip(cells, words, strict=True):
        name = " ".join(word for word in own if word not in shared)
        slope = slope_text(cell.slope)
        room = int(WIDEST / LETTER) - len(slope) - 2
        name = name if len(name) <= room else name[: room - 1] + "…"
        names.append(f"{name or cell.algorithm}: {slope}")
    return names


def limits(cells: list[Cell]) -> tuple[float, float]:
    """All bands, but no further up than a diverging curve is of interest."""
    low = np.concatenate([cell.quantile(0.1) for cell in cells])
    high = np.concatenate([cell.quantile(0.9) for cell in cells])
    top = DIVERGED * max(float(cell.median()[0]) for cell in cells)
    seen = low[(low > 0.0) & (low < top)]
    bottom = float(seen.min()) if seen.size else 1e-12 * top
    return bottom / 2.0, max(2.0 * min(float(high.max()), top), 10.0 * bottom)


def draw_cells(axes: common.Axes, cells: list[Cell]) -> None:
    labels = []
    used: dict[str, int] = {}
    for k, (cell, text) in enumerate(zip(cells, names_of(cells), strict=True)):
        style = common.style_of(cell)
        turn = used.get(cell.algorithm, 0)
        used[cell.algorithm] = turn + 1
        line = style.line if turn == 0 else LINES[turn % len(LINES)]
        common.draw_curve(axes, cell, style, marker_at=k / CURVES, linestyle=line)
        end, colour = float(cell.median()[-1]), common.dark(style.colour)
        labels.append(EndLabel(cell.result.horizon, end, text, colour))
    axes.set_ylim(*limits(cells))
    common.label_ends(axes, labels)


def draw(result: Result) -> tuple[Figure, str]:
    groups = noises(result)
    shown = {noise: cells[:CURVES] for noise, cells in list(groups.items())[:PANELS]}
    longest = max(len(name) for cells in shown.values() for name in names_of(cells))
    right = 0.25 + LETTER * longest
    figure, panels = common.panels(1, 2.9, gap=0.0, right=right, rows=len(shown))
    for axes, letter, noise in zip(panels, "abcdef", shown, strict=False):
        common.log_log(axes)
        axes.set_xlim(1, result.horizon)
        axes.set_xlabel("iteration t")
        axes.set_ylabel("squared error |x − x*|²")
        common.panel(axes, letter, noise)
        draw_cells(axes, shown[noise])
    return figure, caption(result, sum(len(cells) for cells in shown.values()))


def caption(result: Result, drawn: int) -> str:
    table = [
        f"| {cell.label} | {cell.slope.value:.3f} | {cell.slope.lower:.3f} to "
        f"{cell.slope.upper:.3f} | {cell.slope.statistic} | {cell.slope.regime} | "
        f"{'yes' if cell.slope.is_rate else 'no'} | "
        f"{wording.number(cell.final_typical.value)} |"
        for cell in result.cells
    ]
    return "\n".join([
        f"# {result.experiment}",
        "",
        f"Median squared error over {result.seeds} seeds with its 10-90 % band for "
        f"{drawn} of {len(result.cells)} cells; labels give the exponent over the last "
        f"{result.window_decades:g} decades, of the mean squared error or, where that "
        "is infinite, of the typical run. It is a rate only where the label says so.",
        "",
        "| cell | exponent | 95 % interval | of | regime | rate | typical final error |",
        "|---|---|---|---|---|---|---|",
        *table,
        "",
    ])
