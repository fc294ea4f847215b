"""Text of the experiments that are timed, made of the numbers of numpy_grid.py."""

from collections.abc import Sequence

import numpy_grid as grid

STEP = f"step: {{scale: 1, shift: {grid.STEP_SHIFT}}}"
LAWS = {
    "gaussian": "{kind: gaussian}",
    "student_t": f"{{kind: student_t, tail_index: {grid.TAIL_INDEX}}}",
    "stable": f"{{kind: stable, tail_index: {grid.TAIL_INDEX}}}",
    "log_squared": "{kind: log_squared}",
    "none": "{kind: none}",
}


def quadratic(
    clients: int, dimension: int, conditions: Sequence[float], rotation: str
) -> str:
    return (
        f"{{kind: quadratic, clients: {clients}, dimension: {dimension}, "
        f"condition_number: {list(conditions)}, rotation: {rotation}, "
        f"heterogeneity: {grid.HETEROGENEITY}, "
        f"initial_distance: {grid.INITIAL_DISTANCE}, "
        f"curvature_spread: {grid.CURVATURE_SPREAD}}}"
    )


def methods(thresholds: Sequence[float] = grid.THRESHOLDS) -> list[str]:
    """In the order of grid.METHODS."""
    clipped = f"clip_threshold: {list(thresholds)}"
    smooth = f"{clipped}, clip_scale: {grid.CLIP_SCALE}"
    return [
        f"{{kind: sgd, {STEP}}}",
        f"{{kind: clipped_sgd, clip: norm, {clipped}, {STEP}}}",
        f"{{kind: clipped_sgd, clip: component, {clipped}, {STEP}}}",
        f"{{kind: smooth_clip_sgd, {smooth}}}",
        f"{{kind: sclip_ef, {smooth}}}",
        f"{{kind: clip21, {clipped}, {STEP}}}",
    ]


def experiment(
    horizon: int,
    *,
    law: str = "student_t",
    seeds: int = grid.SEEDS,
    clients: int = grid.CLIENTS,
    dimension: int = grid.DIMENSION,
    conditions: Sequence[float] = grid.CONDITION_NUMBERS,
    rotation: str = "random",
    method: Sequence[str] = tuple(methods()),
) -> str:
    """By default the 63 cells of the numpy grid."""
    lines = [
        "schema: 1",
        "name: benchmark",
        f"seeds: {seeds}",
        f"horizon: {horizon}",
        "problem: " + quadratic(clients, dimension, conditions, rotation),
        "noise: " + LAWS[law],
        "method:",
        *(f"  - {entry}" for entry in method),
    ]
    return "\n".join(lines) + "\n"


def many_cells(thousands: int, horizon: int) -> str:
    """thousands x 10 x 10 x 10 cells of one method that differ in its parameters."""
    tenths = [k / 10 for k in range(1, 11)]
    entry = (
        f"{{kind: sclip_ef, clip_threshold: {list(range(1, 11))}, "
        f"effective_step: {tenths}, weight: {tenths}, "
        f"weight_power: {tenths[:thousands]}}}"
    )
    return experiment(horizon, seeds=16, conditions=(10,), method=[entry])
