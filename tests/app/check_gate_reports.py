"""What the reports of the gate say besides their tables: what differs, and what to do.

usage: check_gate_reports.py BINARY MUTANT
"""
import json
import math
import pathlib
import re
import shlex
import shutil
import sys
import xml.etree.ElementTree as ElementTree

import h5py
import numpy as np

from check_verify import forge
from support import Program, check

SMALL = """schema: 1
name: reports
seeds: 40
horizon: 1000
points_per_decade: 5
problem: {kind: quadratic, clients: 5, dimension: 6, condition_number: [1, 10],
          heterogeneity: 3, initial_distance: 10}
noise: {kind: gaussian}
method:
  - {kind: sgd, step: {scale: 2, shift: 20}}
  - {kind: sclip_ef, clip_threshold: 2, clip_scale: 3, step: {scale: 2}}
"""


def variant(program: Program, name: str, *changes: tuple[str, str]) -> str:
    """The results of a changed experiment."""
    text = SMALL
    for old, new in changes:
        check(old in text, f"the experiment has no '{old}'")
        text = text.replace(old, new)
    program.write(f"{name}.yaml", text)
    program.ok("run", f"{name}.yaml", "-o", f"{name}.h5", "--quiet")
    return f"{name}.h5"


def report(program: Program, code: int, *arguments: str) -> str:
    """Standard output of a check that must end with this code."""
    done = program("check", *arguments)
    check(done.returncode == code,
          f"{arguments}: exit {done.returncode}, not {code}: {done.stdout}{done.stderr}")
    return done.stdout


def check_differences(program: Program) -> None:
    """Cells whose labels are alike are told apart by what differs."""
    step = variant(program, "step", ("step: {scale: 2}", "step: {scale: 2.2}"))
    difference = "method.step.scale 2 -> 2.2"
    text = report(program, 3, "--baseline", "small.h5", step, "--junit", "step.xml", "--github")
    for number in (1, 10):
        check(f"* missing: sclip_ef condition_number={number}\n  {difference}\n" in text, text)
    check(text.count("* new, not tested: ") == 2, text)
    suite = ElementTree.parse(program.folder / "step.xml").getroot()
    messages = [error.get("message", "") for error in suite.findall("testcase/error")]
    check(len(messages) == 2 and all(difference in said for said in messages), str(messages))
    found = json.loads(report(program, 3, "--baseline", "small.h5", step, "--json"))
    check(found["missing_differences"] == [difference] * 2, str(found["missing_differences"]))
    fewer = variant(program, "fewer", ("  - {kind: sgd, step: {scale: 2, shift: 20}}\n", ""))
    text = report(program, 3, "--baseline", "small.h5", fewer)
    check("* missing: sgd condition_number=1\n* missing:" in text, f"none is near: {text}")


def check_nothing_in_common(program: Program) -> None:
    """What all cells differ by is said once."""
    lone = variant(program, "lone", ("clients: 5", "clients: 4"))
    text = report(program, 4, "--baseline", "small.h5", lone)
    check("no cell in common; problem.clients 5 -> 4\n" in text, text)
    check(text.count("clients") == 1, text)
    scales = variant(program, "scales", ("scale: 2, shift", "scale: 1, shift"),
                     ("step: {scale: 2}", "step: {scale: 3}"))
    text = report(program, 4, "--baseline", "small.h5", scales)
    for method, scale in (("sgd", 1), ("sclip_ef", 3)):  # not alike: each says its own
        check(f"* missing: {method} condition_number=10\n  method.step.scale 2 -> {scale}\n"
              in text, text)
    noise = variant(program, "noise", ("gaussian", "none"))
    text = report(program, 4, "--baseline", "small.h5", noise)
    check("in common; noise gaussian -> none\n" in text, text)


def check_advice(program: Program, mutant: str) -> None:
    """A worse cell and missing ones: each comes with its own advice."""
    kept = "  - {kind: sgd, step: {scale: 2, shift: 20}}\n"
    variant(program, "kept", (kept, ""))
    done = program("06", "kept.yaml", "worse.h5", binary=mutant)
    check(done.returncode == 0, done.stderr)
    text = report(program, 3, "--baseline", "small.h5", "worse.h5", "--junit", "worse.xml",
                  "--github")
    check("**MISSING: 2 of 4 cells of the baseline are not in the candidate, and 2 worse**"
          in text, text)
    put_back, raise_version = "Put the cells back", "raise the version"
    suite = ElementTree.parse(program.folder / "worse.xml").getroot()
    for kind, wanted, other in (("failure", raise_version, put_back),
                                ("error", put_back, raise_version)):
        said = [found.get("message", "") for found in suite.findall(f"testcase/{kind}")]
        check(len(said) == 2 and all(wanted in line and other not in line for line in said),
              f"{kind}: {said}")
    annotations = [line for line in text.splitlines() if line.startswith("::error")]
    check([put_back in line for line in annotations] == [True, True, False, False]
          and [raise_version in line for line in annotations] == [False, False, True, True],
          text)
    found = json.loads(report(program, 3, "--baseline", "small.h5", "worse.h5", "--json"))
    check([raise_version in line for line in found["advice"]] == [False, True],
          str(found["advice"]))


