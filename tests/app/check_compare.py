#!/usr/bin/env python3
"""`compare` against numpy and scipy on the file's own errors; what it refuses.

check_compare.py BINARY
"""
import itertools
import json
import math
import pathlib
import shutil
import sys

import h5py
import numpy as np
import scipy.special
import scipy.stats

from support import Program, check

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "storage"))
from labelled_file_check import content_digest  # noqa: E402

EXPERIMENT = """schema: 1
name: methods
seeds: 40
horizon: 2000
problem: {kind: quadratic, clients: 5, dimension: 6, condition_number: [10, 30],
          heterogeneity: 3, initial_distance: 2}
noise:
  - {kind: student_t, tail_index: 1.5, client_spread: 3}
  - {kind: gaussian}
method:
  - {kind: sgd, step: {scale: 2, shift: 60}}
  - {kind: clipped_sgd, clip_threshold: [1, 3], step: {scale: 2, shift: 20}}
  - {kind: clipped_sgd, clip: component, clip_threshold: 2, threshold_growth: 0.3,
     step: {scale: 2, shift: 20}}
  - {kind: sclip_ef, clip_threshold: 3, effective_step: 2}
"""
FLOOR = 1e-24
TOLERANCE = 1e-10


def close(found, expected, what: str) -> None:
    """Equal to the tolerance; null stands for NaN and "inf" for infinity."""
    found = math.nan if found is None else math.inf if found == "inf" else found
    if math.isnan(expected) or math.isinf(expected):
        check(repr(float(found)) == repr(float(expected)), f"{what}: {found}, {expected}")
        return
    check(abs(found - expected) <= TOLERANCE * max(abs(expected), 1e-300),
          f"{what}: {found}, recomputed {expected}")


def t_interval(values):
    # scipy.stats.t.ppf is off by up to 4e-9 in scipy 1.10; the beta law is not.
    degrees = len(values) - 1
    x = scipy.special.betaincinv(degrees / 2, 0.5, 0.05)
    half = math.sqrt(degrees * (1 - x) / x) * scipy.stats.sem(values)
    return values.mean() - half, values.mean() + half


def holm(p):
    """Adjusted p-values by the definition: the least error that rejects."""
    order = np.argsort(p, kind="stable")
    steps = [min(1.0, (len(p) - rank) * p[k]) for rank, k in enumerate(order)]
    adjusted = np.empty(len(p))
    adjusted[order] = np.maximum.accumulate(steps)
    return adjusted


def recompute_pair(pair, a, b):
    """What scipy says of the pair with errors a and b; the p-value is returned."""
    wins, ties, seeds = np.sum(a < b), np.sum(a == b), len(a)
    share = (wins + ties / 2) / seeds
    close(pair["a_wins"], share, "a_wins")
    # Wilson's bounds are where the score statistic is the normal quantile.
    z = scipy.stats.norm.ppf(0.975)
    bounds = sorted(np.roots([1 + z * z / seeds, -2 * share - z * z / seeds, share**2]))
    for found, expected in zip(pair["a_wins_ci"], bounds):
        check(abs(found - expected) < TOLERANCE, f"Wilson {found}, {expected}")
    if np.isinf(a).any() or np.isinf(b).any():
        check(pair["ratio"] is None and pair["ratio_ci"] == [None, None], str(pair))
        check(pair["test"] == "sign", str(pair))
        return scipy.stats.binomtest(int(wins), int(seeds - ties)).pvalue
    check(pair["test"] == "t", str(pair))
    difference = np.log(b) - np.log(a)
    close(pair["ratio"], np.exp(difference.mean()), "ratio")
    for found, expected in zip(pair["ratio_ci"], t_interval(difference)):
        close(found, np.exp(expected), "ratio_ci")
    return scipy.stats.ttest_1samp(difference, 0).pvalue


def expected_verdicts(group, p_holm):
    """Of the methods in their order, from the pairs of the first."""
    leader = group["leader"]
    verdicts = {}
    for pair, p in zip(group["pairs"], p_holm):
        if pair["a"] == leader:
            told = "worse" if pair["test"] == "t" or pair["a_wins"] > 0.5 else "ahead"
            verdicts[pair["b"]] = told if p <= 0.05 else "undecided"
    is_best = set(verdicts.values()) == {"worse"}
    return ["best" if is_best else "undecided"] + [
        verdicts[m["cell"]] for m in group["methods"][1:]]


