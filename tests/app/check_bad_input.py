#!/usr/bin/env python3
"""Every kind of bad input ends with exit 2, one message at the right place, no files.

check_bad_input.py BINARY
"""
import pathlib
import re
import sys

from support import SMALL, Program, check

HEAD = "schema: 1\nname: bad\nseeds: 4\nhorizon: 10\n"
PROBLEM = "problem: {kind: quadratic, clients: 2, dimension: 2}\n"
NOISE = "noise: {kind: gaussian}\n"
METHOD = "method: {kind: sgd, step: {scale: 1}}\n"
DATA = "problem: {kind: logistic, clients: 2, data: d.libsvm, condition_number: 10}\n"


def smooth(more: str) -> str:
    return f"method: {{kind: sclip_ef, clip_threshold: 1{more}}}\n"


def clipped(threshold: str) -> str:
    return f"method: {{kind: clipped_sgd, step: {{scale: 1}}, clip_threshold: {threshold}}}\n"


# name, text, line:column, words of the message
CASES = [
    ("unknown key at the top", HEAD + "sedes: 4\n" + PROBLEM + NOISE + METHOD, "5:1",
     ["sedes", "seeds"]),
    ("unknown key in a section", HEAD + PROBLEM.replace("dimension", "dimensoin") + NOISE
     + METHOD, "5:40", ["dimensoin", "dimension"]),
    ("unknown key below a section", HEAD + PROBLEM + NOISE
     + "method: {kind: sgd, step: {scael: 1}}\n", "7:28", ["scael", "'scale'"]),
    ("unknown kind", HEAD + PROBLEM + "noise: {kind: gausian}\n" + METHOD, "6:15",
     ["gausian", "gaussian"]),
    ("wrong type", HEAD + PROBLEM.replace("2, d", "two, d") + NOISE + METHOD, "5:37",
     ["clients", "integer"]),
    ("tail index 0", HEAD + PROBLEM + "noise: {kind: student_t, tail_index: 0}\n" + METHOD,
     "6:38", ["tail_index", ">= 0.125"]),
    ("horizon 0", HEAD.replace("10", "0") + PROBLEM + NOISE + METHOD, "4:10", ["horizon"]),
    ("condition number", HEAD + PROBLEM.replace("}", ", condition_number: 0.5}") + NOISE
     + METHOD, "5:72", ["condition_number", ">= 1"]),
    ("threshold 0", HEAD + PROBLEM + NOISE + clipped("0"), "7:63", ["clip_threshold", "> 0"]),
    ("threshold -1", HEAD + PROBLEM + NOISE + clipped("-1"), "7:63", ["> 0"]),
    ("NaN", HEAD + PROBLEM + NOISE + clipped(".nan"), "7:63", ["clip_threshold"]),
    ("infinity", HEAD + PROBLEM + NOISE + clipped(".inf"), "7:63", ["clip_threshold"]),
    ("underflow", HEAD + PROBLEM + NOISE + clipped("1e-400"), "7:63", ["clip_threshold"]),
    ("both of two", HEAD + PROBLEM + NOISE + smooth(", clip_scale: 1, effective_step: 1"),
     "7:", ["clip_scale", "effective_step"]),
    ("neither of two", HEAD + PROBLEM + NOISE + smooth(""), "7:",
     ["clip_scale", "effective_step"]),
    ("no mean", HEAD + PROBLEM
     + "noise: {kind: student_t, tail_index: 1, unit: mean_absolute}\n" + METHOD, "6:47",
     ["mean_absolute", "median_absolute"]),
    ("duplicate key", HEAD + "horizon: 20\n" + PROBLEM + NOISE + METHOD, "5:1", ["horizon"]),
    ("value twice in a list", HEAD + PROBLEM + NOISE + clipped("[1, 2, 1]"), "7:70",
     ["twice"]),
    ("duplicate cells", HEAD + PROBLEM + NOISE + "method:\n  - {kind: sgd, step: {scale: 1}}\n"
     "  - {kind: sgd, step: {scale: 1.0}}\n", "9:", ["cell"]),
    ("empty list", HEAD + PROBLEM + NOISE + clipped("[]"), "7:63", ["empty"]),
    ("octal", HEAD.replace("10", "010") + PROBLEM + NOISE + METHOD, "4:10", ["010"]),
    ("hexadecimal", HEAD.replace("10", "0x10") + PROBLEM + NOISE + METHOD, "4:10", ["0x10"]),
    ("anchor", HEAD + PROBLEM.replace("{", "&a {", 1) + NOISE + METHOD, "5:", ["anchor"]),
    ("deep nesting", HEAD + PROBLEM + NOISE + "method: " + "[" * 40 + "]" * 40 + "\n", "7:",
     ["deep"]),
    ("not YAML", HEAD + "problem: {kind: [\n", "5:17", ["not YAML"]),
    ("too many cells", HEAD + PROBLEM + NOISE
     + clipped("[" + ", ".join(f"{k}.5" for k in range(3400)) + "]").replace(
         "scale: 1}", "scale: [" + ", ".join(f"{k}.5" for k in range(3400)) + "]}"),
     "1:1", ["11560000", "10000000"]),
    ("too much to store", HEAD.replace("seeds: 4", "seeds: 1e9").replace(
        "horizon: 10", "horizon: 1e12\npoints_per_decade: 100") + PROBLEM + NOISE
     + clipped("[" + ", ".join(f"{k}.5" for k in range(3000)) + "]"), "3:8", ["bytes"]),
    ("missing section", HEAD + PROBLEM + NOISE, "1:1", ["method"]),
    ("missing parameter", HEAD + PROBLEM + NOISE + "method: {kind: sgd}\n", "7:",
     ["step.scale"]),
    ("spread without clients", HEAD + PROBLEM.replace("clients: 2", "clients: 1").replace(
        "}", ", heterogeneity: 1}") + NOISE + METHOD, "5:", ["clients"]),
    ("too much for a file", HEAD.replace("seeds: 4", "seeds: 1e9").replace(
        "horizon: 10", "horizon: 1e12\npoints_per_decade: 100") + PROBLEM + NOISE + METHOD,
     "1:1", ["8.65 TB", "at most 4.29 GB", "keep: summary"]),
    ("too many coordinates", HEAD + PROBLEM.replace("2, dimension: 2",
        "100000, dimension: 100000, rotation: none") + NOISE + METHOD, "5:56", ["dimension", "1e9"]),
    ("skew of a Cauchy law", HEAD + PROBLEM
     + "noise: {kind: stable, tail_index: 1, skew: 0.5}\n" + METHOD, "6:44", ["skew: "]),
    ("other schema", HEAD.replace("schema: 1", "schema: 2") + PROBLEM + NOISE + METHOD,
     "1:9", ["schema"]),
]


