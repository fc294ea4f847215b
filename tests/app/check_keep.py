#!/usr/bin/env python3
"""keep: summary: the file without its seeds has the same numbers, and says the same.

check_keep.py BINARY
"""
import json
import pathlib
import shutil
import sys

import h5py
import netCDF4
import numpy as np
import xarray

from support import SMALL, Program, check

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "storage"))
from labelled_file_check import BOOKKEEPING, content_digest  # noqa: E402

# The last method overflows right at the horizon, in some of the seeds.
FULL = SMALL.replace("horizon: 2000", "horizon: 500") + (
    "  - {kind: sgd, step: {scale: 0.3025, power: 0, relative_to: inverse_mu}}\n")
SUMMARY = FULL + "keep: summary\n"
CELLS = 18
# Enough cells that what a file has only once does not count.
MANY = """schema: 1
name: many
seeds: 64
horizon: 100
problem: {kind: quadratic, clients: 2, dimension: 2}
noise: {kind: gaussian}
method: {kind: clipped_sgd, clip_threshold: [%s], step: {scale: 2, shift: 20}}
""" % ", ".join(str(1 + k) for k in range(600))
DETAILS = {"judged_by", "regime_reason", "early_exponent", "late_exponent", "curvature",
           "curvature_ci", "is_rate", "hill", "largest_share", "diverged_seeds"}
TEXTS = {"provenance/experiment_completed", "provenance/experiment_as_read"}


def contents(path: pathlib.Path) -> dict:
    """Per variable its axes, type, bytes or texts, and attributes."""
    found = {}

    def visit(name: str, item) -> None:
        if isinstance(item, h5py.Dataset):
            values = item[()]
            bits = values.tolist() if item.dtype.kind == "O" and item.shape else (
                values if item.dtype.kind == "O" else values.tobytes())
            found[name] = ([axis[0].name if len(axis) else name for axis in item.dims],
                           item.dtype.str, bits,
                           {key: str(value) for key, value in item.attrs.items()
                            if key not in BOOKKEEPING})

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


def shared_numbers(program: Program) -> None:
    full, summary = (contents(program.folder / name) for name in ("full.h5", "summary.h5"))
    of_seeds = {name for name, (axes, *_) in full.items() if "/seed" in axes}
    check({"squared_error", "gradient_norm", "diverged_at", "peak_error", "final_saturated",
           "precision_limited"} <= of_seeds, str(of_seeds))
    check(not any("/seed" in axes for axes, *_ in summary.values()), "a variable of seeds")
    check(full.keys() - summary.keys() == of_seeds, str(full.keys() - summary.keys()))
    check(summary.keys() - full.keys() == DETAILS, str(summary.keys() - full.keys()))
    different = {name for name in full.keys() & summary.keys() if full[name] != summary[name]}
    check(different == TEXTS, f"other numbers: {different}")
    check(summary["provenance/experiment_completed"][2].decode().count("keep: summary\n") == 1,
          "the completed text does not say what is kept")
    print(len(full.keys() & summary.keys()) - len(TEXTS), "variables are the same bits")


def journals(program: Program) -> None:
    """What is kept makes nothing rerun, and a file is the same however it came about."""
    summary = (program.folder / "summary.h5").read_bytes()
    full = (program.folder / "full.h5").read_bytes()
    said = program.ok("run", "summary.yaml", "-o", "full.h5")
    check("0 of 54 rows computed" in said, said)
    check((program.folder / "full.h5").read_bytes() == summary, "run and merge differ")
    program.ok("run", "summary.yaml", "-o", "full.h5", "--set", "keep=seeds", "--quiet")
    with h5py.File(program.folder / "full.h5") as file:
        check("squared_error" in file, "--set keep=seeds")
    program.ok("run", "full.yaml", "-o", "full.h5", "--quiet")
    check((program.folder / "full.h5").read_bytes() == full, "the full file has moved")
    for index in ("0", "1"):
        program.ok("run", "summary.yaml", "-o", "cut.h5", "--shard", f"{index}/2",
                   "--threads", "1", "--quiet")
    program.ok("merge", "cut.journal", "-o", "cut.h5")
    check((program.folder / "cut.h5").read_bytes() == summary, "shards give other bytes")


def reports(program: Program) -> None:
    for style in ((), ("--csv",), ("--window", "1.5")):
        full, summary = (program.ok("rates", name, *style)
                         for name in ("full.h5", "summary.h5"))
        check(full == summary, f"rates {style} differs:\n{full}\n{summary}")
    full, summary = (json.loads(program.ok("rates", name, "--json"))
                     for name in ("full.h5", "summary.h5"))
    check(full["cells"] == summary["cells"], "rates --json differs")
    check(full["window_start"] == summary["window_start"], "window")
    diverged = [cell["diverged_seeds"] for cell in full["cells"]]
    with h5py.File(program.folder / "full.h5") as file:
        expected = (file["diverged_at"][:] >= 0).sum(axis=1)
    check(diverged == expected.tolist() and any(0 < seeds < 40 for seeds in diverged), f"diverged: {diverged}")
    print("diverged seeds:", diverged)