def recompute_group(group, file, budget, accuracy, horizon):
    iterations = file["iteration"][:]
    per_iteration = file["oracle_calls"][:] / horizon
    errors, logs = {}, {}
    for method in group["methods"]:
        cell = method["cell"]
        check(method["label"] == file["label"][cell].decode(), str(method))
        at = np.flatnonzero(per_iteration[cell] * iterations <= budget)[-1]
        check(method["iteration"] == iterations[at], f"{method['iteration']} at {budget}")
        close(method["oracle_calls"], per_iteration[cell] * iterations[at], "calls")
        curves = file["squared_error"][cell]
        floored = np.maximum(curves, FLOOR * curves[0, 0])
        errors[cell] = floored[:, at]
        logs[cell] = np.log(floored)
        level = logs[cell][:, at]
        close(method["geometric_error"], np.exp(level.mean()), "geometric_error")
        check(method["diverged_seeds"] == np.isinf(level).sum(), str(method))
        if np.isfinite(level).all():
            for found, expected in zip(method["geometric_error_ci"], t_interval(level)):
                close(found, np.exp(expected), "geometric_error_ci")
        is_trusted = method["mse_moment"] == "finite"
        check(is_trusted == (method["algorithm"] != "sgd"
                             or file["noise"][cell] == b"gaussian"), str(method))
        close(method["mean_error"], curves[:, at].mean() if is_trusted else math.nan,
              "mean_error")
    first = group["methods"][0]
    default = float(f"{10 * np.exp(np.log(errors[first['cell']]).mean()):.1e}")
    if default >= file["squared_error"][first["cell"]][0, 0]:
        default = math.nan  # every run starts within it
    close(group["accuracy"], accuracy or default, "accuracy")
    for method in group["methods"]:
        if group["accuracy"] is None:
            check(method["calls_to_accuracy"] is None, "calls to no accuracy")
            continue
        within = np.exp(logs[method["cell"]].mean(axis=0)) <= group["accuracy"]
        outside = np.flatnonzero(~within)
        reached = outside[-1] + 1 if len(outside) else 0
        expected = (None if reached == len(iterations)
                    else per_iteration[method["cell"]] * iterations[reached])
        check(method["calls_to_accuracy"] == expected,
              f"calls {method['calls_to_accuracy']}, recomputed {expected}")
    cells = [method["cell"] for method in group["methods"]]
    check([(p["a"], p["b"]) for p in group["pairs"]]
          == list(itertools.combinations(cells, 2)), "pairs are not all pairs")
    p = np.array([recompute_pair(pair, errors[pair["a"]], errors[pair["b"]])
                  for pair in group["pairs"]])
    adjusted = holm(p)
    for pair, raw, expected in zip(group["pairs"], p, adjusted):
        close(pair["p"], raw, f"p of {pair['a']}, {pair['b']}")
        close(pair["p_holm"], expected, "p_holm")
    check([m["verdict"] for m in group["methods"]] == expected_verdicts(group, adjusted),
          f"verdicts {[m['verdict'] for m in group['methods']]}")
    ranks = [(m["diverged_seeds"], math.inf if m["geometric_error"] == "inf"
              else m["geometric_error"]) for m in group["methods"]]
    check(ranks == sorted(ranks), "methods are not by their error")


def recompute(program, name, *arguments, budget=2000.0, accuracy=None, horizon=2000):
    found = json.loads(program.ok("compare", name, "--json", *arguments))
    check(found["schema"] == "tailrate.compare/1" and found["budget"] == budget, str(found))
    with h5py.File(program.folder / name) as file:
        keys = {}
        for cell, key in enumerate(zip(file["noise"][:], file["condition_number"][:])):
            keys.setdefault(key, []).append(cell)
        check([sorted(m["cell"] for m in group["methods"]) for group in found["groups"]]
              == list(keys.values()), "groups")
        for group, (noise, number) in zip(found["groups"], keys):
            check(group["noise"].startswith(noise.decode()), group["noise"])
            close(group["condition_number"], number, "condition_number")
            recompute_group(group, file, budget, accuracy, horizon)
    return found


def changed(program, source, name, change):
    """A copy with other values and the digest that belongs to them."""
    shutil.copy(program.folder / source, program.folder / name)
    with h5py.File(program.folder / name, "r+") as file:
        change(file)
        file.attrs["content_sha256"] = content_digest(file)
    return name


def diverge(file):
    """Three seeds of the first method, one of the last of every group, at T / 4."""
    errors = file["squared_error"][:]
    late = file["iteration"][:] >= 500
    errors[0::5, 3:6, late] = np.inf
    errors[4::5, 5, late] = np.inf
    file["squared_error"][...] = errors


def ask_twice(file):
    calls = file["oracle_calls"][:]
    calls[1::5] *= 2
    file["oracle_calls"][...] = calls


def numbers(program):
    program.write("methods.yaml", EXPERIMENT)
    program.ok("run", "methods.yaml", "-o", "methods.h5", "--quiet")
    found = recompute(program, "methods.h5")["groups"]
    found += recompute(program, "methods.h5", "--budget", "999", "--accuracy", "0.05",
                       budget=999.0, accuracy=0.05)["groups"]
    verdicts = {m["verdict"] for group in found for m in group["methods"]}
    check(verdicts == {"best", "undecided", "worse"}, f"not all is seen: {verdicts}")
    recompute(program, "methods.h5", "--budget", "1", "--accuracy", "1e-9", budget=1.0,
              accuracy=1e-9)
    lost = recompute(program, changed(program, "methods.h5", "lost.h5", diverge))
    tests = {pair["test"] for group in lost["groups"] for pair in group["pairs"]}
    check(tests == {"t", "sign"}, str(tests))
    unequal = changed(program, "methods.h5", "unequal.h5", ask_twice)
    found = recompute(program, unequal)
    check({m["iteration"] for m in found["groups"][0]["methods"]} == {1000, 2000},
          "equal calls are not equal iterations")
    recompute(program, unequal, "--budget", "2", budget=2.0)