def files(folder: pathlib.Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*")}


def refuse(program: Program, name: str, place: str, words: list[str],
           arguments: list[str]) -> None:
    """The call ends with 2, one line that has the words, and leaves nothing."""
    before = files(program.folder)
    done = program(*arguments)
    check(done.returncode == 2, f"{name}: exit {done.returncode}: {done.stderr}")
    lines = done.stderr.strip().split("\n")
    check(len(lines) == 1, f"{name}: more than one line: {done.stderr}")
    check(place in lines[0], f"{name}: not at {place}: {lines[0]}")
    for word in words:
        check(re.search(word.replace("[", r"\["), lines[0]) is not None,
              f"{name}: no '{word}': {lines[0]}")
    check(files(program.folder) == before, f"{name}: left {files(program.folder) - before}")
    print(f"{name:24} {lines[0]}")


def data_files(program: Program) -> None:
    """Malformed data are named with their line."""
    program.write("e.yaml", HEAD + DATA + NOISE + METHOD)
    refuse(program, "data: missing", "e.yaml:5:45:", ["data: no file", "d.libsvm"],
           ["run", "e.yaml"])
    for name, text, line in [("bad value", "1 1:2\n-1 1:x\n", 2),
                             ("index 0", "1 0:2\n-1 1:1\n", 1),
                             ("repeated index", "1 1:2\n-1 2:1 2:3\n", 2),
                             ("labels", "1 1:2\n2 1:1\n3 1:1\n", 3)]:
        program.write("d.libsvm", text)
        refuse(program, f"data: {name}", f"d.libsvm:{line}:", [], ["run", "e.yaml", "--quiet"])
    (program.folder / "d.libsvm").unlink()


def outputs(program: Program) -> None:
    program.write("small.yaml", SMALL.replace("horizon: 2000", "horizon: 50"))
    program.write("foreign.h5", "not a result\n")
    refuse(program, "foreign output", "foreign.h5", [], ["run", "small.yaml", "-o",
                                                         "foreign.h5"])
    program.ok("run", "small.yaml", "-o", "small.h5", "--quiet")
    program.write("renamed.yaml", SMALL.replace("name: small", "name: other"))
    refuse(program, "another experiment", "small.h5", ["small", "other"],
           ["run", "renamed.yaml", "-o", "small.h5"])
    refuse(program, "output is a folder", "", [], ["run", "small.yaml", "-o", "."])
    refuse(program, "output in no folder", "/proc/nowhere", [],
           ["run", "small.yaml", "-o", "/proc/nowhere/x.h5"])
    program.write("taken.journal", "a file where rows would go\n")
    refuse(program, "journal is a file", "taken.journal", ["not a folder"],
           ["run", "small.yaml", "-o", "taken.h5"])
    damaged = bytearray((program.folder / "small.h5").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (program.folder / "damaged.h5").write_bytes(damaged)
    refuse(program, "damaged result", "damaged.h5", [], ["rates", "damaged.h5"])
    refuse(program, "no result file", "small.yaml", [], ["rates", "small.yaml"])


def usage(program: Program) -> None:
    for arguments in (["frobnicate"], ["run"], ["run", "a.yaml", "--threads", "0"],
                      ["list", "laws"], ["trace", "small.yaml"], [],
                      ["rates", "small.h5", "--window", "nan"]):
        done = program(*arguments)
        check(done.returncode == 2, f"{arguments}: exit {done.returncode}")
        check(done.stderr.strip() != "", f"{arguments}: no message")
    refuse(program, "trace: no such cell", "", ["999"],
           ["trace", "small.yaml", "--cell", "999", "--seed", "0", "--iterations", "5",
            "-o", "t.h5"])
    program.write("notes.txt", "mine\n")
    refuse(program, "trace: foreign output", "notes.txt", [],
           ["trace", "small.yaml", "--cell", "0", "--seed", "0", "--iterations", "5",
            "-o", "notes.txt"])
    refuse(program, "sample: foreign output", "notes.txt", [],
           ["sample", "gaussian", "-o", "notes.txt"])
    check((program.folder / "notes.txt").read_text() == "mine\n", "notes.txt is gone")
    refuse(program, "no such command", "", ["'raets'", "rates"], ["raets", "small.h5"])
    refuse(program, "describe: no entry", "", ["sclip_ef"], ["describe", "sclip_fe"])
    refuse(program, "sample: no law", "", ["gaussian"], ["sample", "gausian"])
    refuse(program, "sample: tail index", "", ["0.125"],
           ["sample", "student_t", "--tail-index", "0"])
    refuse(program, "sample: needs one", "", ["tail_index"], ["sample", "student_t"])
    refuse(program, "--set: unknown key", "", ["method.sgd.step.scale"],
           ["run", "small.yaml", "--set", "method.sgd.step.scael=1"])
    refuse(program, "a directory", "", [], ["run", "."])
    refuse(program, "no such file", "", ["nothing.yaml"], ["run", "nothing.yaml"])


def strange_paths(program: Program) -> None:
    """Names that are too long and links in a circle are bad input, wherever they stand."""
    long = "x" * 300
    for name in ("loop.h5", "loop.yaml", "loop.xml", "around.journal"):
        (program.folder / name).symlink_to(name)
    program.write("e.yaml", HEAD + DATA.replace("d.libsvm", long) + NOISE + METHOD)
    refuse(program, "data: name too long", "e.yaml:5:45:", ["data: no file"], ["run", "e.yaml"])
    loop, circle, too_long = "loop.h5", "Too many levels of symbolic", "too long|300 bytes"
    trace = ["trace", "small.yaml", "--cell", "0", "--seed", "0", "--iterations", "5"]
    checked = ["check", "--baseline", "small.h5"]
    for place, word, arguments in (
            (loop, circle, ["run", "small.yaml", "-o", loop]),
            (loop, circle, ["merge", loop, "-o", "new.h5"]),
            (loop, circle, ["merge", "small.journal", "-o", loop]),
            (loop, circle, ["sample", "gaussian", "-o", loop]),
            (loop, circle, [*trace, "-o", loop]),
            (loop, circle, ["rates", loop]),
            (loop, circle, [*checked, loop]),
            ("loop.xml", circle, [*checked, "small.h5", "--junit", "loop.xml"]),
            ("loop.yaml", circle, ["tune", "small.yaml", "-o", "loop.yaml"]),
            ("around.journal", circle, ["run", "small.yaml", "-o", "around.h5"]),
            (long, too_long, ["merge", long, "-o", "new.h5"]),
            (long, too_long, ["plan", "small.yaml", "-o", long]),
            (long, too_long, ["run", "small.yaml", "-o", long]),
            (long, too_long, ["run", "small.yaml", "-o", f"{long}/x.h5"]),
            (long, too_long, ["sample", "gaussian", "-o", long]),
            (long, too_long, [*trace, "-o", long]),
            (long, too_long, ["verify", long]),
            (long, too_long, [*checked, long]),
            (long, too_long, [*checked, "small.h5", "--junit", long]),
            (long, too_long, ["tune", "small.yaml", "-o", f"{long}.yaml"])):
        refuse(program, "strange path", place, [word], arguments)


def main() -> None:
    program = Program(sys.argv[1])
    for name, text, place, words in CASES:
        program.write("e.yaml", text)
        refuse(program, name, f"e.yaml:{place}", words, ["run", "e.yaml"])
    data_files(program)
    outputs(program)
    usage(program)
    strange_paths(program)


if __name__ == "__main__":
    main()
