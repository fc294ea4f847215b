#!/usr/bin/env python3
"""Constants chosen by `tune`: the least geometric error on tuning seeds, recomputed here;
what it writes runs, on test seeds; it goes on after a signal; what it refuses.

check_tune.py BINARY
"""
import csv
import hashlib
import json
import signal
import subprocess
import sys
import time

import h5py
import numpy as np

from check_bad_input import HEAD, METHOD, NOISE, PROBLEM, refuse
from check_bits import count_rows
from support import Program, check, lengthened

GRID = """schema: 1
name: grid
description: a grid
seeds: 24
horizon: 1000
problem: {kind: quadratic, clients: 5, dimension: 6, condition_number: 10,
          heterogeneity: 3, initial_distance: 2}
noise: {kind: student_t, tail_index: [1.2, 1.8], client_spread: 3}
method:
  # The first step explodes within the horizon.
  - {kind: sgd, step: {scale: [1e6, 0.01, 0.001], power: 0}}
  - {kind: clipped_sgd, clip_threshold: [0.1, 1, 3, 10], step: {scale: [1, 2], shift: 20}}
  - {kind: clipped_sgd, clip: component, clip_threshold: [3, 1, 0.30000000000000004],
     step: {scale: 2, shift: 20}}
  - {kind: clip21, clip_threshold: 3, step: {scale: 2, shift: 20}}
"""
MAPS = [3, 8, 3, 1]  # cells of each map
ONE = HEAD + PROBLEM + NOISE


def bytes_of(program: Program, name: str) -> bytes:
    return (program.folder / name).read_bytes()


def expected_winners(program: Program, name: str) -> tuple[np.ndarray, list[list[int]]]:
    """Scores of the cells, and per setting the best cell of every map."""
    with h5py.File(program.folder / name) as file:
        final = file["squared_error"][:, :, -1]
        seeds = file["seed"][:]
        check(list(seeds) == [10**9 + k for k in range(final.shape[1])],
              f"tuned on the seeds {seeds}")
        check(list(file["cell"][:]) == list(range(30)), "30 cells")
    scores = np.where(np.isfinite(final).all(axis=1), np.exp(np.log(final).mean(axis=1)),
                      np.inf)
    best, cell = [], 0
    for _ in range(2):
        best.append([])
        for size in MAPS:
            best[-1].append(cell + int(np.argmin(scores[cell:cell + size])))
            cell += size
    return scores, best