def libraries(program: Program) -> None:
    path = program.folder / "summary.h5"
    with xarray.open_dataset(path) as data:
        check(data.sizes["cell"] == CELLS and data.sizes["seed"] == 40, str(data.sizes))
        check(data.squared_error_mean.dims == ("cell", "iteration"), "dimensions")
        check(data.diverged_seeds.dtype == np.int32, str(data.diverged_seeds.dtype))
        check(str(data.regime_reason.values[-1]) != "", "a regime without a reason")
        check("algorithm" in data.curvature_ci.coords, "no coordinates")
    with netCDF4.Dataset(path) as file:
        check(file["curvature_ci"].dimensions == ("cell", "bound"), "netCDF4: dimensions")


def refusals(program: Program) -> None:
    for said, arguments in (
            ("compare needs every seed", ("compare", "summary.h5")),
            ("check needs every seed", ("check", "--baseline", "summary.h5", "full.h5")),
            ("check needs every seed", ("check", "--baseline", "full.h5", "summary.h5")),
            ("check needs every seed", ("check", "--baseline", "full.h5", "summary.yaml")),
            ("--window needs every seed", ("rates", "summary.h5", "--window", "1")),
            ("does not go with keep: summary",
             ("run", "summary.yaml", "-o", "new.h5", "--confirmation", "32"))):
        done = program(*arguments)
        check(done.returncode == 2 and done.stdout == "",
              f"{arguments}: exit {done.returncode}")
        check(said in done.stderr and done.stderr.count("\n") == 1, done.stderr)
        print("refused:", done.stderr.strip())
    check(not (program.folder / "new.h5").exists(), "a run that was refused")


def forged(program: Program, name: str, index: tuple, unit: float) -> None:
    """verify names a number that was changed."""
    shutil.copy(program.folder / "summary.h5", program.folder / "forged.h5")
    with h5py.File(program.folder / "forged.h5", "r+") as file:
        file[name][index] = file[name][index] + unit
        file.attrs["content_sha256"] = content_digest(file)
    done = program("verify", "forged.h5", "--cells", str(CELLS))
    check(done.returncode == 4 and name in done.stdout, f"verify has not found {name}")


def verified(program: Program) -> None:
    found = json.loads(program.ok("verify", "summary.h5", "--cells", str(CELLS), "--json"))
    check({cell["state"] for cell in found["cells"]} == {"identical"}, str(found))
    check(len(found["cells"]) == CELLS and found["not_compared"] == [], str(found["not_compared"]))
    forged(program, "squared_error_quantile", (3, 2, 9), 1.0)
    forged(program, "largest_share", (0,), 0.5)
    forged(program, "diverged_seeds", (7,), 1)


def sizes(program: Program) -> None:
    program.write("many.yaml", MANY)
    for keep in ("seeds", "summary"):
        arguments = ("many.yaml", "-o", "many.h5", "--set", f"keep={keep}")
        program.ok("run", *arguments, "--quiet")
        size = (program.folder / "many.h5").stat().st_size
        planned = json.loads(program.ok("plan", *arguments, "--json"))["result_bytes"]
        print(f"{keep}: {size / 600:.0f} bytes a cell, planned {planned / 600:.0f}")
        check(0.8 < planned / size < 1.2, f"{keep}: {size} bytes, planned {planned}")


def tuned(program: Program) -> None:
    """Constants are chosen by every seed; the tuned experiment keeps what it kept."""
    program.ok("tune", "summary.yaml", "-o", "tuned.yaml", "--seeds", "16", "--quiet")
    with h5py.File(program.folder / "tuned.h5") as file:
        check("squared_error" in file, "the curves of tuning are gone")
    text = (program.folder / "tuned.yaml").read_text()
    check(text.count("keep: summary\n") == 1, text)


def main() -> None:
    program = Program(sys.argv[1])
    program.write("full.yaml", FULL)
    program.write("summary.yaml", SUMMARY)
    program.ok("run", "full.yaml", "-o", "full.h5", "--quiet")
    program.ok("merge", "full.journal", "-o", "summary.h5", "--experiment", "summary.yaml")
    shared_numbers(program)
    reports(program)
    libraries(program)
    refusals(program)
    verified(program)
    sizes(program)
    tuned(program)
    journals(program)


main()
