"""What all figures share: look, colours, curves, labels, bytes that do not change."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

os.environ["SOURCE_DATE_EPOCH"] = "0"  # before matplotlib reads the clock

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, LogFormatterSciNotation, LogLocator

from result import Array, Cell, Interval

DOUBLE_COLUMN = 7.0
INK = "#222222"
FAINT = "#888888"


@dataclass(frozen=True)
class Style:
    """How a method looks in every figure. Colours: Okabe and Ito."""

    name: str
    colour: str
    marker: str
    line: str | tuple[int, tuple[float, ...]] = "-"


UNKNOWN = Style("", INK, "s")
STYLES = {
    "sgd": Style("SGD", "#000000", "s", (0, (4, 1.5))),
    "clipped_sgd": Style("norm clip", "#D55E00", "^"),
    "growing_clip": Style("growing clip", "#E69F00", "D", (0, (5, 1, 1, 1))),
    "clipped_server_sgd": Style("server clip", "#777777", ">", (0, (2, 1))),
    "sclip_ef": Style("SClip-EF", "#0072B2", "o"),
    "smooth_clip_sgd": Style("no feedback", "#56B4E9", "x", (0, (1, 1))),
    "clip21": Style("Clip21", "#009E73", "v"),
    "shifted_clip": Style("shifted clip", "#CC79A7", "P", (0, (3, 1, 1, 1, 1, 1))),
}


def style_of(cell: Cell) -> Style:
    growing = (cell.get("threshold_growth") or 0.0) > 0.0
    if cell.algorithm == "clipped_sgd" and growing:
        return STYLES["growing_clip"]
    return STYLES.get(cell.algorithm, UNKNOWN)


def set_look() -> None:
    matplotlib.rcdefaults()
    plt.rcParams.update({
        "font.family": "DejaVu Sans",
        "mathtext.fontset": "dejavusans",
        "font.size": 8,
        "axes.titlesize": 8,
        "axes.labelsize": 8,
        "xtick.labelsize": 7.5,
        "ytick.labelsize": 7.5,
        "axes.titlelocation": "left",
        "axes.titlepad": 5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.6,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.minor.width": 0.4,
        "ytick.minor.width": 0.4,
        "axes.edgecolor": INK,
        "text.color": INK,
        "lines.linewidth": 1.2,
        "lines.markersize": 3.5,
        "pdf.fonttype": 42,
        "figure.dpi": 100,
        "savefig.dpi": 300,
    })


def save(figure: Figure, caption: str, folder: Path, name: str) -> list[Path]:
    """PDF, PNG and caption. The same figure gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.{ending}" for ending in ("pdf", "png", "md")]
    nothing = {"Creator": None, "Producer": None, "CreationDate": None}
    figure.savefig(paths[0], metadata=nothing)
    figure.savefig(paths[1], metadata={"Software": None})
    paths[2].write_text(caption, encoding="utf-8")
    plt.close(figure)
    return paths


# Axes


def decades(axis: matplotlib.axis.Axis) -> None:
    """Powers of ten as ticks, at most nine of them labelled."""
    axis.set_major_locator(LogLocator(numticks=9))
    axis.set_minor_locator(LogLocator(subs=range(2, 10), numticks=99))
    axis.set_major_formatter(LogFormatterSciNotation())
    axis.set_minor_formatter(matplotlib.ticker.NullFormatter())