def check_obstacles(program: Program, mutant: str) -> None:
    """Every reason why files cannot be compared comes with a way out of its own."""
    longer = variant(program, "longer", ("horizon: 1000", "horizon: 2000"))
    narrow = variant(program, "narrow", ("noise:", "rates: {window_decades: 0.3}\nnoise:"))
    ten = variant(program, "ten", ("seeds: 40", "seeds: 10"))
    lone = variant(program, "lone", ("clients: 5", "clients: 4"))
    done = program("10", "small.yaml", "root.h5", binary=mutant)
    check(done.returncode == 0, done.stderr)
    ways = {("small.h5", longer): "Run the candidate with the baseline's horizon and",
            (narrow, "small.h5"): "With a longer window_decades (of rates) or more points",
            ("small.h5", ten): "Run the candidate with the baseline's seeds.",
            (ten, "small.h5"): "On at least 20 seeds, make a new baseline",
            ("small.h5", lone): "Run the candidate with the baseline's cells, or",
            ("small.h5", "root.h5"): "The start or the metric has changed."}
    for (baseline, candidate), way in ways.items():
        text = report(program, 4, "--baseline", baseline, candidate, "--junit", "way.xml")
        said = " ".join(text.split())
        check(way in said, f"{way} is not in: {text}")
        check(not any(other in said for other in ways.values() if other != way), text)
        check(way in ElementTree.parse(program.folder / "way.xml").getroot()
              .find("testcase[@classname='comparable']/error").get("message", ""), "JUnit")


def check_left_out(program: Program, mutant: str) -> None:
    """What was not tested, and on how many seeds the rest was, is said with the reason."""
    done = program("24", "small.yaml", "three.h5", binary=mutant)
    check(done.returncode == 0, done.stderr)
    text = report(program, 1, "--baseline", "small.h5", "three.h5")
    check("a: diverged seeds 0 -> 3; on 37 of 40 seeds;" in text, text)
    lost = variant(program, "lost", ("sgd, step: {scale: 2, shift: 20}",
                                     "sgd, step: {scale: 1e60, power: 0}"))
    done = program("08", "lost.yaml", "lost8.h5", binary=mutant)
    check(done.returncode == 0, done.stderr)
    done = program("check", "--baseline", lost, "lost8.h5", "--junit", "lost.xml")
    check("not tested: the baseline diverged" in done.stdout, done.stdout)
    skipped = ElementTree.parse(program.folder / "lost.xml").findall("testcase/skipped")
    check([case.get("message", "").startswith("not tested: the baseline diverged")
           for case in skipped] == [True, True], "JUnit")


def diverged(seeds: int):
    """The first seeds of the first cell are infinite from the third checkpoint on."""
    def change(file: h5py.File) -> None:
        file["squared_error"][0, :seeds, 2:] = np.inf
    return change


def infinite_constant(file: h5py.File) -> None:
    file["instance/0/L"][()] = np.inf


def check_infinite(program: Program) -> None:
    """A number that was infinite and is not any more is no rounding."""
    for seeds, said in ((1, "diverged seeds 1 -> 0; changed, not material; on 39 of 40 seeds"),
                        (40, "diverged seeds 40 -> 0; not tested: the baseline diverged")):
        forge(program, "small.h5", "diverged.h5", diverged(seeds))
        both = ("--baseline", "diverged.h5", "small.h5")
        check(said in report(program, 0, *both), f"{seeds} healed seeds")
        text = report(program, 4, *both, "--strict")
        check("bits changed, no version was raised" in text, text)
    forge(program, "small.h5", "infinite.h5", infinite_constant)
    for both in (("infinite.h5", "small.h5"), ("small.h5", "infinite.h5")):
        text = report(program, 4, "--baseline", *both)
        check("the problem instance differs: L of /instance/0" in text, text)


def check_reproduce(program: Program) -> None:
    """The line that gives the report again is one for a shell."""
    name = "it's worse.h5"
    shutil.copy(program.folder / "worse.h5", program.folder / name)
    text = report(program, 3, "--baseline", "small.h5", name)
    check("Reproduce: tailrate check --baseline small.h5 'it'\\''s worse.h5'\n" in text, text)
    line = re.search("^Reproduce: tailrate (.*)$", text, re.MULTILINE).group(1)
    check(shlex.split(line) == ["check", "--baseline", "small.h5", name], line)


