#!/usr/bin/env python3
"""Fails where GCC does not report the loops of the step kernels as vectorized.

check_vectorized.py BUILD [FILE...]

Compiles the methods, the laws of noise, the problems and what they share once more with
the flags of the build folder BUILD, or the FILEs with those of a method, and reads the
report of the vectorizer. What is not in the iteration loop is left out.
Exit codes: 0 all loops are vectorized, 1 some are scalar (each is printed),
2 the check could not be made, 77 it makes no sense for this build (no GCC, no -O3).

A kernel is a function that gets doubles to work on, as an array, a span, the lanes of an
element or by reference: clients, server, add_saturation, transform and their helpers. Each of its innermost loops must be reported as a loop
vectorized at the full width of the build. "basic block part vectorized" does not count:
the part may be the stores alone. Algorithms of the standard library that call a function
for each element count as scalar loops: the report does not tell. Two kinds of innermost
loops need no report: those whose operations are all LaneVector's, and those that call
another kernel, for its loops are the inner ones.
"""
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECKED = [
    *(
        ROOT / "src/model" / name
        for name in ("clipping.cpp", "method.cpp", "normals.cpp", "over_clients.cpp")
    ),
    *sorted((ROOT / "src/methods").glob("*.cpp")),
    *sorted((ROOT / "src/noises").glob("*.cpp")),
    *sorted((ROOT / "src/problems").glob("*.cpp")),
    ROOT / "src/model/noise_field.cpp",
    ROOT / "src/runner/stepper.cpp",
]
NO_CODE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'""", re.DOTALL
)
FUNCTION = re.compile(r"\b(?!(?:for|if|switch|while)\b)(\w+)\s*(\()")
BODY = re.compile(r"\s*(?:const\s*|noexcept\s*|override\s*|final\s*)*(\{)")
DOUBLES = re.compile(r"\bdouble\s*[*&]|\bspan<(?:const )?double>|\bLanes\s*&")
ALGORITHM = r"std::(?:transform|for_each|generate|accumulate|reduce|inner_product)(?:_\w+)?"
LOOP = re.compile(rf"\b(?:for|while|{ALGORITHM})\s*(\()")
REPORT = re.compile(r"(.+?):(\d+):\d+: optimized: *loop vectorized using (\d+) byte vectors")
OF_LANE_VECTORS = [ROOT / "src/model/lane_products.cpp", ROOT / "src/model/row_products.cpp"]
# Not in the iteration loop: of the metrics, and of a snapshot.
ELSEWHERE = {"optimality_gap", "full_gradient", "centred", "restore"}
SKIPPED = 77


@dataclasses.dataclass
class Kernel:
    name: str
    first: int  # offsets of the body in the text
    last: int


@dataclasses.dataclass
class Loop:
    path: pathlib.Path
    kernel: str
    lines: range  # of the head: GCC reports one of them
    text: str  # head and body

    def is_of_lane_vectors(self) -> bool:
        calls = re.search(r"\b(?:std|math)::\w+\s*\(", self.text)
        is_of_registers = re.search(r"\bLaneVector\b|\bvectors_per_row\b", self.text)
        return is_of_registers is not None and calls is None

    def calls_one_of(self, names: set[str]) -> bool:
        return not names.isdisjoint(re.findall(r"(?<!std::)\b(\w+)\s*\(", self.text))


def fail(message: str, code: int = 2) -> None:
    print(message, file=sys.stderr if code == 2 else sys.stdout)
    sys.exit(code)


def code_of(path: pathlib.Path) -> str:
    """The text with comments and strings blanked, every character in its place."""
    return NO_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), path.read_text())