def table(program):
    """The Markdown says what the JSON says and is no wider than a screen."""
    found = json.loads(program.ok("compare", "methods.h5", "--json"))
    text = program.ok("compare", "methods.h5")
    lines = text.split("\n")
    check(max(map(len, lines)) <= 120, max(lines, key=len))
    check(text.count("\n### ") == 4, text)
    check("condition number 30" in text and "student_t tail_index=1.5" in text, text)
    rows = [line for line in lines if line.startswith("| ") and "method" not in line]
    methods = [m for group in found["groups"] for m in group["methods"]]
    check(len(rows) == len(methods), text)
    for row, method in zip(rows, methods):
        cells = [part.strip() for part in row.strip("|").split("|")]
        check(cells[0].startswith(method["algorithm"]), row)
        check(cells[1].startswith(f"{method['geometric_error']:.3g} ×÷"), row)
        check(cells[4] == method["verdict"], row)
        mean = method["mean_error"]
        check(cells[6] == ("-" if mean is None else f"{mean:.3g}"), row)
    check(text.count("Best: ") + text.count("No best: ") == 4, text)
    check(text.count("\n(1) clipped_sgd clip_threshold=2 ") == 4, text)
    lost = program.ok("compare", "lost.h5")
    check(lost.count("inf, 3 diverged") == 4 and lost.count("inf, 1 diverged") == 4, lost)


def refuse(program, words, *arguments):
    done = program("compare", *arguments)
    check(done.returncode == 2, f"{arguments} ended with {done.returncode}: {done.stderr}")
    check(done.stdout == "" and done.stderr.count("\n") == 1, f"{arguments}: {done.stderr!r}")
    for word in words:
        check(word in done.stderr, f"{arguments}: no {word!r} in {done.stderr!r}")


def shift_seeds(by):
    def change(file):
        file["seed"][...] = file["seed"][:] + by
    return change


def refusals(program):
    tuning = changed(program, "methods.h5", "tuning.h5", shift_seeds(1_000_000_000))
    refuse(program, [tuning, "these are tuning seeds", "chosen on them"], tuning)
    sure = changed(program, "methods.h5", "sure.h5", shift_seeds(2_000_000_000))
    refuse(program, [sure, "confirmation seeds"], sure)
    for budget, word in (("0.5", "below the first checkpoint"), ("2001", "above")):
        refuse(program, [f"--budget {budget}", word, "1 to 2,000", "methods.h5"],
               "methods.h5", "--budget", budget)
    refuse(program, ["2 to 2,000"], "unequal.h5", "--budget", "1")
    program.ok("run", "methods.yaml", "-o", "one.h5", "--seeds", "1", "--quiet")
    refuse(program, ["one.h5", "single seed"], "one.h5")
    head = EXPERIMENT[:EXPERIMENT.index("method:")]
    program.write("alone.yaml", head + "method: {kind: sgd, step: {scale: 2, shift: 60}}\n")
    program.ok("run", "alone.yaml", "-o", "alone.h5", "--quiet")
    refuse(program, ["alone.h5", "no methods to compare"], "alone.h5")
    damaged = program.folder / "damaged.h5"
    shutil.copy(program.folder / "methods.h5", damaged)
    with h5py.File(damaged, "r+") as file:
        file["seed"][0] = 7
    refuse(program, ["damaged.h5", "content_sha256"], "damaged.h5")
    for option in ("--budget", "--accuracy"):
        for value in ("0", "nan", "inf", "-1", "1e999"):
            done = program("compare", "methods.h5", option, value)
            check(done.returncode == 2 and len(done.stderr) < 200, f"{option} {value}")


def partners(program):
    """A cell without a partner is named, not compared."""
    text = EXPERIMENT[:EXPERIMENT.index("noise:")] + """parts:
  - noise: {kind: gaussian}
    method: {kind: sgd, step: {scale: [1, 2], shift: 60}}
  - noise: {kind: laplace}
    method: {kind: sgd, step: {scale: 2, shift: 60}}
"""
    program.write("parts.yaml", text)
    program.ok("run", "parts.yaml", "-o", "parts.h5", "--quiet")
    found = json.loads(program.ok("compare", "parts.h5", "--json"))
    check(len(found["groups"]) == 2 and len(found["alone"]) == 2, str(found))
    check(all("laplace" in label for label in found["alone"]), str(found["alone"]))
    check("Without a partner" in program.ok("compare", "parts.h5"), "no partner is silent")
    check("sgd step.scale=1" in program.ok("compare", "parts.h5"), "parameters")


def main() -> None:
    program = Program(sys.argv[1])
    numbers(program)
    table(program)
    refusals(program)
    partners(program)


if __name__ == "__main__":
    main()
