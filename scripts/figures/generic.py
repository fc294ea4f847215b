"""The figure of any experiment: median curves with their bands, a panel per noise."""

from matplotlib.figure import Figure

import common
from common import EndLabel, slope_text
from result import Cell, Result

PANELS = 6
CURVES = 9  # more are unreadable in one panel
GREYS = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)))


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


def draw(result: Result) -> tuple[Figure, str]:
    groups = noises(result)
    shown = list(groups.items())[:PANELS]
    rows = len(shown)
    figure, panels = common.panels(1, 2.9, gap=0.0, right=2.6, rows=rows)
    for axes, letter, (noise, cells) in zip(panels, "abcdef", shown, strict=False):
        common.log_log(axes)
        axes.set_xlim(1, result.horizon)
        axes.set_xlabel("iteration t")
        axes.set_ylabel("squared error |x − x*|²")
        common.panel(axes, letter, noise)
        labels = []
        used: dict[str, int] = {}
        for k, cell in enumerate(cells[:CURVES]):
            style = common.style_of(cell)
            turn = used.setdefault(style.name, 0)
            used[style.name] += 1
            line = style.line if turn == 0 else GREYS[turn % len(GREYS)]
            common.draw_curve(axes, cell, style, marker_at=k / CURVES, linestyle=line)
            text = f"{cell.label}: {slope_text(cell.slope)}"
            end, colour = float(cell.median()[-1]), common.dark(style.colour)
            labels.append(EndLabel(result.horizon, end, text, colour))
        common.label_ends(axes, labels)
    return figure, caption(result, groups)


def caption(result: Result, groups: dict[str, list[Cell]]) -> str:
    drawn = sum(len(cells[:CURVES]) for cells in list(groups.values())[:PANELS])
    table = [
        f"| {cell.label} | {cell.slope.value:.3f} | {cell.slope.lower:.3f} to "
        f"{cell.slope.upper:.3f} | {cell.slope.statistic} | {cell.slope.regime} | "
        f"{common.number(cell.final_typical.value)} |"
        for cell in result.cells
    ]
    return "\n".join([
        f"# {result.experiment}",
        "",
        f"Median squared error over {result.seeds} seeds with its 10-90 % band for "
        f"{drawn} of {len(result.cells)} cells; labels give the exponent over the last "
        f"{result.window_decades:g} decades. It is a rate only where the label says "
        "so.",
        "",
        "| cell | exponent | 95 % interval | of | regime | typical error at the end |",
        "|---|---|---|---|---|---|",
        *table,
        "",
    ])
