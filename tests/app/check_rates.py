#!/usr/bin/env python3
"""Theory beside measurement: what the result file holds, and what `rates` says of it.

check_rates.py BINARY
"""
import csv
import io
import json
import math
import sys

import h5py
import netCDF4
import numpy as np
import xarray

from support import Program, check

# Curves that are soon straight: condition number 1 and many coordinates.
STUDY = """schema: 1
name: theory
seeds: 300
horizon: 3000
problem: {kind: quadratic, clients: 4, dimension: 20, condition_number: 1,
          heterogeneity: 4, initial_distance: 1, residuals: skewed}
noise:
  - {kind: gaussian}
  - {kind: student_t, tail_index: 1.5}
  - {kind: student_t, tail_index: 1.5, client_spread: 3}
  - {kind: one_sided_pareto, tail_index: 1.5}
method:
  - {kind: sgd, step: {scale: 2, shift: 2}}
  - {kind: clipped_sgd, clip_threshold: 1, step: {scale: 2, shift: 2}}
  - {kind: sclip_ef, clip_threshold: 10, effective_step: 2}
  - {kind: smooth_clip_sgd, clip_threshold: 10, effective_step: 2}
  - {kind: clip21, clip_threshold: 3, step: {scale: 2, shift: 2}}
"""
# What is left of the start falls little faster than the noise and still counts.
STARTS = """schema: 1
name: starts
seeds: 100
horizon: 10000
problem: {kind: quadratic, clients: 4, dimension: 4, condition_number: 1, initial_distance: 10}
noise: {kind: student_t, tail_index: 1.5, scale: 0.1}
method:
  - {kind: sgd, step: {scale: [0.4, 0.45]}}
  - {kind: sclip_ef, clip_threshold: 1, effective_step: 0.48}
  - {kind: smooth_clip_sgd, clip_threshold: 1, effective_step: 0.48}
"""
BARE = """schema: 1
name: bare
seeds: 20
horizon: 100
problem: {kind: quadratic, clients: 2, dimension: 2}
noise: {kind: none}
method: {kind: clip21, clip_threshold: 3, step: {scale: 0.1}}
"""
METHODS = 5
GAUSSIAN, T, UNEQUAL, ASYMMETRIC = range(4)
SGD, CLIPPED, SCLIP, SMOOTH, CLIP21 = range(METHODS)


def cell_of(noise: int, method: int) -> int:
    return noise * METHODS + method


def exponents(cells: list, noise: int, method: int) -> list:
    """(about, kind, exponent, exponent_up_to) of every statement of a cell."""
    return [(row["about"], row["kind"], round(row["exponent"], 12), row["exponent_up_to"])
            for row in cells[cell_of(noise, method)]["theory"]]


def statements(cells: list) -> None:
    theorem = ("mse", "at_least", 0.0, 0.4)
    check(exponents(cells, GAUSSIAN, SGD) == [("mse", "exact", 1.0, None)], str(cells[0]))
    check(exponents(cells, T, SGD) == [("typical_run", "exact", round(2 / 3, 12), None)],
          str(cells[cell_of(T, SGD)]))
    check(exponents(cells, ASYMMETRIC, SGD) == [], "asymmetric sgd")
    for noise, limit in ((GAUSSIAN, 1.0), (T, 0.85), (UNEQUAL, 0.85)):
        # Unequal noise: 0.6 p = 0.9 is no limit at p = 1.5.
        found = exponents(cells, noise, SCLIP)
        check(found == [("mse", "exact", limit, 1.2), theorem], f"{noise}: {found}")
        check(exponents(cells, noise, SMOOTH) == found[:1], "the ablation differs")
    check(exponents(cells, ASYMMETRIC, SCLIP) == [("mse", "exact", 0.3, 1.2)],
          str(cells[cell_of(ASYMMETRIC, SCLIP)]))
    for noise in range(4):
        check(exponents(cells, noise, CLIPPED) == [("mse", "exact", 0.0, None)], "floor")
        check(exponents(cells, noise, CLIP21) == [], "clip21 has no theory")