def end_of(text: str, start: int) -> int:
    """Behind the bracket that closes the one at `start`."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    raise ValueError("a bracket is not closed")


def kernels_of(text: str) -> list[Kernel]:
    """The functions defined in `text` with a parameter that is doubles to work on."""
    found = []
    for head in FUNCTION.finditer(text):
        end = end_of(text, head.start(2))
        body = BODY.match(text, end)
        is_stepping = head[1] not in ELSEWHERE
        if body and is_stepping and DOUBLES.search(text, head.start(2), end):
            last = end_of(text, body.start(1))
            found.append(Kernel(head[1], body.start(1), last))
    return found


def loops_of(path: pathlib.Path, text: str, kernel: Kernel) -> list[Loop]:
    """Its innermost loops."""
    found = []
    for head in LOOP.finditer(text, kernel.first, kernel.last):
        head_end = end_of(text, head.start(1))
        brace = re.compile(r"\s*\{").match(text, head_end)
        end = end_of(text, brace.end() - 1) if brace else text.index(";", head_end) + 1
        if not LOOP.search(text, head_end, end):
            first = text.count("\n", 0, head.start()) + 1
            last = text.count("\n", 0, head_end) + 1
            lines = range(first, last + 1)
            found.append(Loop(path, kernel.name, lines, text[head.start() : end]))
    return found


def find_loops(files: list[pathlib.Path]) -> list[Loop]:
    """The innermost loops of all kernels that call no other kernel."""
    codes = {path: code_of(path) for path in files}
    kernels = {path: kernels_of(text) for path, text in codes.items()}
    names = {kernel.name for found in kernels.values() for kernel in found}
    names |= {k.name for path in OF_LANE_VECTORS for k in kernels_of(code_of(path))}
    return [
        loop
        for path in files
        for kernel in kernels[path]
        for loop in loops_of(path, codes[path], kernel)
        if not loop.calls_one_of(names)
    ]


def read_commands(build: pathlib.Path) -> dict[pathlib.Path, dict]:
    """The command that compiles each file of src/."""
    database = build / "compile_commands.json"
    if not database.exists():
        fail(f"{database} is missing: configure with a preset, which exports it")
    entries = json.loads(database.read_text())
    return {
        pathlib.Path(entry["file"]): entry
        for entry in entries
        if pathlib.Path(entry["file"]).is_relative_to(ROOT / "src")
    }


def skip_unless_optimized(arguments: list[str]) -> None:
    version = subprocess.run([arguments[0], "--version"], capture_output=True, text=True)
    if "Free Software Foundation" not in version.stdout:
        fail("skipped: only GCC writes the report that is read here", SKIPPED)
    if "-O3" not in arguments:
        fail("skipped: this build is not optimized as results are", SKIPPED)


def vectorized_lines(path: pathlib.Path, entry: dict) -> set[int]:
    """The lines of `path`, compiled as `entry` says, with a loop vectorized at full width."""
    arguments = shlex.split(entry["command"])
    width = 64 if "-mprefer-vector-width=512" in arguments else 32
    arguments[arguments.index("-o") + 1] = os.devnull
    arguments[arguments.index("-c")] = "-S"
    arguments[arguments.index(entry["file"])] = str(path)
    compiled = subprocess.run(
        [*arguments, "-fopt-info-vec-optimized"],
        cwd=entry["directory"],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    if compiled.returncode != 0:
        fail(f"{path} does not compile:\n{compiled.stderr}")
    reports = (REPORT.match(line) for line in compiled.stderr.splitlines())
    return {
        int(report[2])
        for report in reports
        if report and pathlib.Path(report[1]) == path and int(report[3]) >= width
    }


def find_scalar(loops: list[Loop], commands: dict[pathlib.Path, dict]) -> list[Loop]:
    """Those that the compiler does not report."""
    files = list(dict.fromkeys(loop.path for loop in loops))
    entries = [commands.get(path, commands[CHECKED[0]]) for path in files]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        lines = dict(zip(files, pool.map(vectorized_lines, files, entries)))
    return [loop for loop in loops if lines[loop.path].isdisjoint(loop.lines)]


def main(arguments: list[str]) -> int:
    if not arguments:
        fail("usage: check_vectorized.py BUILD [FILE...]")
    commands = read_commands(pathlib.Path(arguments[0]))
    skip_unless_optimized(shlex.split(commands[CHECKED[0]]["command"]))
    files = [pathlib.Path(name).resolve() for name in arguments[1:]] or CHECKED
    loops = find_loops(files)
    plain = [loop for loop in loops if not loop.is_of_lane_vectors()]
    scalar = find_scalar(plain, commands)
    for loop in scalar:
        number = loop.lines[0]
        line = loop.path.read_text().splitlines()[number - 1].strip()
        place = os.path.relpath(loop.path, ROOT)
        print(f"{place}:{number}: scalar loop in {loop.kernel}: {line}")
    print(
        f"loops of step kernels: {len(plain) - len(scalar)} vectorized by the compiler,"
        f" {len(loops) - len(plain)} of LaneVector, {len(scalar)} scalar"
    )
    if scalar:
        print(
            "Each element must be computed alike and on its own; a loop over lanes may need"
            " '#pragma GCC unroll 1'. -fopt-info-vec-missed says what is in the way."
        )
    return 1 if scalar or not plain else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
