"""A result file read by name: cells, curves, slopes. Knows HDF5, nothing of drawing."""

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# A rate needs a straight curve: the curvature interval lies within this of zero.
MAX_CURVATURE = 0.1


class MissingCell(Exception):
    """The file does not hold what a figure needs."""


@dataclass(frozen=True)
class Interval:
    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Slope(Interval):
    """The exponent of a cell and what it may be called."""

    statistic: str  # "MSE", or "typical run" where the MSE is infinite
    regime: str
    is_rate: bool


class Result:
    """An open result file. Variables are read when they are asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = h5py.File(path, "r")
        self.experiment = as_text(self.file.attrs["experiment"])
        self.iteration: NDArray[np.int64] = self.file["iteration"][:]
        self.quantiles = [round(float(q), 6) for q in self.file["quantile"]]

    @property
    def horizon(self) -> int:
        return int(self.iteration[-1])

    @property
    def seeds(self) -> int:
        return int(self.file["seed"].shape[0])

    @property
    def window_decades(self) -> float:
        return float(self.file.attrs["window_decades"])

    @cached_property
    def cells(self) -> list["Cell"]:
        return [Cell(self, k) for k in range(self.file["cell"].shape[0])]

    def has(self, name: str) -> bool:
        return name in self.file

    def select(self, **wanted: Any) -> list["Cell"]:
        """Cells whose coordinates have these values, in file order."""
        return [
            cell
            for cell in self.cells
            if all(same(cell.get(name), value) for name, value in wanted.items())
        ]

    def one(self, **wanted: Any) -> "Cell":
        found = self.select(**wanted)
        if len(found) != 1:
            text = ", ".join(f"{name} = {value}" for name, value in wanted.items())
            raise MissingCell(f"{self.path}: {len(found)} cells with {text}")
        return found[0]

    def index(self, t: int) -> int:
        """The place of checkpoint `t`."""
        found = np.flatnonzero(self.iteration == t)
        if found.size != 1:
            raise MissingCell(f"{self.path}: no checkpoint at {t}")
        return int(found[0])


@dataclass(frozen=True)
class Cell:
    result: Result
    row: int

    def get(self, name: str) -> Any:
        """A coordinate, or a parameter that takes several values in the grid; None
        where the file has neither."""
        for key in (name, f"param_{name}"):
            if key in self.result.file:
                value = self.result.file[key][self.row]
                is_text = isinstance(value, bytes | str)
                return as_text(value) if is_text else float(value)
        return None

    def read(self, name: str) -> Any:
        if not self.result.has(name):
            raise MissingCell(f"{self.result.path}: no variable {name}")
        return self.result.file[name][self.row]

    @property
    def algorithm(self) -> str:
        return str(self.get("algorithm"))

    @property
    def label(self) -> str:
        return str(self.get("label"))

    def mean(self, metric: str = "squared_error") -> Array:
        return np.asarray(self.read(f"{metric}_mean"), dtype=float)

    def quantile(self, q: float, metric: str = "squared_error") -> Array:
        rows = self.read(f"{metric}_quantile")
        return np.asarray(rows[self.result.quantiles.index(q)], dtype=float)

    def median(self, metric: str = "squared_error") -> Array:
        return self.quantile(0.5, metric)

    def runs(self, metric: str = "squared_error") -> Array:
        """(seed, iteration)"""
        return np.asarray(self.read(metric), dtype=float)

    def fact(self, name: str) -> float:
        """A number known of the problem instance: L, mu, G, max_residual_norm."""
        index = int(self.read("instance_index"))
        return float(self.result.file[f"instance/{index}/{name}"][()])

    @property
    def regime(self) -> str:
        meanings = as_text(self.result.file["regime"].attrs["flag_meanings"]).split()
        return meanings[int(self.read("regime"))]

    @property
    def final_mean(self) -> Interval:
        return Interval(float(self.read("final_mean")), *self.read("final_mean_ci"))

    @property
    def final_typical(self) -> Interval:
        """Geometric mean over seeds at the horizon."""
        return Interval(float(self.read("final_geo")), *self.read("final_geo_ci"))

    @cached_property
    def slope(self) -> Slope:
        """The exponent of the MSE; where that is infinite by construction, that of the
        typical run, and named so."""
        of_mean = math.isfinite(self.read("exponent"))
        name = "exponent" if of_mean else "exponent_geo"
        stored = self.result.has("is_rate")  # a file without the curves of its seeds
        straight = self.read("is_rate") if stored else is_straight(self, of_mean)
        return Slope(
            float(self.read(name)),
            *(float(end) for end in self.read(f"{name}_ci")),
            statistic="MSE" if of_mean else "typical run",
            regime=self.regime,
            is_rate=self.regime == "converging" and bool(straight),
        )

    @cached_property
    def typical_slope(self) -> Interval:
        ends = (float(end) for end in self.read("exponent_geo_ci"))
        return Interval(float(self.read("exponent_geo")), *ends)


def as_text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def same(found: Any, wanted: Any) -> bool:
    if isinstance(found, float) and isinstance(wanted, int | float):
        return math.isclose(found, wanted, rel_tol=1e-9)
    return bool(found == wanted)


def t_quantile(seeds: int) -> float:
    """97.5 % point of Student's t, Cornish-Fisher; good to 1e-4 from 10 seeds on."""
    z, v = 1.959963984540054, float(seeds - 1)
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    )


