#!/usr/bin/env python3
"""What plan says of memory and disk against what a run takes; and what does not fit is
refused with the figures, before anything runs.

check_resources.py BINARY
"""
import json
import os
import pathlib
import re
import resource
import subprocess
import sys

from support import SMALL, Program, check

HEAD = "schema: 1\nname: many\nseeds: {seeds}\nhorizon: {horizon}\n"
TAIL = """problem: {{kind: quadratic, clients: {clients}, dimension: {dimension}, rotation: none}}
noise: {{kind: student_t, tail_index: 1.5}}
method: {{kind: clipped_sgd, clip_threshold: {thresholds}, step: {{scale: 1, shift: 20}}}}
"""


def experiment(seeds: float = 16, horizon: float = 10, clients: int = 2, dimension: int = 3,
               cells: int = 1, more: str = "") -> str:
    return (HEAD + more + TAIL).format(
        seeds=seeds, horizon=horizon, clients=clients, dimension=dimension,
        thresholds=[k + 1 for k in range(cells)])


SHAPES = {
    "small": SMALL,
    "many_cells": experiment(cells=3000),
    "many_summaries": experiment(cells=3000, more="keep: summary\n"),
    "many_seeds": experiment(seeds=500000, horizon=1),
    "long_vectors": experiment(dimension=300000, clients=1, horizon=100),
    "vectors_of_seeds": experiment(seeds=1600, horizon=100, dimension=100,
                                   more="metrics: [squared_error, iterate_mean]\n"),
}
# A program that takes more than it says is killed; one that says much more than it takes
# is not run where it could. Snapshots are counted as if all were on their way at once.
MEMORY = (0.9, 2.5)
DISK = (0.8, 1.6)


def peak_bytes(program: Program, *arguments: str) -> float:
    running = subprocess.Popen([program.binary, *arguments], cwd=program.folder)
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    check(running.returncode == 0, f"{arguments} ended with {running.returncode}")
    return usage.ru_maxrss * 1024.0


def estimates(program: Program) -> None:
    for name, text in SHAPES.items():
        file = program.write(f"{name}.yaml", text)
        options = (file, "-o", f"{name}.h5", "--threads", "2")
        told = json.loads(program.ok("plan", *options, "--no-calibration", "--json"))
        peak = peak_bytes(program, "run", *options, "--quiet", "--snapshot-every", "0.1")
        result = (program.folder / f"{name}.h5").stat().st_size
        journal = sum(path.stat().st_size
                      for path in (program.folder / f"{name}.journal").iterdir())
        for what, estimate, real, (least, most) in (
                ("memory", told["memory_bytes"], peak, MEMORY),
                ("result", told["result_bytes"], result, DISK),
                # Here every running row leaves a snapshot; long_vectors has one row.
                ("journal", told["journal_bytes"] + told["snapshot_bytes"]
                 if name == "long_vectors" else told["journal_bytes"], journal, DISK)):
            print(f"{name:18} {what:8} {estimate / 1e6:9.2f} MB told {real / 1e6:9.2f} taken "
                  f"{estimate / real:6.2f}")
            check(least <= estimate / real <= most, f"{name}: {what} is far off")
        done = json.loads(program.ok("plan", *options, "--no-calibration", "--json"))
        check(done["journal_bytes"] == 0, "rows that are there take no more disk")


def refusals(program: Program) -> None:
    """Under a limit of the address space, as some clusters set it."""
    many = program.write("large.yaml", experiment(seeds=1e8, horizon=1))
    problems = program.write("problems.yaml", experiment(dimension=1000000, clients=20).replace(
        "rotation: none", "condition_number: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], rotation: none"))
    limit = 2 << 30
    for file, place in ((many, "large.yaml:1:1: needs "), (problems, "problems.yaml:5:10: ")):
        for command in ("plan", "run"):
            done = subprocess.run(
                [program.binary, command, file, "-o", "none.h5"], cwd=program.folder,
                capture_output=True, text=True, timeout=250,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
            check(done.returncode == 2 and done.stderr.startswith(place) and
                  "GB of memory; " in done.stderr and "2.15 GB" in done.stderr,
                  f"{command} {file}: exit {done.returncode}: {done.stderr}")
    check(not list(program.folder.glob("none.*")), "something was begun")


def formats(program: Program) -> None:
    """What a journal or a result file cannot hold is known before the first iteration."""
    program.write("wide.yaml", experiment(
        dimension=300000, clients=1, horizon=1e4,
        more="points_per_decade: 10\nmetrics: [squared_error, iterate_mean]\n"))
    program.write("long.yaml", experiment(seeds=2e7, horizon=1e4))
    for name, said in (("wide", "a journal keeps at most 999 MB"),
                       ("long", "a result file holds at most 4.29 GB")):
        for command in ("plan", "run"):
            done = program(command, f"{name}.yaml", "-o", f"{name}.h5")
            check(done.returncode == 2 and done.stderr.startswith(f"{name}.yaml:1:1: ")
                  and said in done.stderr, f"{command}: {done.returncode}: {done.stderr}")
        check(not list(program.folder.glob(f"{name}.[hj]*")), "something was begun")


def long_sample(program: Program) -> None:
    """Draws are written as they are made: 4e8 bytes of them take no memory."""
    with subprocess.Popen([program.binary, "sample", "gaussian", "-n", "20000000", "--seed",
                           "3"], stdout=subprocess.PIPE, text=True) as running:
        first = [running.stdout.readline() for _ in range(1000)]
        status = pathlib.Path(f"/proc/{running.pid}/status").read_text()
        running.stdout.close()
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1))
    check(peak < 200_000, f"sample takes {peak} kB")
    short = program.ok("sample", "gaussian", "-n", "1000", "--seed", "3")
    check("".join(first) == short, "draw j depends on n")


def main() -> None:
    program = Program(sys.argv[1])
    estimates(program)
    formats(program)
    long_sample(program)
    refusals(program)


if __name__ == "__main__":
    main()