def starts(program: Program) -> None:
    """Rates above the slowest term, which no statement may call impossible."""
    program.write("starts.yaml", STARTS)
    program.ok("run", "starts.yaml", "--quiet")
    cells = json.loads(program.ok("rates", "results/starts.h5", "--json"))["cells"]
    above = [cell for cell in cells if cell["is_rate"]
             and cell["exponent_geo_ci"][0] > cell["theory"][0]["exponent"] + 0.05]
    check(len(above) > 0, "no rate lies above its slowest term")
    for cell in cells:
        for row in cell["theory"]:
            check(row["verdict"] != "faster than possible", f"{cell['label']}: {row}")


def verdicts(cells: list) -> None:
    """What may be compared is, the rest says why not."""
    seen = {}
    for cell in cells:
        for row in cell["theory"]:
            seen.setdefault(row["verdict"], []).append((cell["label"], row["reason"]))
            check(row["reason"] != "" and row["source"] != "", str(row))
            check(row["verdict"] != "faster than possible", f"{cell['label']}: {row}")
            if row["verdict"] != "not comparable":
                is_floor = row["exponent"] == 0 and row["kind"] == "exact"
                check(cell["is_rate"] or cell["regime"] == "plateau", f"{cell}")
                check(cell["regime"] == "plateau" or not is_floor, f"{cell}")
    print({verdict: len(rows) for verdict, rows in seen.items()})
    for noise in (GAUSSIAN, T, UNEQUAL, ASYMMETRIC):
        floor = cells[cell_of(noise, CLIPPED)]
        check((floor["theory"][0]["verdict"] == "consistent") ==
              (floor["regime"] == "plateau"), str(floor))
    check(cells[cell_of(GAUSSIAN, CLIPPED)]["regime"] == "plateau", "no floor was seen")
    plain = cells[cell_of(GAUSSIAN, SGD)]
    check(plain["theory"][0]["verdict"] == "consistent", str(plain))
    sclip = cells[cell_of(T, SCLIP)]["theory"]
    check(sclip[1]["verdict"] != "consistent", "a measured exponent confirms a range")


def stored(program: Program, cells: list) -> None:
    """The group /theory as h5py, netCDF4 and xarray see it."""
    path = program.folder / "results/theory.h5"
    rows = [(number, row) for number, cell in enumerate(cells) for row in cell["theory"]]
    with h5py.File(path) as file:
        group = file["theory"]
        check(list(group["cell"][:]) == [number for number, _ in rows], "cell")
        check(group["cell"].dtype == np.int32 and group["ours"].dtype == np.int8, "types")
        for name in ("kind", "about", "assumptions", "source"):
            check([text.decode() for text in group[name][:]] == [r[name] for _, r in rows],
                  name)
        for name in ("exponent", "exponent_up_to", "from_iteration"):
            expected = [math.nan if r[name] is None else r[name] for _, r in rows]
            check(np.array_equal(group[name][:], expected, equal_nan=True), name)
        check([bool(value) for value in group["ours"][:]] == [r["is_ours"] for _, r in rows],
              "ours")
        knees = file["knee"][:]
        expected = [math.nan if cell["knee"] is None else cell["knee"] for cell in cells]
        check(np.array_equal(knees, expected, equal_nan=True), "knee")
        largest = file["instance/0/G"][()]
        check(math.isclose(knees[SCLIP], (largest / 10) ** (10 / 3), rel_tol=1e-12), "t*")
        check(math.isnan(knees[SGD]) and math.isnan(knees[CLIPPED]), "no knee")
    with netCDF4.Dataset(path) as file:
        group = file["theory"]
        check(group["exponent"].dimensions == ("statement",), "netCDF4: dimensions")
        check(len(group["cell"][:]) == len(rows), "netCDF4: cell")
        check(file["knee"].dimensions == ("cell",), "netCDF4: knee")
    with xarray.open_dataset(path, group="theory") as group:
        check(dict(group.sizes) == {"statement": len(rows)}, f"xarray: {group.sizes}")
        check(str(group["about"].values[0]) == "mse", "xarray: text")


