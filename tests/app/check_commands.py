#!/usr/bin/env python3
"""What the commands print: JSON that parses, tables that say the same, draws of a law.

check_commands.py BINARY
"""
import contextlib
import json
import math
import sqlite3
import subprocess
import sys

import h5py
import numpy as np
import scipy.stats

from support import SMALL, Program, check


def catalogues(program: Program) -> None:
    listed = json.loads(program.ok("list", "--json"))
    keys = {name: [row["key"] for row in rows] for name, rows in listed.items()}
    check(set(keys) == {"methods", "noises", "problems", "networks"}, str(keys))
    check({"sgd", "clipped_sgd", "clipped_server_sgd", "sclip_ef", "smooth_clip_sgd",
           "clip21", "shifted_clip"} <= set(keys["methods"]), str(keys))
    check({"gaussian", "laplace", "student_t", "stable", "symmetric_pareto", "log_squared",
           "one_sided_pareto", "contaminated_gaussian", "none"} == set(keys["noises"]),
          str(keys))
    text = program.ok("list")
    for rows in keys.values():
        for key in rows:
            check(key in text, f"list leaves out {key}")
            described = json.loads(program.ok("describe", key, "--json"))
            check(described["key"] == key and described["source"] != "", str(described))
            for row in described["parameters"]:
                check(row["name"] in program.ok("describe", key), f"describe {key}: {row}")
    check("methods" not in program.ok("list", "noises"), "list noises lists methods")
    facts = json.loads(program.ok("info", "--json"))
    for name in ("tailrate", "compiler", "flags", "HDF5", "processor"):
        check(facts[name] != "", f"info: no {name}")
    check("-ffast-math" not in facts["flags"] and "-ffp-contract=off" in facts["flags"],
          facts["flags"])


def plan(program: Program) -> None:
    program.write("small.yaml", SMALL)
    planned = json.loads(program.ok("plan", "small.yaml", "--json"))
    check(planned["experiment"] == "small" and len(planned["cells"]) == 15, str(planned))
    check(planned["rows"] == 45 and planned["rows_to_do"] == 45, str(planned))
    check(planned["noise_groups"] == 3 and planned["seconds"] > 0, str(planned))
    # 15 cells, 3 blocks of 16 seeds, 5 clients, 6 coordinates, 2000 iterations
    check(planned["elements"] == 15 * 48 * 30 * 2000, str(planned["elements"]))
    program.ok("run", "small.yaml", "-o", "results/small.h5", "--quiet")
    planned = json.loads(program.ok("plan", "small.yaml", "--json", "--no-calibration"))
    check(planned["rows_to_do"] == 0, "a finished experiment has rows to do")
    check(all(cell["state"] == "done" for cell in planned["cells"]), str(planned))
    text = program.ok("plan", "small.yaml", "--set", "method.clip21.clip_threshold=4",
                      "--no-calibration")
    check("method.clip_threshold 3 -> 4" in text, f"no reason to run again: {text}")
    # A threshold that still has its cells has not become another.
    text = program.ok("plan", "small.yaml", "--set", "method.clipped_sgd.clip_threshold=[2, 3]",
                      "--no-calibration")
    check(text.count("to do: method.clip_threshold 1 -> 2 ") == 3 and "3 -> 2" not in text, text)
    text = program.ok("plan", "small.yaml", "--set",
                      "method.clipped_sgd.clip_threshold=[1, 3, 2]", "--no-calibration")
    check(text.count("| to do ") == 3 and "->" not in text, f"nothing has changed: {text}")


def versions(program: Program) -> None:
    """Rows of an earlier program run again, and the reason is said in words."""
    program.write("versions.yaml", SMALL)
    program.ok("run", "versions.yaml", "-o", "versions.h5", "--quiet")
    (path,) = (program.folder / "versions.journal").iterdir()
    earlier = {"sgd": ("engine 1\n", "engine 0\n"),
               "clipped_sgd": ("stream 1\n", "stream 0\n"),
               "clip21": ("method.version 1\n", "method.version 0\n")}
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as journal:
        for kind, (now, before) in earlier.items():
            made = f"%method.kind {kind}\n%"
            journal.execute("DELETE FROM keys WHERE cell IN (SELECT id FROM cells "
                            "WHERE identity LIKE ?)", (made,))
            journal.execute("UPDATE cells SET identity = replace(identity, ?, ?) "
                            "WHERE identity LIKE ?", (now, before, made))
    planned = json.loads(program.ok("plan", "versions.yaml", "-o", "versions.h5", "--json",
                                    "--no-calibration"))
    states = [cell["state"] for cell in planned["cells"]]
    for words, cells in (("version of the engine 0 -> 1", 3), ("version of the stream 0 -> 1", 6),
                         ("kernel version of clip21 0 -> 1", 3)):
        check(states.count("to do: " + words) == cells, f"{words}: {states}")
    check(states.count("done") == 3, str(states))