def near(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-12 * abs(b)


def choices(program: Program) -> list[int]:
    """The winners of the grid, told alike by JSON, table and CSV."""
    program.write("grid.yaml", GRID)
    told = json.loads(program.ok("tune", "grid.yaml", "-o", "t.yaml", "--json", "--quiet"))
    scores, best = expected_winners(program, "t.h5")
    check(np.isinf(scores[[0, 15]]).all() and np.isfinite(scores).sum() == 28,
          f"the exploding step must be the only one: {scores}")
    found = [[row["winner"]["cell"] for row in setting["methods"]]
             for setting in told["settings"]]
    check(found == best, f"winners {found}, expected {best}")
    check([[row["tried"] for row in setting["methods"]] for setting in told["settings"]]
          == [MAPS, MAPS], str(told))
    with h5py.File(program.folder / "t.h5") as file:
        final = np.log(file["squared_error"][:, :, -1])
    start = 0
    for setting in told["settings"]:
        for row, size in zip(setting["methods"], MAPS):
            winner, second = row["winner"]["cell"], row["runner_up"]
            check(near(row["winner"]["final_geo"]["value"], scores[winner]), str(row))
            if size == 1:
                check(second is None, "a runner-up of one")
            else:
                others = [c for c in range(start, start + size) if c != winner]
                expected = others[int(np.argmin(scores[others]))]
                check(second["cell"] == expected, f"runner-up {second}, not {expected}")
                logs = final[expected] - final[winner]
                check(near(second["ratio"]["value"], np.exp(logs.mean())), str(second))
                half = 2.0686576104190406 * logs.std(ddof=1) / np.sqrt(24)  # t, 23 degrees
                check(abs(np.log(second["ratio"]["ci"][1]) - logs.mean() - half) < 1e-9,
                      str(second))
            start += size
    with open(program.folder / "t.tuning.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    written = np.array([float(row["final_geo"]) for row in rows])
    check(len(rows) == 30 and np.allclose(written, scores, rtol=1e-12, atol=0), str(written))
    check([int(row["cell"]) for row in rows if row["is_best"] == "1"] == sum(best, []),
          "CSV winners")
    check(told["draws"] * 30 == told["draws_without_sharing"] * 2, str(told))
    check(told["draws"] == 2 * 32 * 5 * 6 * 1000 and told["oracle_calls"] == 1000, str(told))
    return sum(best, [])


def edges(program: Program) -> None:
    """Marks are where the least or largest of three or more won."""
    done = program("tune", "grid.yaml", "-o", "t.yaml")
    check(done.returncode == 0, done.stderr)
    told = json.loads(program.ok("tune", "grid.yaml", "-o", "t.yaml", "--json", "--quiet"))
    marks = 0
    for setting in told["settings"]:
        for row, ends in zip(setting["methods"], [{1e6, 0.001}, {0.1, 10}, {3, 0.1 + 0.2},
                                                  set()]):
            name = "step.scale" if row["method"] == "sgd" else "clip_threshold"
            is_end = row["winner"]["constants"].get(name) in ends
            check(row["at_edge"] == ([name] if is_end else []), str(row))
            marks += is_end
    check(marks > 0, "no winner at an edge: the case is not tested")
    warnings = [line for line in done.stderr.split("\n") if "may be too small" in line]
    check(len(warnings) == marks, done.stderr)
    check(all("tail_index=" in line and ("sgd" in line) for line in warnings), done.stderr)
    check("clipped_sgd (line 12)" in done.stdout and "times the best" in done.stdout,
          done.stdout)


def tuned_runs(program: Program, winners: list[int]) -> None:
    """The tuned file's cells are the winners' to the bit, on test seeds."""
    program.ok("run", "grid.yaml", "-o", "all.h5", "--quiet")
    program.ok("run", "t.yaml", "-o", "tuned.h5", "--quiet")
    with h5py.File(program.folder / "all.h5") as every, \
            h5py.File(program.folder / "tuned.h5") as tuned:
        check(np.array_equal(every["squared_error"][:][winners], tuned["squared_error"][:]),
              "a constant of the tuned file is another")
        check(list(tuned["seed"][:]) == list(range(24)), "not run on test seeds")
        check(tuned.attrs["experiment"] in ("grid-tuned", b"grid-tuned"), "its name")
        kept = tuned["provenance/experiment_completed"][()].decode()
        check("\ntuning: {first_seed: 1000000000, seeds: 24}\n" in kept, kept)
        check("tuning:" not in every["provenance/experiment_completed"][()].decode(),
              "a tuning that never was")
    # The seeds of tuning are a number of their own; again from the tuned file.
    program.ok("tune", "grid.yaml", "-o", "sub/few.yml", "--seeds", "5", "--quiet")
    text = (program.folder / "sub/few.yml").read_text()
    check("\nseeds: 24\n" in text and "first_seed: 1000000000, seeds: 5}" in text, text)
    program.ok("tune", "sub/few.yml", "-o", "again.yaml", "--quiet", "--seeds", "4",
               "--set", "method.clip21.clip_threshold=[1, 5]")
    text = (program.folder / "again.yaml").read_text()
    check("name: \"grid-tuned-tuned\"" in text and text.count("tuning:") == 1
          and "seeds: 4}" in text, text)
    # A tuned experiment may be replaced.
    program.ok("tune", "grid.yaml", "-o", "sub/few.yml", "--seeds", "6", "--quiet")
    check("seeds: 6}" in (program.folder / "sub/few.yml").read_text(), "not replaced")


def ties_and_divergence(program: Program) -> None:
    exact = ONE.replace("gaussian", "none")
    program.write("tie.yaml", exact + "method: {kind: clipped_sgd, step: {scale: 0.1}, "
                  "clip_threshold: [1e6, 1e5, 1e7]}\n")
    told = json.loads(program.ok("tune", "tie.yaml", "-o", "tie-t.yaml", "--json"))
    row = told["settings"][0]["methods"][0]
    check(row["winner"]["cell"] == 0 and row["runner_up"]["cell"] == 1
          and row["runner_up"]["ratio"]["value"] == 1, f"a tie: {row}")
    check("\n3 cells in 1 noise group: " in program.ok("tune", "tie.yaml", "-o", "tie-t.yaml"),
          "singular and plural")
    # A map whose choices all diverge is left out; one without lists stays as it is.
    exploding = "  - {kind: sgd, step: {scale: [1e60, 1e70], power: 0}}\n"
    fixed = "  - {kind: sgd, step: {scale: 1e50, power: 0}}\n"
    program.write("lost.yaml", ONE.replace("horizon: 10", "horizon: 100") + "method:\n"
                  + exploding + fixed
                  + "  - {kind: clipped_sgd, step: {scale: [1, 2]}, clip_threshold: 1}\n")
    done = program("tune", "lost.yaml", "-o", "lost-t.yaml")
    check(done.returncode == 0 and "none: all have diverged seeds" in done.stdout, done.stderr)
    check("sgd (line 8): every choice has diverged seeds, at least 4 of 4: lost-t.yaml has no "
          "such method\n" in done.stderr, done.stderr)
    text = (program.folder / "lost-t.yaml").read_text()
    check("1e+60" not in text and "1e+70" not in text and "1e+50" in text, text)
    program.write("none.yaml", ONE.replace("horizon: 10", "horizon: 100") + "method:\n"
                  + exploding + fixed)
    done = program("tune", "none.yaml", "-o", "none-t.yaml")
    check(done.returncode == 3 and "not written" in done.stderr, done.stderr)
    check(not (program.folder / "none-t.yaml").exists()
          and (program.folder / "none-t.tuning.csv").exists(), "files without a winner")


def few_seeds(program: Program) -> None:
    """One seed is refused, a few are warned of."""
    refuse(program, "one seed", "grid.yaml", ["1 seed", "allowed: at least 2", "--seeds"],
           ["tune", "grid.yaml", "-o", "one.yaml", "--seeds", "1"])
    check(not list(program.folder.glob("one.*")), "files of a refused tuning")
    done = program("tune", "grid.yaml", "-o", "few.yaml", "--seeds", "19")
    check(done.returncode == 0 and "warning: tuned on 19 seeds" in done.stderr, done.stderr)
    done = program("tune", "grid.yaml", "-o", "few.yaml", "--seeds", "20")
    check(done.returncode == 0 and "warning: tuned on" not in done.stderr, done.stderr)


def interrupted(program: Program) -> None:
    """Stopped by a signal and continued, it writes the same bytes."""
    lengthened(program, GRID, 1.5, "tune", "long.yaml", "-o", "whole.yaml", "--threads",
               "2", "--quiet")
    running = subprocess.Popen([program.binary, "tune", "long.yaml", "-o", "cut.yaml",
                                "--threads", "1"], cwd=program.folder,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.poll() is None:
        if count_rows(program.folder / "cut.journal") > 0:
            break
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    message = running.communicate(timeout=60)[1]
    check(running.returncode == 130, f"interrupted: exit {running.returncode}, {message}")
    check(not any((program.folder / f"cut{end}").exists()
                  for end in (".yaml", ".h5", ".tuning.csv")), "half a result was left")
    program.ok("tune", "long.yaml", "-o", "cut.yaml", "--quiet")
    facts = json.loads(bytes_of(program, "cut.h5.run.json"))
    check(facts["rows_reused"] > 0 and facts["rows_computed"] > 0, str(facts))
    for end in (".yaml", ".h5", ".tuning.csv"):
        check(hashlib.sha256(bytes_of(program, "cut" + end)).digest()
              == hashlib.sha256(bytes_of(program, "whole" + end)).digest(),
              f"an interrupted and resumed run differs in {end}")


def refusals(program: Program) -> None:
    done = program("tune", "grid.yaml")
    check(done.returncode == 2 and "--output" in done.stderr, done.stderr)
    program.write("fixed.yaml", ONE + METHOD)
    refuse(program, "nothing to tune", "fixed.yaml:7:9", ["nothing to tune", "list"],
           ["tune", "fixed.yaml", "-o", "x.yaml"])
    refuse(program, "output is the input", "grid.yaml", ["name another"],
           ["tune", "grid.yaml", "-o", "./grid.yaml"])
    refuse(program, "no YAML", "x.h5", ["yaml"], ["tune", "grid.yaml", "-o", "x.h5"])
    refuse(program, "another experiment", "fixed.yaml", ["not overwritten"],
           ["tune", "grid.yaml", "-o", "fixed.yaml"])
    (program.folder / "folder.yaml").mkdir()
    refuse(program, "output is a folder", "folder.yaml", ["regular file"],
           ["tune", "grid.yaml", "-o", "folder.yaml"])
    refuse(program, "output in no folder", "/proc/nowhere", [],
           ["tune", "grid.yaml", "-o", "/proc/nowhere/x.yaml"])
    # all.h5 has the same experiment's results on test seeds.
    before = bytes_of(program, "all.h5")
    refuse(program, "results of test seeds", "all.h5", ["seeds", "not overwritten"],
           ["tune", "grid.yaml", "-o", "all.yaml"])
    check(bytes_of(program, "all.h5") == before, "all.h5 is another")
    program.write("mine.tuning.csv", "mine\n")
    refuse(program, "another table", "mine.tuning.csv", ["not a table of tune"],
           ["tune", "grid.yaml", "-o", "mine.yaml"])
    check(bytes_of(program, "mine.tuning.csv") == b"mine\n", "mine.tuning.csv is another")
    program.write("noted.yaml", ONE + METHOD.replace("1}", "[1, 2]}")
                  + "tuning: {first_seed: 5, seeds: 5}\n")
    refuse(program, "seeds of no tuning", "noted.yaml:8:22", ["first_seed"],
           ["tune", "noted.yaml", "-o", "x.yaml"])


def main() -> None:
    program = Program(sys.argv[1])
    winners = choices(program)
    edges(program)
    tuned_runs(program, winners)
    ties_and_divergence(program)
    few_seeds(program)
    interrupted(program)
    refusals(program)


if __name__ == "__main__":
    main()