def check_detectable(program: Program, mutant: str) -> None:
    """What could have been found is known of the cells that changed."""
    done = program("01", "small.yaml", "slower.h5", binary=mutant)
    check(done.returncode == 0, done.stderr)
    text = report(program, 1, "--baseline", "small.h5", "slower.h5")
    check("(2 identical, 2 fail;" in text, text)
    check("\nCould have found (80 %) in the 2 cells that changed: " in text, text)
    done = program("06", "small.yaml", "fewer.h5", binary=mutant)
    check(done.returncode == 0, done.stderr)
    text = report(program, 1, "--baseline", "small.h5", "fewer.h5")
    check("\nCould have found (80 %): " in text and "identical" not in text, text)
    done = program("02", "small.yaml", "hidden.h5", binary=mutant)
    check(done.returncode == 0, done.stderr)
    text = program("check", "--baseline", "small.h5", "hidden.h5").stdout
    found = json.loads(program("check", "--baseline", "small.h5", "hidden.h5", "--json").stdout)
    low, high = sorted(cell["log_level"]["detectable"] for cell in found["cells"])[1:3]
    check(f"level x{math.exp(low):.2f};" in text and f"{math.exp(high):.2f}" not in text,
          f"of four the lower of the middle two, {low} and {high}: {text}")


def check_values(program: Program, mutant: str) -> None:
    """Cells in which nothing is tested have their numbers in the JSON all the same."""
    fitted = json.loads(program.ok("rates", "small.h5", "--json"))["cells"]
    done = program("27", "small.yaml", "rounded.h5", binary=mutant)
    check(done.returncode == 0, done.stderr)
    for candidate, verdict in (("small.h5", "identical"), ("rounded.h5", "rounding")):
        found = json.loads(report(program, 0, "--baseline", "small.h5", candidate, "--json"))
        for cell, rates in zip(found["cells"], fitted):
            check(cell["verdict"] == verdict, str(cell))
            for name in ("exponent", "exponent_geo"):
                check(cell[name]["baseline"] == rates[name], f"{name}: {cell}")
            for name in ("exponent", "exponent_geo", "log_level"):
                values = cell[name]
                check(abs(values["candidate"] - values["baseline"]) < 1e-9, str(cell))
                check(values["p"] is None and values["worse"] is None, str(cell))


def check_unreadable(program: Program) -> None:
    """Where a file cannot be read programs are told too, in place of an earlier report."""
    shutil.copy(program.folder / "small.h5", program.folder / "newer.h5")
    with h5py.File(program.folder / "newer.h5", "a") as file:
        file.attrs["schema_version"] = file.attrs["schema_version"] + 1
    program.write("text.h5", "not a result\n")
    program.write("typo.yaml", SMALL.replace("clients:", "client:"))
    for candidate, code in (("none.h5", 2), ("text.h5", 2), ("typo.yaml", 2), ("newer.h5", 4)):
        report(program, 0, "--baseline", "small.h5", "small.h5", "--junit", "said.xml")
        options = ("check", "--baseline", "small.h5", candidate, "--junit", "said.xml")
        done = program(*options, "--json")
        check(done.returncode == code and candidate in done.stderr, done.stderr)
        found = json.loads(done.stdout)
        check(found["verdict"] == "incomparable" and found["exit_code"] == code, done.stdout)
        (obstacle,) = found["obstacles"]
        suite = ElementTree.parse(program.folder / "said.xml").getroot()
        (error,) = suite.findall("testcase/error")
        check(candidate in obstacle and obstacle in error.get("message", ""), obstacle)
        check(suite.get("errors") == "1" and suite.get("tests") == "1", str(suite.attrib))
        lines = program(*options, "--github").stdout.splitlines()
        check(len(lines) == 1 and lines[0].startswith("::error ") and obstacle in lines[0],
              str(lines))
    before = (program.folder / "small.h5").read_bytes()
    done = program("check", "--baseline", "small.h5", "none.h5", "--junit", "small.h5")
    check(done.returncode == 2 and (program.folder / "small.h5").read_bytes() == before,
          "a result was replaced by a report")


def check_one_output(program: Program) -> None:
    """Standard output is JSON or has annotations."""
    done = program("check", "--baseline", "small.h5", "worse.h5", "--json", "--github")
    check(done.returncode == 2 and not done.stdout, done.stdout)
    check("--json excludes --github" in done.stderr and "allowed" in done.stderr, done.stderr)


def main() -> None:
    program, mutant = Program(sys.argv[1]), str(pathlib.Path(sys.argv[2]).resolve())
    variant(program, "small")
    check_differences(program)
    check_nothing_in_common(program)
    check_advice(program, mutant)
    check_obstacles(program, mutant)
    check_left_out(program, mutant)
    check_detectable(program, mutant)
    check_values(program, mutant)
    check_infinite(program)
    check_reproduce(program)
    check_unreadable(program)
    check_one_output(program)


main()
