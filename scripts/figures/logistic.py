"""Logistic regression on clients sorted by label, light and heavy-tailed noise."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

import common
import wording
from common import EndLabel
from result import Cell, Result, final_ratio
from wording import number, slope_text, verdict, with_interval

LAWS = (("gaussian", "Gaussian noise"), ("student_t", "Student t noise, p = 1.2"))
METRICS = (
    ("squared_error", "squared error |x − x*|²"),
    ("optimality_gap", "optimality gap f(x) − f*"),
)
TIGHT = 0.3  # the threshold of norm clipping that is below what the scan chose


def name_of(cell: Cell) -> str:
    style = common.style_of(cell)
    if style is common.STYLES["clipped_sgd"]:
        return f"norm {cell.get('clip_threshold'):g}"
    return style.name


def draw_cells(axes: Axes, cells: list[Cell], metric: str) -> None:
    labels = []
    for k, cell in enumerate(cells):
        style = common.style_of(cell)
        common.draw_curve(axes, cell, style, metric=metric, marker_at=k / len(cells))
        text = name_of(cell)
        if metric == "squared_error":
            text += f": {slope_text(cell.slope)}"
            if common.mean_misleads(cell):
                common.draw_mean(axes, cell, style)
        end = float(cell.median(metric)[-1])
        colour = common.dark(style.colour)
        labels.append(EndLabel(cell.result.horizon, end, text, colour))
    common.label_ends(axes, labels)


def draw(result: Result) -> tuple[Figure, str]:
    figure, axes = common.panels(2, 2.8, gap=2.0, right=1.62, rows=2)
    places = [(metric, law) for metric in METRICS for law in LAWS]
    for one, letter, (metric, law) in zip(axes, "abcd", places, strict=True):
        common.log_log(one)
        one.set_xlim(1, result.horizon)
        one.set_xlabel("iteration t")
        one.set_ylabel(metric[1])
        common.panel(one, letter, law[1])
        draw_cells(one, result.select(noise=law[0]), metric[0])
    return figure, caption(result)


def lowest(result: Result, noise: str) -> str:
    """The three methods with the smallest optimality gap at the horizon."""
    ends = [
        (float(cell.median("optimality_gap")[-1]), name_of(cell))
        for cell in result.select(noise=noise)
    ]
    return ", ".join(f"{name} {number(end)}" for end, name in sorted(ends)[:3])


def caption(result: Result) -> str:
    def cell(algorithm: str, noise: str = "student_t", **more: object) -> Cell:
        return result.one(algorithm=algorithm, noise=noise, **more)

    sclip, plain, clip21 = cell("sclip_ef"), cell("smooth_clip_sgd"), cell("clip21")
    growing = cell("clipped_sgd", clip="component")
    tight = cell("clipped_sgd", clip="norm", clip_threshold=TIGHT)
    sgd = cell("sgd")
    light = [
        one.final_typical.value
        for one in result.select(noise="gaussian")
        if not (one.get("clip") == "norm" and one.get("clip_threshold") == TIGHT)
    ]
    return wording.caption_text(
        "On logistic regression growing thresholds win, with or without feedback",
        [
            "Breast cancer data (569 rows, 30 features), ten clients sorted by label, "
            f"condition number {sclip.get('condition_number'):g}, {result.seeds} "
            "seeds, medians with 10-90 % bands (mean dotted where it is over three "
            "times the median); labels in (a, b) are exponents of the mean squared "
            f"error over the last {result.window_decades:g} decades, of the typical "
            "run for SGD under t noise.",
            "Constants are the best of `experiments/logistic_scan.yaml` (three or four "
            "thresholds, two or three steps a method, t noise, another noise stream; "
            "transient cells left out).",
            "(a) Under Gaussian noise every method but the tight norm clip "
            f"ends between {number(min(light))} and {number(max(light))}.",
            "(b) Under t noise with tail index 1.2 the typical run of unclipped SGD "
            f"stays at {number(sgd.final_typical.value)}, above the "
            f"{number(float(sgd.median()[0]))} it started from, and norm clipping at "
            f"{TIGHT:g} stops at {number(tight.final_typical.value)}; SClip-EF ends at "
            f"{number(sclip.final_typical.value)} with {with_interval(sclip.slope)}.",
            "What does not fit the story: without its feedback SClip-EF ends at "
            f"{final_ratio(plain, sclip).value:.3f} times its error, and component "
            f"clipping with a growing threshold {verdict(final_ratio(growing, sclip))} "
            f"it ({number(growing.final_typical.value)}).",
            f"Clip21, the best in quickstart, {verdict(final_ratio(clip21, sclip))} "
            f"SClip-EF here ({number(clip21.final_typical.value)}), though its local "
            f"slope is {with_interval(clip21.slope)}: the clients' gradients at the "
            "optimum differ little (longest residual "
            f"{number(sclip.fact('max_residual_norm'))}), so there is little for its "
            "memory to learn.",
            "(c, d) In the optimality gap the lowest medians under Gaussian noise are "
            f"{lowest(result, 'gaussian')}, under t noise "
            f"{lowest(result, 'student_t')}.",
        ],
        result.experiment,
    )
