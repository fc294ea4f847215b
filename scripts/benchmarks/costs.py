"""How time and memory grow, and what does not depend on the horizon."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from experiments import experiment, many_cells, methods
from measure import ALL_CORES, Effort, Tailrate, power, say, slope
from parts import Times, checkpoints
from table import Table

QUICKSTART = Path(__file__).resolve().parents[2] / "experiments" / "quickstart.yaml"
QUICKSTART_ROWS = 11 * 7  # cells x blocks of 16 seeds
RECORDING_LIMIT_PERCENT = 3
MANY_CELLS_LIMIT_S, CELL_LIMIT_US = 2, 10


@dataclass(frozen=True)
class Axis:
    """One size that varies while all others stay."""

    name: str
    sizes: Sequence[int]
    expected: str
    horizon: Callable[[int], int]  # of a size
    make: Callable[[int, int], str]  # the experiment of a size and a horizon


def small(horizon: int, **changes: object) -> str:
    """A third of the grid, one block of seeds."""
    return experiment(horizon, **{"seeds": 16, "conditions": (10,), **changes})


def dense(dimension: int, horizon: int) -> str:
    """Hardly anything but products with dense Hessians."""
    only = {"law": "none", "method": methods()[:1]}
    return small(horizon, dimension=dimension, **only)


def thresholds(count: int, horizon: int) -> str:
    values = [1 + k / count for k in range(count)]
    return small(horizon, method=methods(values)[4:5])


def axes(effort: Effort) -> list[Axis]:
    def at(horizon: int) -> Callable[[int], int]:
        return lambda size: effort.horizon(horizon)

    tens, linear = (10, 20, 40, 80, 160), "1"
    return [
        Axis("clients n", tens, linear, at(3_000), lambda n, t: small(t, clients=n)),
        Axis("dimension d, rotation random", (32, 64, 128, 256, 512), "2 (n d^2)",
             at(2_000), dense),
        Axis("dimension d, rotation none", tens, linear, at(3_000),
             lambda d, t: small(t, dimension=d, rotation="none")),
        Axis("horizon T", (4_000, 8_000, 16_000, 32_000, 64_000), linear,
             effort.horizon, lambda size, t: small(t)),
        Axis("seeds", (16, 32, 64, 128, 256), linear, at(3_000),
             lambda seeds, t: small(t, seeds=seeds)),
        Axis("cells", (32, 64, 128, 256, 512), linear, at(2_000), thresholds),
    ]  # fmt: skip


def seconds_without_fixed(
    tailrate: Tailrate, effort: Effort, axis: Axis, size: int
) -> float:
    """Of the iterations alone: minus the time of a run of one iteration."""
    long, one = axis.make(size, axis.horizon(size)), axis.make(size, 1)
    rounds = range(min(3, effort.rounds))
    return median(
        [tailrate.run(long).seconds - tailrate.run(one).seconds for _ in rounds]
    )


def growth(tailrate: Tailrate, effort: Effort) -> Table:
    """Powers of time in every size of an experiment."""
    rows = []
    for axis in axes(effort):
        say(f"growth with {axis.name}")
        seconds = [
            seconds_without_fixed(tailrate, effort, axis, size) for size in axis.sizes
        ]
        is_measured = min(seconds) > 0  # a quick run may drown in the fixed cost
        fit = power(axis.sizes, seconds) if is_measured else None
        span = f"{axis.sizes[0]:,} to {axis.sizes[-1]:,}"
        rows.append([axis.name, span, seconds[0], seconds[-1], fit, axis.expected])
    return Table(
        "Growth of time, one size at a time, one core",
        ["size", "from, to", "s at the first", "s at the last", "power", "expected"],
        rows,
        "Least squares on logarithms of five sizes; the time of a run of one iteration "
        "is subtracted.",
    )


def memory(tailrate: Tailrate, effort: Effort) -> Table:
    """Peak memory does not depend on the horizon."""
    say("memory")
    horizons = [effort.horizon(2_000), effort.horizon(20_000)]
    cores = len(ALL_CORES)
    peaks = [
        tailrate.run(experiment(t), threads=cores, is_watched=True).peak_bytes / 1e6
        for t in horizons
    ]
    return Table(
        f"Peak memory of a run of the grid, {cores} threads",
        [f"MB, horizon {t:,}" for t in horizons] + ["ratio"],
        [[*peaks, peaks[1] / peaks[0]]],
        in_readme=True,
    )


def recording(tailrate: Tailrate, effort: Effort, times: Times) -> Table:
    """What the quickstart pays for its records and files."""
    say("quickstart")
    text = QUICKSTART.read_text()
    horizon = effort.horizon(100_000)
    text = re.sub(r"(?m)^horizon:.*$", f"horizon: {horizon}", text)
    whole, reused = [], []
    for _ in range(min(3, effort.rounds)):
        whole.append(tailrate.run(text).seconds)
        reused.append(tailrate.run(text, is_fresh=False).seconds)
    record = times.get("grid/record")
    records = QUICKSTART_ROWS * checkpoints(horizon)
    recorded = None if record is None else record * 1e-9 * records
    share = None
    if recorded is not None:
        share = 100 * (recorded + median(reused)) / median(whole)
    return Table(
        "Recording and storage of the quickstart, one core",
        ["s, whole", "s, records", "s, start-up, plan, journal read, result file"]
        + [f"share, % (limit {RECORDING_LIMIT_PERCENT})"],
        [[median(whole), recorded, median(reused), share]],
        "Files: a second run of the same experiment, which finds every row in its journal; "
        "writing the journal, a part of the first run, is not in the share.",
        in_readme=True,
    )


def fixed_cost(tailrate: Tailrate, effort: Effort, times: Times) -> Table:
    """What a cell costs before its first iteration."""
    say("10,000 cells")
    thousands = (2, 5, 10)
    whole, execution = [], []
    for count in thousands:
        text = many_cells(count, 1)
        processes, executions = [], []
        for _ in range(min(3, effort.rounds)):
            processes.append(tailrate.run(text).seconds)
            computed = tailrate.seconds_after_planning()
            tailrate.run(text, is_fresh=False)
            executions.append(computed - tailrate.seconds_after_planning())
        whole.append(median(processes))
        execution.append(median(executions))
    cells = [1000 * count for count in thousands]
    cell = times.get("grid/cell")
    rounds = range(effort.rounds)
    ten = median([tailrate.run(many_cells(10, 10)).seconds for _ in rounds])
    return Table(
        "Fixed cost, 16 seeds",
        ["what", "measured", "limit"],
        [
            ["s, 10,000 cells x 10 iterations", ten, f"{MANY_CELLS_LIMIT_S}"],
            ["µs a cell, whole process, 1 iteration", slope(cells, whole) * 1e6, ""],
            [
                "µs a cell, of it execution and journal",
                slope(cells, execution) * 1e6,
                f"{CELL_LIMIT_US}",
            ],
            [
                "µs a cell and block, made ready for its first iteration",
                None if cell is None else cell * 1e-3,
                f"{CELL_LIMIT_US}",
            ],
        ],
        f"Slopes over {cells[0]:,} to {cells[-1]:,} cells. Execution: what a run takes "
        "longer, after planning, than one that finds every row in its journal.",
        in_readme=True,
    )
