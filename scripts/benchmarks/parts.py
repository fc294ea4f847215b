"""Where an iteration's time goes, from the micro-benchmarks."""

import json
import re
from collections import defaultdict
from statistics import median

import numpy_grid as grid
from measure import Effort, Tailrate, run, say
from speed import CELLS
from table import Table

Times = dict[str, float]  # nanoseconds per item by name
SUM_LIMIT, STEP_LIMIT = 1.3, 1.5


def parse(text: str) -> Times:
    """Of the program's JSON: medians of the repetitions."""
    found = defaultdict(list)
    for entry in json.loads(text).get("benchmarks", []):
        rate = entry.get("items_per_second", 0)
        if entry.get("run_type", "iteration") == "iteration" and rate > 0:
            name = entry.get("run_name", entry["name"])
            name = re.sub(r"/(min_time:|repeats:|real_time|process_time).*", "", name)
            found[name].append(1e9 / rate)
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


def method_ns(times: Times) -> float | None:
    """Mean over the cells of a problem, each without the copy of its input."""
    cells: list[float | None] = []
    for kind in grid.METHODS:
        count = 1 if kind == "sgd" else len(grid.THRESHOLDS)
        cells += [times.get(f"grid/method/{kind}")] * count
    return less(ratio(total(cells), len(cells)), times.get("copy/messages"))


def shares(times: Times) -> Table:
    """The parts of an element's time, in percent of the whole."""
    rows = []
    for law in grid.LAWS:
        parts = [
            ratio(times.get(f"grid/noise/{law}"), CELLS),
            times.get("grid/gradient"),
            method_ns(times),
            times.get("grid/record"),
        ]
        whole, known = times.get(f"grid/whole/{law}"), total(parts)
        percent = [ratio(part, whole) for part in [*parts, less(whole, known)]]
        percent = [None if share is None else 100 * share for share in percent]
        rows.append([law, *percent, whole, known, ratio(whole, known)])
    return Table(
        f"Shares of an iteration of the {CELLS} cells, in %; nanoseconds per element",
        ["law", "noise", "gradient", "method", "recording", "rest"]
        + ["whole, ns", "sum of parts, ns", f"whole / sum (limit {SUM_LIMIT})"],
        rows,
        f"Each part measured alone; noise is drawn once for {CELLS} cells.",
        in_readme=True,
    )


def floors(times: Times) -> Table:
    """Steps, draws and gradients beside the least that their arithmetic costs."""
    rows = []
    for floor_name, floor in sorted(times.items()):
        if not floor_name.startswith("floor/"):
            continue
        name = floor_name.removeprefix("floor/")
        found, limit = times.get(name), ""
        if name.startswith("step/"):
            found, limit = less(found, times.get("copy/messages")), f"{STEP_LIMIT}"
        elif name.startswith("gradient/"):
            found = times.get(name.replace("gradient/", "gradient/quadratic/"))
        rows.append([name, found, floor, ratio(found, floor), limit])
    return Table(
        "Nanoseconds per item beside the floor of its arithmetic",
        ["part", "ns", "floor, ns", "ratio", "limit"],
        rows or [["-", None, None, None, ""]],
        f"The generator takes {word_text(times)} ns a word. Steps without the copy of "
        "their input.",
    )


def word_text(times: Times) -> str:
    word = times.get("generator/word")
    return "-" if word is None else f"{word:.2f}"
