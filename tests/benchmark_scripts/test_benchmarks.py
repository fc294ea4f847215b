#!/usr/bin/env python3
"""The parts of scripts/benchmarks that are not times.

usage: test_benchmarks.py BINARY

The numpy grid against `tailrate trace` in every cell, the parser of micro-benchmarks,
fits of exact data, and tables. Nothing is timed.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "benchmarks"))

import experiments  # noqa: E402
import measure  # noqa: E402
import numpy_grid  # noqa: E402
import parts  # noqa: E402
import table  # noqa: E402

ITERATIONS = 50
TOLERANCE = 1e-12  # of the largest coordinate of all iterates


def check(condition: bool, message: str) -> None:
    if not condition:
        sys.exit(f"FAILED: {message}")


def is_close(found: float | None, expected: float, tolerance: float = 1e-12) -> bool:
    return found is not None and abs(found - expected) <= tolerance * abs(expected)


def deviation(method: numpy_grid.Method, trace: h5py.File) -> float:
    """Largest difference of the iterates under the noise of the trace."""
    instance = trace["instance/0"]
    method.problem = numpy_grid.Quadratics(instance["A"][()], instance["b"][()])
    states, noise = trace["x"][()], trace["noise"][()]
    worst = 0.0
    for t in range(ITERATIONS):
        method.step(t, noise[t].reshape(method.memory.shape))
        worst = max(worst, np.abs(method.x.ravel() - states[t + 1]).max())
    return worst / np.abs(states).max()


def check_traces(binary: str) -> float:
    """Every cell of the grid, in both layouts; cells are in the experiment's order."""
    numpy_grid.SEEDS = 1
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "grid.yaml")
        path.write_text(experiments.experiment(1_000))
        both = zip(numpy_grid.grid(False), numpy_grid.grid(True))
        for cell, (method, seeds_last) in enumerate(both):
            output = pathlib.Path(folder, f"{cell}.h5")
            command = [binary, "trace", path, "--cell", cell, "--seed", 3]
            command += ["--iterations", ITERATIONS, "-o", output]
            subprocess.run([str(word) for word in command], check=True)
            with h5py.File(output) as trace:
                kind, name = trace.attrs["algorithm"], type(method).__name__
                found = max(deviation(method, trace), deviation(seeds_last, trace))
            check(found <= TOLERANCE, f"cell {cell}, {kind}, {name}: off by {found}")
            worst = max(worst, found)
    return worst


def check_draw_tables() -> None:
    """The density of log_squared at 0 is c/(2 ln^2 2), with c of the catalogue."""
    probability, value = numpy_grid.log_squared_table()
    at = 1e-2
    density = (1 - np.interp(at, value[::-1], probability[::-1])) / (2 * at)
    check(is_close(density, 0.58102737 / (2 * np.log(2) ** 2), 1e-3), "log_squared")
    rng = np.random.default_rng(0)
    for key, law in numpy_grid.LAWS.items():
        draws = law(rng, (10, 10, 1000))
        check(draws.shape == (10, 10, 1000), f"{key}: shape")
        check(bool(np.isfinite(draws).all()), f"{key}: not finite")
        check(abs(np.mean(draws > 0) - 0.5) < 0.01, f"{key}: not symmetric")


def sample(**nanoseconds: float) -> str:
    """What the micro-benchmarks print, with a repetition and what is to be ignored."""
    entries = []
    for name, ns in nanoseconds.items():
        name = name.replace("__", "/")
        entry = {"name": f"{name}/min_time:0.100", "run_name": f"{name}/min_time:0.100"}
        for scale in (1, 2, 0.5):
            rate = 1e9 / (scale * ns)
            entries.append({**entry, "run_type": "iteration", "items_per_second": rate})
        entries.append({**entry, "run_type": "aggregate", "items_per_second": 1.0})
        entries.append({"name": "no/items", "run_type": "iteration"})
    return json.dumps({"context": {}, "benchmarks": entries})