def log_log(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    decades(axes.xaxis)
    decades(axes.yaxis)


def plain_ticks(axes: Axes, values: Sequence[float]) -> None:
    """These values and no others on a logarithmic x axis, written out."""
    axes.xaxis.set_major_locator(FixedLocator(list(values)))
    axes.xaxis.set_minor_locator(FixedLocator([]))
    axes.set_xticklabels([f"{value:g}" for value in values])


def panels(
    columns: int,
    height: float,
    gap: float,
    right: float = 0.1,
    rows: int = 1,
    width: float = DOUBLE_COLUMN,
    share_y: bool = False,
) -> tuple[Figure, list[Axes]]:
    """Equal panels, row by row; sizes in inches. `height` is that of one row; `gap`
    lies between two columns, `right` after the last: room for labels at line ends."""
    left, bottom, top = 0.56, 0.42, 0.25
    figure = plt.figure(figsize=(width, height * rows))
    each = (width - left - right - gap * (columns - 1)) / columns
    axes: list[Axes] = []
    for row in range(rows):
        for column in range(columns):
            box = (
                (left + column * (each + gap)) / width,
                ((rows - 1 - row) * height + bottom) / (height * rows),
                each / width,
                (height - bottom - top) / (height * rows),
            )
            first = axes[row * columns] if share_y and column else None
            axes.append(figure.add_axes(box, sharey=first))
            if first is not None:
                axes[-1].tick_params(labelleft=False)
    return figure, axes


def panel(axes: Axes, letter: str, title: str) -> None:
    axes.set_title(f"({letter}) {title}", fontweight="bold", fontsize=8)


# Curves


def draw_curve(
    axes: Axes,
    cell: Cell,
    style: Style,
    metric: str = "squared_error",
    band: bool = True,
    marker_at: float = 0.0,
    **line: object,
) -> None:
    """Median over seeds with its 10-90 % band; the value at t = 0 has no place on a
    logarithmic axis. `marker_at` in [0, 1) shifts the markers along the curve."""
    t = cell.result.iteration[1:]
    options = {"color": style.colour, "linestyle": style.line, **line}
    every = max(1, len(t) // 5)
    axes.plot(
        t,
        cell.median(metric)[1:],
        marker=style.marker,
        markevery=(3 + int(marker_at * every), every),
        markerfacecolor="white",
        **options,
    )
    if band:
        low, high = (cell.quantile(q, metric)[1:] for q in (0.1, 0.9))
        shade = options["color"]
        axes.fill_between(t, low, high, color=shade, alpha=0.18, linewidth=0)


def draw_mean(axes: Axes, cell: Cell, style: Style) -> None:
    """The mean, dotted: for cells whose mean and median tell different stories."""
    t = cell.result.iteration[1:]
    axes.plot(t, cell.mean()[1:], color=style.colour, linestyle=":", linewidth=0.9)


def label_peak(axes: Axes, cell: Cell, text: str, style: Style) -> None:
    """Names the dotted mean where it is highest."""
    mean = cell.mean()[1:]
    k = int(np.argmax(mean))
    place = (float(cell.result.iteration[1 + k]), float(mean[k]))
    axes.annotate(
        text, place, (3, 1), textcoords="offset points", fontsize=7, color=style.colour
    )


def mean_misleads(cell: Cell) -> bool:
    return bool(cell.mean()[-1] > 3.0 * cell.median()[-1])


def error_bars(
    axes: Axes,
    x: Iterable[float],
    points: Sequence[Interval],
    style: Style,
    filled: bool = True,
    **line: object,
) -> None:
    values = np.array([p.value for p in points])
    ends = np.array([[p.value - p.lower, p.upper - p.value] for p in points]).T
    axes.errorbar(
        list(x),
        values,
        yerr=np.maximum(ends, 0.0),
        **{"color": style.colour, "linestyle": style.line, **line},
        marker=style.marker,
        markerfacecolor=style.colour if filled else "white",
        capsize=1.5,
        elinewidth=0.7,
        capthick=0.7,
    )


# Labels


@dataclass(frozen=True)
class EndLabel:
    x: float
    y: float
    text: str
    colour: str


def spread(wanted: Array, gap: float) -> Array:
    """Ascending places at least `gap` apart, as near to `wanted` (ascending) as least
    squares allows: neighbours that would touch are moved together."""
    groups: list[list[float]] = []
    for k, place in enumerate(wanted):
        groups.append([place - k * gap])
        while len(groups) > 1 and np.mean(groups[-2]) > np.mean(groups[-1]):
            last = groups.pop()
            groups[-1].extend(last)
    settled = [float(np.mean(group)) for group in groups for _ in group]
    return np.array(settled) + gap * np.arange(len(wanted))


def label_ends(
    axes: Axes, labels: Sequence[EndLabel], size: float = 7.0, offset: float = 9.0
) -> None:
    """Labels at line ends, moved apart where they would touch, with a thin leader. Call
    it last: it needs the final limits of the axes."""
    axes.figure.canvas.draw()
    points_per_pixel = 72.0 / axes.figure.dpi
    low, high = axes.get_ylim()
    # A diverged curve ends at the top; min and max send NaN there too.
    ordered = sorted(
        (replace(one, y=max(low, min(high, one.y))) for one in labels),
        key=lambda one: one.y,
    )
    ends = np.array([axes.transData.transform((one.x, one.y)) for one in ordered])
    ends *= points_per_pixel
    gap = 1.25 * size
    places = spread(ends[:, 1], gap)
    bottom = axes.bbox.y0 * points_per_pixel + 0.5 * size
    floor = bottom + gap * np.arange(len(places))
    places = np.maximum(places, floor)  # none below the axis
    for label, end, place in zip(ordered, ends, places, strict=True):
        axes.annotate(
            label.text,
            (label.x, label.y),
            xytext=(offset, place - end[1]),
            textcoords="offset points",
            fontsize=size,
            color=label.colour,
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "linewidth": 0.4,
                "color": label.colour,
                "relpos": (0.0, 0.5),
                "shrinkA": 0.5,
                "shrinkB": 1.5,
            },
        )


def dark(colour: str) -> str:
    """A light colour darkened until small text in it is readable on white."""
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    light = rgb @ np.array([0.2126, 0.7152, 0.0722])
    return matplotlib.colors.to_hex(rgb * min(1.0, 0.42 / max(light, 1e-9)))


def short(label: EndLabel) -> EndLabel:
    """Without the note in brackets, where another panel has said it."""
    return EndLabel(label.x, label.y, label.text.split(" (")[0], label.colour)