def rates(program: Program) -> None:
    """JSON, CSV and the result file agree; the MSE of unclipped SGD is infinite."""
    cells = json.loads(program.ok("rates", "results/small.h5", "--json"))["cells"]
    with h5py.File(program.folder / "results/small.h5") as file:
        for name in ("exponent", "exponent_geo", "final_mean", "final_geo"):
            for number, cell in enumerate(cells):
                stored = file[name][number]
                check(cell[name] is None if math.isnan(stored) else cell[name] == stored,
                      f"{name} of cell {number}: {cell[name]} and {stored}")
        errors = file["squared_error"][:]
        check(np.array_equal(file["squared_error_mean"][:, 0], errors[:, 0, 0]),
              "the error at 0 is not one number")
        mean = errors.mean(axis=1)
        check(np.allclose(file["squared_error_mean"][:], mean, rtol=1e-12),
              "squared_error_mean is not the mean")
        middle = np.sort(errors, axis=1)[:, 19, :]  # ceil(40 / 2), from 1
        check(np.array_equal(file["squared_error_median"][:], middle), "median")
    for cell in cells:
        is_infinite = cell["algorithm"] == "sgd"
        check((cell["exponent_reason"] == "infinite_mse") == is_infinite, str(cell))
    table = program.ok("rates", "results/small.h5")
    check(table.count("none (infinite)") == 3, table)
    rows = program.ok("rates", "results/small.h5", "--csv").strip().split("\n")
    check(len(rows) == 16 and rows[0].startswith("label,algorithm,"), rows[0])
    wider = json.loads(program.ok("rates", "results/small.h5", "--json", "--window", "2"))
    check(wider["window_start"] == 20, str(wider["window_start"]))


def samples(program: Program) -> None:
    """20,000 draws against scipy's law: D_n above 2.7 / sqrt(n) has probability 1e-6."""
    laws = {("student_t", "--tail-index", "1.5"): scipy.stats.t(1.5).cdf,
            ("stable", "--tail-index", "1"): scipy.stats.cauchy.cdf,
            ("laplace",): scipy.stats.laplace.cdf,
            ("gaussian",): scipy.stats.norm.cdf}
    for arguments, cdf in laws.items():
        text = program.ok("sample", *arguments, "-n", "20000", "--seed", "3")
        draws = np.array([float(line) for line in text.split()])
        check(len(draws) == 20000, "number of draws")
        distance = scipy.stats.kstest(draws, cdf).statistic
        check(distance < 2.7 / math.sqrt(len(draws)), f"{arguments}: D = {distance}")
    first = program.ok("sample", "gaussian", "-n", "3", "--seed", "3").split()
    check(first == text.split()[:3], "draw j depends on n")
    program.ok("sample", "gaussian", "-n", "3", "--seed", "3", "-o", "draws.txt")
    check((program.folder / "draws.txt").read_text().split() == first, "-o differs")


FULL = "tailrate: standard output cannot be written (No space left on device)"
COMPLETE = "; what goes to files is complete\n"


def full_output(program: Program) -> None:
    """Where standard output takes no more every command says so, once, and ends with 2,
    whatever it would have ended with; its files are written."""
    result, small = "results/small.h5", ("small.yaml", "-o", "results/small.h5")
    plan_small = ("plan", *small, "--no-calibration")
    commands = [["rates", result], ["rates", result, "--json"], ["rates", result, "--csv"],
                ["compare", result], ["compare", result, "--json"], ["info"],
                ["info", "--json"], ["list"], ["list", "--json"], ["describe", "sgd"],
                ["sample", "gaussian"], ["sample", "gaussian", "-n", str(10**12)],
                plan_small, [*plan_small, "--json"], ["plan", *small, "--shards", "2"],
                ["plan", "small.yaml", "--shards", "2"], ["verify", result, "--cells", "0"],
                ["run", *small], ["merge", "results/small.journal", "-o", "merged.h5"],
                ["tune", "small.yaml", "-o", "tuned.yaml", "--seeds", "2"],
                ["check", "--baseline", result, result],
                ["check", "--baseline", result, result, "--json"], ["--help"], ["--version"]]
    with open("/dev/full", "w", encoding="utf-8") as full:
        for arguments in [*commands, ["run", *small, "--quiet"]]:
            done = subprocess.run([program.binary, *arguments], cwd=program.folder, text=True,
                                  stdout=full, stderr=subprocess.PIPE, timeout=250, check=False)
            said = [line for line in done.stderr.splitlines(keepends=True)
                    if line.startswith("tailrate: ")]
            if "--quiet" in arguments:
                check(done.returncode == 0 and not said, "nothing was to be printed")
                continue
            allowed = [[FULL + COMPLETE]]
            if arguments[0] not in ("run", "merge"):
                allowed.append([FULL + "\n"])
            check(done.returncode == 2 and said in allowed, f"{arguments}: {done.stderr}")
    digests = []
    for name in (result, "merged.h5"):
        with h5py.File(program.folder / name) as file:
            digests.append(file.attrs["content_sha256"])
    check(digests[0] == digests[1], "merged.h5 is not complete")
    check((program.folder / "tuned.yaml").exists(), "tuned.yaml is not there")


def main() -> None:
    program = Program(sys.argv[1])
    catalogues(program)
    plan(program)
    versions(program)
    rates(program)
    samples(program)
    full_output(program)


if __name__ == "__main__":
    main()