def tables(program: Program, cells: list) -> None:
    report = program.ok("rates", "results/theory.h5")
    main, errors, details, theory = report.split("\n\n| cell ")
    check(main.count("none (infinite)") == 3, main)
    check(main.count("converging *") == sum(cell["is_rate"] for cell in cells) > 0, main)
    check(main.count("×÷") >= len(cells) - 3, "levels have no interval")
    check(all(len(line) <= 120 for line in main.split("\n")), "wider than a terminal")
    for head in ("final typical", "largest seed", "Hill", "diverged", "knee"):
        check(f" {head} " in errors.split("\n")[0], f"no column {head}")
    check(details.count("plateau: ") >= 3, details)
    for head in ("early", "late", "curvature", "because"):
        check(f" {head} " in details.split("\n")[0], f"no column {head}")
    check(any("1 (cited)" in line and "consistent" in line for line in theory.split("\n")),
          theory)
    check("some in (0, 0.4) (cited)" in theory and "arXiv 2310.16920" in theory, theory)
    check("typical run" in theory and "infinite" not in theory.split("\n")[2], theory)
    lines = list(csv.DictReader(io.StringIO(
        program.ok("rates", "results/theory.h5", "--csv"))))
    check(len(lines) == len(cells), "rows of the CSV")
    for line, cell in zip(lines, cells):
        check(json.loads(line["theory"]) == cell["theory"], "theory in the CSV")
        check(line["knee"] == "" or float(line["knee"]) == cell["knee"], "knee in the CSV")
        check(line["curvature_ci_lower"] == ("" if cell["curvature_ci"][0] is None
                                             else str(cell["curvature_ci"][0])), "curvature")


def bare(program: Program) -> None:
    """Nothing is known: no group, and `rates` says nothing of theory."""
    program.write("bare.yaml", BARE)
    program.ok("run", "bare.yaml", "--quiet")
    with h5py.File(program.folder / "results/bare.h5") as file:
        check("theory" not in file and math.isnan(file["knee"][0]), "a group of nothing")
    check("Theory" not in program.ok("rates", "results/bare.h5"), "theory of nothing")
    cell = json.loads(program.ok("rates", "results/bare.h5", "--json"))["cells"][0]
    check(cell["theory"] == [] and cell["knee"] is None, str(cell))


def reasons(program: Program) -> None:
    """Where there is no exponent, the table says why: one reason, not two."""
    program.write("coarse.yaml", BARE + "points_per_decade: 3\n")
    program.ok("run", "coarse.yaml", "--quiet", "-o", "coarse.h5")
    report = program.ok("rates", "coarse.h5", "--window", "0.3")
    check("the window has 1 checkpoint of the 4 needed" in report, report)
    check(report.split("\n\n")[0].count("none (short window)") == 2, report)
    check("over the last 0.3 decades, t >= 100, 1 checkpoint;" in report, report)
    check("over the last 1 decade, t >= 10, 4 checkpoints;"
          in program.ok("rates", "coarse.h5", "--window", "1"), "singular and plural")
    report = program.ok("rates", "coarse.h5", "--window", "0.7")
    check("the window has 3 checkpoints of the 4 needed" in report, report)
    check(report.split("\n\n")[0].count("none (short window)") == 1, report)
    program.ok("run", "coarse.yaml", "--quiet", "--seeds", "1", "-o", "one.h5")
    check("none (one seed)" in program.ok("rates", "one.h5"), "one seed")


def main() -> None:
    program = Program(sys.argv[1])
    program.write("theory.yaml", STUDY)
    program.ok("run", "theory.yaml", "--quiet")
    document = json.loads(program.ok("rates", "results/theory.h5", "--json"))
    cells = document["cells"]
    statements(cells)
    verdicts(cells)
    starts(program)
    stored(program, cells)
    tables(program, cells)
    bare(program)
    reasons(program)


if __name__ == "__main__":
    main()