def exponents(runs: Array, t: Array, of_mean: bool) -> Array:
    """What each seed contributes to the exponent over checkpoints `t`: influence values
    of the MSE exponent around it, or the exponents of the single runs."""
    log_t = np.log(t) - np.log(t).mean()
    weights = -log_t / (log_t @ log_t)
    if not of_mean:
        return np.log(runs) @ weights
    mean = runs.mean(axis=0)
    return float(np.log(mean) @ weights) + (runs / mean) @ weights


def curvature(cell: Cell, of_mean: bool) -> Interval:
    """Exponent of the late half of the window minus that of the early half, paired by
    seed, with its 95 % interval: the one quantity the file does not hold."""
    result = cell.result
    start, middle = (
        math.floor(result.horizon / 10**decades + 0.5)
        for decades in (result.window_decades, result.window_decades / 2)
    )
    t = result.iteration.astype(float)
    runs = cell.runs()
    runs = np.maximum(runs, 1e-24 * runs[0, 0])
    early = (t >= max(start, 1)) & (t <= middle)
    late = t >= middle
    if early.sum() < 2 or late.sum() < 2 or result.seeds < 2:
        return Interval(math.nan, math.nan, math.nan)
    bend = exponents(runs[:, late], t[late], of_mean) - exponents(
        runs[:, early], t[early], of_mean
    )
    half = t_quantile(result.seeds) * bend.std(ddof=1) / math.sqrt(result.seeds)
    value = float(bend.mean())
    return Interval(value, value - half, value + half)


def is_straight(cell: Cell, of_mean: bool) -> bool:
    if not np.isfinite(cell.runs()).all():
        return False
    bend = curvature(cell, of_mean)
    return bend.lower >= -MAX_CURVATURE and bend.upper <= MAX_CURVATURE


def ratio_of(first: Array, second: Array) -> Interval:
    """Geometric mean over seeds of first/second, seed by seed under the same noise,
    with its 95 % interval."""
    logs = np.log(first) - np.log(second)
    middle = float(logs.mean())
    half = t_quantile(len(logs)) * float(logs.std(ddof=1)) / math.sqrt(len(logs))
    return Interval(*(math.exp(middle + k * half) for k in (0, -1, 1)))


def final_ratio(first: Cell, second: Cell) -> Interval:
    return ratio_of(first.runs()[:, -1], second.runs()[:, -1])
