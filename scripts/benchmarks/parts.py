"""Where an iteration's time goes, from the micro-benchmarks."""

import json
import math
import re
from collections import defaultdict
from statistics import median

import numpy_grid as grid
from measure import Effort, Tailrate, run, say
from speed import CELLS
from table import Table

# Nanoseconds per item by name. An item is an element of 16 seeds, but a checkpoint of
# one row in grid/record and a cell of a unit in grid/cell.
Times = dict[str, float]
SUM_LIMIT, STEP_LIMIT = 1.3, 1.5
GRID_HORIZON = 2_000  # of grid/whole
BLOCK = 16  # seeds


def parse(text: str) -> Times:
    """Of the program's JSON: medians of the repetitions."""
    found = defaultdict(list)
    for entry in json.loads(text).get("benchmarks", []):
        rate = entry.get("items_per_second", 0)
        if entry.get("run_type", "iteration") == "iteration" and rate > 0:
            name = entry.get("run_name", entry["name"])
            name = re.sub(r"/(min_time:|repeats:|real_time|process_time).*", "", name)
            name = re.sub(r"^grid/method/clipped_sgd$", r"\g<0>_norm", name)
            found[name.replace("sgd/component", "sgd_component")].append(1e9 / rate)
    return {name: median(values) for name, values in found.items()}


def measure_parts(tailrate: Tailrate, effort: Effort) -> Times:
    """Nothing where the program was not built."""
    if not tailrate.micro_benchmark.exists():
        return {}
    say("micro-benchmarks")
    least = 0.1 / effort.divisor
    options = [f"--benchmark_min_time={least}", "--benchmark_format=json"]
    options.append(f"--benchmark_repetitions={min(3, effort.rounds)}")
    return parse(run([tailrate.micro_benchmark, *options]).output)


def less(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second


def ratio(first: float | None, second: float | None) -> float | None:
    return None if first is None or not second else first / second


def total(parts: list[float | None]) -> float | None:
    return None if None in parts else sum(parts)


def checkpoints(horizon: int, per_decade: int = 10) -> int:
    """How many iterations a run records."""
    times = {0, horizon}
    k = 0
    while (t := math.floor(10 ** (k / per_decade) + 0.5)) < horizon:
        times.add(t)
        k += 1
    return len(times)


def method_ns(times: Times) -> float | None:
    """Mean over the cells of a problem, each without the copy of its input."""
    cells: list[float | None] = []
    for kind in grid.METHODS:
        count = 1 if kind == "sgd" else len(grid.THRESHOLDS)
        cells += [times.get(f"grid/method/{kind}")] * count
    return less(ratio(total(cells), len(cells)), times.get("copy/messages"))


def record_ns(times: Times) -> float | None:
    """Of an element and iteration in grid/whole."""
    record = times.get("grid/record")
    elements = BLOCK * grid.CLIENTS * grid.DIMENSION * GRID_HORIZON
    return None if record is None else record * checkpoints(GRID_HORIZON) / elements


def shares(times: Times, runs: dict[str, float]) -> Table:
    """The parts of an element's time, in percent of a block's; and what a run takes for
    an element, against their sum."""
    rows = []
    for law in grid.LAWS:
        parts = [
            ratio(times.get(f"grid/noise/{law}"), CELLS),
            times.get("grid/gradient"),
            method_ns(times),
            record_ns(times),
        ]
        whole, known = times.get(f"grid/whole/{law}"), total(parts)
        percent = [ratio(part, whole) for part in [*parts, less(whole, known)]]
        percent = [None if share is None else 100 * share for share in percent]
        rows.append([law, *percent, whole, known, ratio(runs.get(law), known)])
    return Table(
        f"Shares of an iteration of the {CELLS} cells, in %; nanoseconds per element",
        ["law", "noise", "gradient", "method", "recording", "rest"]
        + ["whole, ns", "sum of parts, ns", f"run / sum (limit {SUM_LIMIT})"],
        rows,
        f"Each part measured alone; noise is drawn once for {CELLS} cells. Whole: one block "
        "of seeds in memory. Run: the slope of whole processes, in the first table.",
        in_readme=True,
    )


def part_of(floor: str) -> str:
    """The name of what floor/... belongs to."""
    name = floor.removeprefix("floor/")
    if name == "generator":
        return "generator/word"
    return re.sub(r"^gradient/(?=\d)", "gradient/quadratic/", name)


def floors(times: Times) -> Table:
    """Steps, draws and gradients beside the least that their arithmetic costs."""
    rows: list[list[str | float | None]] = []
    for floor in sorted(name for name in times if name.startswith("floor/")):
        name, limit = part_of(floor), ""
        found, least = times.get(name), times[floor]
        if name.startswith("step/"):
            copy, limit = times.get("copy/messages"), f"{STEP_LIMIT}"
            found, least = less(found, copy), less(least, copy)
        rows.append([name, found, least, ratio(found, least), limit])
    return Table(
        "Nanoseconds per item beside the floor of its arithmetic",
        ["part", "ns", "floor, ns", "ratio", "limit"],
        rows or [["-", None, None, None, ""]],
        "Steps and their floors without the copy of their input, which is timed alone. "
        "The floor of a step goes through the same loop: each array that the method changes "
        "is read and written once, with the method's square roots, divisions and exchanges, "
        "those of smooth clipping in its own way, by multiplications; "
        "then the mean of the messages and the move of the iterate. sgd is nothing else: "
        "its ratio is the error of all these.",
    )