def check_parts() -> None:
    methods = {f"grid__method__{key}": 0.5 for key in numpy_grid.METHODS}
    methods["grid__method__sgd"] = 2.6
    for short, long in (("", "_norm"), ("__component", "_component")):
        methods[f"grid__method__clipped_sgd{short}"] = methods.pop(
            f"grid__method__clipped_sgd{long}"
        )
    record = 0.01 * 1600 * parts.GRID_HORIZON / parts.checkpoints(parts.GRID_HORIZON)
    times = parts.parse(
        sample(
            **methods,
            copy__messages=0.1,
            grid__noise__gaussian=6.3,
            grid__gradient=0.2,
            grid__record=record,
            grid__whole__gaussian=1.0,
            step__sgd=0.5,
            floor__step__sgd=0.3,
            gradient__quadratic__10=0.3,
            floor__gradient__10=0.2,
            floor__draw__stable=1.0,
        )
    )
    check(is_close(times["copy/messages"], 0.1), "median of repetitions")
    mean = (2.6 + 20 * 0.5) / 21 - 0.1
    check(is_close(parts.method_ns(times), mean), "mean of cells")
    check(parts.checkpoints(1) == 2 and parts.checkpoints(10) == 9, "checkpoints")
    gaussian, student = parts.shares(times, {"gaussian": 1.05}).rows[:2]
    expected = [10, 20, 50, 1, 19, 1.0, 0.81, 1.05 / 0.81]
    for found, value in zip(gaussian[1:], expected):
        check(is_close(found, value, 1e-9), f"shares: {found}, not {value}")
    check(student[1] is None and student[-1] is None, "missing names are None")
    rows = {row[0]: row for row in parts.floors(times).rows}
    check(is_close(rows["step/sgd"][3], 2.0), "step less its copy over its floor")
    check(is_close(rows["gradient/quadratic/10"][3], 1.5), "gradient over its floor")
    check(rows["draw/stable"][3] is None, "a floor without its part")
    nothing = parts.parse("{}")
    check("| - |" in parts.floors(nothing).markdown(), "no benchmarks at all")
    check("| - |" in parts.shares(nothing, {}).markdown(), "no benchmarks at all")


def check_fits() -> None:
    sizes = np.array([10.0, 20.0, 40.0, 80.0])
    check(is_close(measure.power(sizes, 3 * sizes**1.7), 1.7, 1e-9), "power")
    check(is_close(measure.slope(sizes, 5 + 0.3 * sizes), 0.3, 1e-9), "slope")
    numbers = iter([5.0, 1.0, 2.0, 1.0, 9.0, 4.0])
    found = measure.alternate(3, {k: lambda: next(numbers) for k in "ab"})
    check(found == {"a": 5.0, "b": 1.0}, f"alternating medians {found}")


def check_tables() -> None:
    cells = (None, "x", 12345.6, 1.0, 0.01234, 99.96)
    texts = [table.cell_text(cell) for cell in cells]
    check(texts == ["-", "x", "12,346", "1.00", "0.0123", "100"], f"cells {texts}")
    made = table.Table("Title", ["a", "b"], [["x", None]], "Note.")
    expected = "Title\n\n| a | b |\n| --- | --- |\n| x | - |\n\nNote.\n"
    check(made.markdown() == expected, "Markdown")
    marks = [table.begin_mark(name) for name in ("narrow", "wide")]
    readme = "".join(f"before\n{mark}\nold\n{table.END}\nafter\n" for mark in marks)
    for text in ("new", "newer"):
        readme = table.between_marks(readme, "wide", text)
    wanted = (f"before\n{marks[0]}\nold\n{table.END}\nafter\n"
              f"before\n{marks[1]}\nnewer\n{table.END}\nafter\n")
    check(readme == wanted, "the README between its marks")
    try:
        table.between_marks(f"{table.END} {marks[0]}", "narrow", "text")
        check(False, "a README without marks")
    except ValueError:
        pass


def main(binary: str) -> None:
    check_fits()
    check_tables()
    check_parts()
    check_draw_tables()
    print(f"numpy grid against traces: x within {check_traces(binary):.2g}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
