"""Time per element against the numpy grid, and the use of several cores."""

from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy_grid as grid
from experiments import experiment
from measure import ALL_CORES, Effort, Tailrate, alternate, run, say
from table import Table

NUMPY_GRID = Path(grid.__file__)
CELLS = len(grid.grid())
LIMITS = ["25 (median)", "9 (minimum)"]
ELEMENTS = CELLS * grid.SEEDS * grid.CLIENTS * grid.DIMENSION  # of an iteration


def numpy_ns(law: str, horizon: int, *options: str) -> float:
    """Nanoseconds per element of the loop alone."""
    command = ["/usr/bin/python3", NUMPY_GRID, "--law", law, "--horizon", horizon]
    seconds = float(run([*command, *options]).output)
    return seconds / (ELEMENTS * horizon) * 1e9


def law_medians(tailrate: Tailrate, effort: Effort, law: str) -> dict[str, float]:
    """Nanoseconds per element of each program."""
    long, short = effort.horizon(20_000), effort.horizon(2_000)
    some = effort.horizon(200)

    def seconds(horizon: int) -> Callable[[], float]:
        text = experiment(horizon, law=law)
        return lambda: tailrate.run(text).seconds

    found = alternate(
        effort.rounds,
        {
            "fresh": lambda: numpy_ns(law, some // 2, "--noise", "fresh"),
            "shared": lambda: numpy_ns(law, some, "--noise", "shared"),
            "best": lambda: numpy_ns(law, some, "--noise", "shared", "--seeds-last"),
            "long": seconds(long),
            "short": seconds(short),
        },
    )
    nanoseconds = 1e9 / ELEMENTS
    return {
        "fresh": found["fresh"],
        "shared": found["shared"],
        "best": found["best"],
        "process": found["long"] / long * nanoseconds,
        "slope": (found["long"] - found["short"]) / (long - short) * nanoseconds,
    }


def slopes(numpy_table: Table) -> dict[str, float]:
    """Of a run of each law, in against_numpy's table."""
    column = numpy_table.header.index("its slope")
    return {row[0]: row[column] for row in numpy_table.rows[: len(grid.LAWS)]}


def against_numpy(tailrate: Tailrate, effort: Effort) -> Table:
    """The headline: one core, the same 63 cells, four laws."""
    rows = []
    for law in grid.LAWS:
        say(f"numpy and tailrate, {law}")
        ns = law_medians(tailrate, effort, law)
        ratios = [ns[kind] / ns["process"] for kind in ("fresh", "shared", "best")]
        rows.append([*ns.values(), *ratios])
    columns = list(zip(*rows))[5:]
    blank = [""] * 5
    return Table(
        f"Nanoseconds per element (client x coordinate x seed x iteration), {CELLS} "
        f"cells, {grid.SEEDS} seeds, one core",
        ["law", "numpy, fresh noise", "numpy, shared noise", "the same, seeds last"]
        + ["tailrate", "its slope"]
        + ["fresh / tailrate", "shared / tailrate", "seeds last / tailrate"],
        [[law, *row] for law, row in zip(grid.LAWS, rows)]
        + [["minimum", *blank, *map(min, columns)]]
        + [["median", *blank, *map(median, columns)]]
        + [["to reach", *blank, *LIMITS, ""]],
        f"Medians of {effort.rounds} alternating rounds. numpy: the loop alone, noise "
        "drawn for every cell or once for all, arrays (client, seed, dimension), or with "
        "the seeds last as here, which is numpy at its best; tailrate: the whole process "
        f"at horizon {effort.horizon(20_000):,} with start-up, planning, journal and "
        "result file; its slope: between two horizons, without that fixed cost.",
        in_readme=True,
    )


def scaling(tailrate: Tailrate, effort: Effort) -> Table:
    """One thread against all of them."""
    say("one thread and all cores")
    text = experiment(effort.horizon(4_000), seeds=256)
    cores = len(ALL_CORES)
    found = alternate(
        effort.rounds,
        {
            "one": lambda: tailrate.run(text).seconds,
            "all": lambda: tailrate.run(text, threads=cores).seconds,
            "apart": lambda: tailrate.run_on_every_core(text),
        },
    )
    ratio = found["one"] / found["all"]
    ceiling = cores * found["one"] / found["apart"]
    return Table(
        f"One thread against {cores}, {CELLS} cells x 256 seeds, whole processes",
        ["s, 1 thread", f"s, {cores} threads", "ratio (limit 1.9 for 2)"]
        + ["independent processes", "ratio / that"],
        [[found["one"], found["all"], ratio, ceiling, ratio / ceiling]],
        f"Medians of {effort.rounds} alternating rounds. Independent processes: the same "
        f"ratio for {cores} runs of one thread started together, each on a core of its "
        "own, which is all that the machine has to give.",
        in_readme=True,
    )
