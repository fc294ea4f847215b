"""The gate on planted bugs and on innocent changes.

usage: check_gate.py BINARY MUTANT

Every mutation is run for real by the mutant program and must end with exit code 1 or 4
under --strict while the draws are unchanged; what is innocent must pass.
"""
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import h5py

from support import Program, check

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI = (ROOT / "experiments" / "ci.yaml").read_text()


def edited(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        check(old in text, f"experiments/ci.yaml has no '{old}'")
        text = text.replace(old, new)
    return text


# Bits, levels and counts need no long horizon.
SHORT = edited(CI, ("horizon: 100000", "horizon: 10000"),
               ("points_per_decade: 4", "points_per_decade: 5"),
               ("rates: {window_decades: 2.5}\n", ""))
GRID = edited(SHORT, ("  - {kind: stable, tail_index: 1.5}\n", ""))
CELLS = 24
INNOCENT = {"none", "27"}
# Without --strict: what the statistics find by themselves when the draws are unchanged.
FOUND_BY_TESTS = {"01", "05", "06", "07", "08", "09", "10", "16", "17", "18", "19", "21", "23",
                  "24"}
SMALL = edited(SHORT, ("seeds: 100", "seeds: 40"), ("horizon: 10000", "horizon: 1000"))
# Long enough for a curve to be known as straight, so that its exponent is tested.
EXPONENTS = edited(CI, ("seeds: 100", "seeds: 200"), ("  - {kind: gaussian}\n", ""),
                   ("  - {kind: stable, tail_index: 1.5}\n", ""))
EXPONENTS = "".join(line for line in EXPONENTS.splitlines(keepends=True)
                    if "kind: sgd" not in line and "kind: cl" not in line)


def mutants(mutant: str) -> list[str]:
    listed = subprocess.run([mutant, "--list"], capture_output=True, text=True, check=True)
    return [line.split()[0] for line in listed.stdout.splitlines()]


def check_mutations(program: Program, mutant: str) -> None:
    program.write("ci.yaml", GRID)
    program.ok("run", "ci.yaml", "-o", "base.h5", "--quiet", "--confirmation", "100")
    names = mutants(mutant)
    check(len(set(names) - INNOCENT) == 25, f"25 planted bugs: {names}")
    for name in names:
        made = program(name, "ci.yaml", f"{name}.h5", binary=mutant)
        check(made.returncode == 0, f"{name} ended with {made.returncode}: {made.stderr}")
        arguments = ["check", "--baseline", "base.h5", f"{name}.h5", "--json"]
        plain, strict = program(*arguments), program(*arguments, "--strict")
        report = json.loads(plain.stdout)
        counts = {state: n for state, n in report["counts"].items() if n}
        print(f"{name:5} exit {plain.returncode} strict {strict.returncode} {counts}")
        if name in INNOCENT:
            check(strict.returncode == 0, f"innocent {name}: {strict.stdout[:2000]}")
        else:
            check(strict.returncode in (1, 4), f"mutation {name} passed: {counts}")
        if name in FOUND_BY_TESTS:
            check(plain.returncode in (1, 4), f"{name} needs --strict: {counts}")
    program.ok("run", "ci.yaml", "-o", "26.h5", "--quiet", "--set", "master_seed=2")
    program.ok("check", "--baseline", "base.h5", "26.h5", "--strict")
    rounding = json.loads(program("check", "--baseline", "base.h5", "27.h5", "--json").stdout)
    check(rounding["counts"]["rounding"] == CELLS, "another rounding is called so")


def check_exponents(program: Program, mutant: str) -> None:
    """A worse exponent behind a better constant, which only the exponent can tell."""
    program.write("exponents.yaml", EXPONENTS)
    program.ok("run", "exponents.yaml", "-o", "straight.h5", "--quiet", "--confirmation", "200")
    made = program("02", "exponents.yaml", "hidden.h5", binary=mutant)
    check(made.returncode == 0, made.stderr)
    found = program("check", "--baseline", "straight.h5", "hidden.h5", "--json")
    cells = json.loads(found.stdout)["cells"]
    for cell in cells:
        print(f"02    {cell['label']}: {cell['verdict']} {cell['why']}, "
              f"level x{math.exp(cell['log_level']['worse']):.3f}")
    check(found.returncode == 1, f"a hidden drop of an exponent ended with {found.returncode}")
    failed = [cell for cell in cells if cell["verdict"] == "fail"]
    check(any("exponent" in why for cell in failed for why in cell["why"]), "it is the exponent")
    check(not any("level" in cell["why"] for cell in failed), "no level is materially worse")


def check_innocent_order(program: Program, mutant: str) -> None:
    """Cells in another order, with noise none, where rounding is all there is."""
    exact = SMALL.replace("{kind: gaussian}", "{kind: none}")
    lines = exact.splitlines()
    methods = lines.index("method:")
    turned = lines[: methods + 1] + lines[:methods:-1]
    program.write("exact.yaml", exact)
    program.write("turned.yaml", "\n".join(turned) + "\n")
    program.ok("run", "exact.yaml", "-o", "exact.h5", "--quiet")
    program.ok("run", "turned.yaml", "-o", "turned.h5", "--quiet")
    program.ok("check", "--baseline", "exact.h5", "turned.h5", "--strict")
    program.ok("27", "exact.yaml", "rounded.h5", binary=mutant)
    program.ok("check", "--baseline", "exact.h5", "rounded.h5", "--strict")


def refuse(program: Program, code: int, said: str, *arguments: str) -> str:
    """What a check says that must end with this code and these words."""
    done = program("check", *arguments)
    text = done.stdout + done.stderr
    check(done.returncode == code, f"{arguments}: exit {done.returncode}, not {code}: {text}")
    check(said in text, f"{arguments}: '{said}' is not in: {text}")
    return text


def check_refusals(program: Program) -> None:
    program.write("small.yaml", SMALL)
    program.ok("run", "small.yaml", "-o", "small.h5", "--quiet")
    base = ("--baseline", "small.h5")
    variants = {
        "longer": SMALL.replace("horizon: 1000", "horizon: 2000"),
        "finer": SMALL.replace("points_per_decade: 5", "points_per_decade: 10"),
        "narrow": SMALL + "rates: {window_decades: 0.3}\n",
        "fewer": SMALL.replace("  - {kind: stable, tail_index: 1.5}\n", ""),
        "more": SMALL + "  - {kind: sgd, step: {scale: 1, shift: 20}}\n",
        "other": SMALL.replace("clients: 5", "clients: 4"),
    }
    for name, text in variants.items():
        program.write(f"{name}.yaml", text)
        program.ok("run", f"{name}.yaml", "-o", f"{name}.h5", "--quiet")
    refuse(program, 4, "the horizon differs", *base, "longer.h5")
    refuse(program, 4, "recorded iterations differ", *base, "finer.h5")
    refuse(program, 4, "recorded iterations", "--baseline", "narrow.h5", "small.h5")
    refuse(program, 3, "missing: sgd stable", *base, "fewer.h5")
    refuse(program, 0, "new, not tested: sgd", *base, "more.h5")
    refuse(program, 4, "no cell in common", *base, "other.h5")
    program.ok("run", "small.yaml", "-o", "few.h5", "--quiet", "--seeds", "10")
    refuse(program, 4, "share 10 seed numbers", *base, "few.h5")
    program.ok("run", "small.yaml", "-o", "one.h5", "--quiet", "--seeds", "1")
    refuse(program, 4, "share 1 seed number,", *base, "one.h5")
    program.ok("run", "small.yaml", "-o", "grown.h5", "--quiet", "--seeds", "50")
    refuse(program, 0, "10 seeds that only one", *base, "grown.h5")
    damaged = bytearray((program.folder / "small.h5").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (program.folder / "damaged.h5").write_bytes(damaged)
    refuse(program, 2, "damaged.h5", *base, "damaged.h5")
    shutil.copy(program.folder / "small.h5", program.folder / "newer.h5")
    with h5py.File(program.folder / "newer.h5", "a") as file:
        file.attrs["schema_version"] = file.attrs["schema_version"] + 1
    refuse(program, 4, "newer.h5: was written by a newer tailrate", *base, "newer.h5")
    refuse(program, 4, "cannot be compared", "--baseline", "newer.h5", "small.yaml")
    refuse(program, 2, "nowhere.h5", *base, "nowhere.h5")


def check_own_file(program: Program) -> None:
    """An experiment is run into a file of its own, after all that can be said before."""
    results = program.folder / "results"
    base, own = results / "ci.h5", results / "ci.candidate.h5"
    check(not results.exists(), "the folder of results is the check's to make")
    program.ok("check", "--baseline", "small.h5", "small.yaml", "--junit", "new/folder/check.xml")
    check((program.folder / "new/folder/check.xml").is_file(), "and that of the report")
    own.unlink()
    program.ok("run", "small.yaml", "--quiet", "--confirmation", "40")
    names = {path.name for path in results.iterdir()}
    before = base.read_bytes()
    refuse(program, 2, "nowhere.h5", "--baseline", "nowhere.h5", "small.yaml")
    refuse(program, 4, "the horizon differs", "--baseline", "results/ci.h5", "longer.yaml")
    refuse(program, 4, "recorded iterations differ", "--baseline", "results/ci.h5", "finer.yaml")
    refuse(program, 4, "no cell in common", "--baseline", "results/ci.h5", "other.yaml")
    program.write("ten.yaml", SMALL.replace("seeds: 40", "seeds: 10"))
    refuse(program, 4, "share 10 seed numbers", "--baseline", "results/ci.h5", "ten.yaml")
    text = refuse(program, 3, "missing: sgd stable", "--baseline", "results/ci.h5", "fewer.yaml")
    check("MISSING: 12 of 36" in text and "was not run" in text, f"missing cells: {text}")
    check(not own.exists(), "nothing was run")
    refuse(program, 0, "PASS", "--baseline", "results/ci.h5", "small.yaml", "--strict")
    check(base.read_bytes() == before, "the baseline is as it was")
    check({path.name for path in results.iterdir()} == names | {own.name}, "and nothing else")
    before = own.read_bytes()
    (program.folder / "link.h5").symlink_to(own)
    for name in ("results/ci.candidate.h5", "link.h5"):
        refuse(program, 2, "is the baseline", "--baseline", name, "small.yaml")
    check(own.read_bytes() == before, "a baseline is not replaced")


def check_undecided(program: Program, mutant: str) -> None:
    """A lost client and other draws: a suspect needs confirmation seeds, of both."""
    program.write("draws.yaml", edited(SMALL, ("name: ci", "name: ci\nmaster_seed: 2")))
    program.ok("06", "draws.yaml", "lost.h5", binary=mutant)
    for seeds in (10, 60):
        program.ok("run", "small.yaml", "-o", f"sure{seeds}.h5", "--quiet", "--confirmation",
                   str(seeds))
    ways = {"small.h5": "none", "sure10.h5": "10 (needed: 20)",
            "sure60.h5": "program that made it"}
    for baseline, why in ways.items():
        text = refuse(program, 4, "**UNDECIDED: ", "--baseline", baseline, "lost.h5",
                      "--junit", "undecided.xml")
        check(why in " ".join(text.split()), f"{baseline}: {why} is not in: {text}")
        check("--confirmation" in text and "draws differ" in text, f"what to do: {text}")
        check(re.search(r"^\| \? [a-z] ", text, re.MULTILINE) is not None, "suspects are marked")
        suite = ElementTree.parse(program.folder / "undecided.xml").getroot()
        errors = suite.findall("testcase/error")
        check(len(errors) == int(suite.get("errors", 0)) > 0, "JUnit counts suspects as errors")
    report = json.loads(program("check", "--baseline", "small.h5", "lost.h5", "--json").stdout)
    check(report["verdict"] == "undecided" and report["counts"]["suspect"] > 0, "JSON")
    check(any("--confirmation 200" in line for line in report["advice"]), "advice in JSON")
    text = refuse(program, 1, "confirmed on 40 seeds: x", "--baseline", "results/ci.h5", "lost.h5")
    check("FAIL" in text and "suspect" not in text, f"confirmed: {text}")


def check_junit_path(program: Program) -> None:
    """A report replaces nothing but an earlier one."""
    program.write("notes.txt", "mine\n")
    inputs = ("--baseline", "base.h5", "06.h5")
    for name in ("base.h5", "06.h5", "notes.txt", "small.yaml", "results"):
        path = program.folder / name
        before = path.read_bytes() if path.is_file() else b""
        refuse(program, 2, name, *inputs, "--junit", name)
        check(not path.is_file() or path.read_bytes() == before, f"{name} was replaced")
    refuse(program, 2, "candidate.h5", "--baseline", "small.h5", "small.yaml", "--junit",
           "results/ci.candidate.h5")
    refuse(program, 1, "FAIL", *inputs, "--junit", "again.xml")
    refuse(program, 1, "FAIL", *inputs, "--junit", "again.xml")


def check_self_test(program: Program) -> None:
    shown = program.ok("check", "--self-test")
    check("self-test: 14 of 14 as expected" in shown, f"self-test: {shown}")
    for option in (["--json"], ["--github"], ["--strict"], ["--junit", "self.xml"],
                   ["--baseline", "base.h5"], ["base.h5"]):
        refuse(program, 2, "--self-test", "--self-test", *option)
    check(program("check", "small.h5").returncode == 2, "a check without a baseline")


def check_table(program: Program) -> None:
    """The table fits a terminal and shows both exponents, each under its own name."""
    text = ""
    for name in ("06", "08", "20"):
        text += program("check", "--baseline", "base.h5", f"{name}.h5", "--strict").stdout
    check(max(map(len, text.splitlines())) <= 100, f"lines of at most 100 characters: {text}")
    rows = [[field.strip() for field in line.split("|")[1:-1]] for line in text.splitlines()
            if re.match(r"\| [x?!~] ", line)]
    check(len(rows) > CELLS, f"cells with findings are listed: {text}")
    check(all(row[3] for row in rows), "every row has the typical run")
    infinite = [row for row in rows if row[1] == "sgd student_t condition_number=1"]
    check(all(row[2] == "none (infinite)" for row in infinite) and infinite, "no MSE exponent")
    numbers = [number for row in rows for number in row[2:4]]
    check("-0.000" not in numbers and "0.000" in numbers, "zero has no sign")
    notes = set(re.findall(r"^([a-z]+): ", text, re.MULTILINE))
    check({row[0].split()[1] for row in rows} <= notes, f"every row has its note: {text}")
    cells = json.loads(program("check", "--baseline", "base.h5", "06.h5", "--json").stdout)["cells"]
    for cell in cells:
        check(cell["exponent_geo"]["baseline"] is not None, f"typical run of {cell['label']}")
        is_infinite = cell["label"].startswith("sgd student_t")
        check((cell["exponent"]["baseline"] is None) == is_infinite, f"MSE of {cell['label']}")
    # Only heavy tails were cut off: the draws of the other cells are the same.
    cells = json.loads(program("check", "--baseline", "base.h5", "04.h5", "--json").stdout)["cells"]
    check({cell["paired"] for cell in cells if "gaussian" in cell["label"]} == {True}, "paired")
    check({cell["paired"] for cell in cells if "student_t" in cell["label"]} == {False}, "not")


def check_reports(program: Program) -> None:
    """A planted regression in every format; an experiment file is run first."""
    shown = program("check", "--baseline", "base.h5", "06.h5", "--github", "--junit", "out.xml")
    check(shown.returncode == 1, "a lost client is a regression")
    check("**FAIL:" in shown.stdout and "Reproduce: tailrate check" in shown.stdout, "markdown")
    check("::error title=tailrate check::" in shown.stdout, "annotations")
    suite = ElementTree.parse(program.folder / "out.xml").getroot()
    failures = suite.findall("testcase/failure")
    check(len(failures) == int(suite.get("failures", 0)) > 0, "JUnit counts its failures")
    check(all("raise the version" in f.get("message", "") for f in failures), "what to do")
    for case in suite.findall("testcase"):
        for failure in case.findall("failure"):
            kind = ("typical run's exponent" if case.get("name", "").startswith("sgd student_t")
                    else "MSE exponent")
            check(f", {kind} " in failure.get("message", ""), f"which exponent: {case.get('name')}")
    json_report = json.loads(program("check", "--baseline", "base.h5", "06.h5", "--json").stdout)
    check(json_report["schema"] == "tailrate.check/1", "schema of the report")
    check(json_report["exit_code"] == 1 and json_report["verdict"] == "regression", "verdict")
    check(len(failures) == json_report["counts"]["fail"], "formats agree")
    program.ok("check", "--baseline", "small.h5", "small.yaml", "--strict")


def main() -> None:
    program, mutant = Program(sys.argv[1]), str(pathlib.Path(sys.argv[2]).resolve())
    check_mutations(program, mutant)
    check_exponents(program, mutant)
    check_innocent_order(program, mutant)
    check_refusals(program)
    check_own_file(program)
    check_undecided(program, mutant)
    check_junit_path(program)
    check_table(program)
    check_reports(program)
    check_self_test(program)


main()
