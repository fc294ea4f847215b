#!/usr/bin/env python3
"""verify: the files of this program are its own bits; any other number is named.

check_verify.py BINARY MUTANT
"""
import json
import pathlib
import resource
import shutil
import subprocess
import sys

import h5py
import numpy as np

from support import LOGISTIC, SMALL, Program, check

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "storage"))
from labelled_file_check import content_digest  # noqa: E402

TUNING = SMALL.replace("name: small", "name: tuning")
MANY = """schema: 1
name: many
seeds: 2
horizon: 1
problem: {kind: quadratic, clients: 1000, dimension: 70, curvature_spread: 0.5,
          instance_seed: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]}
noise: {kind: none}
method: {kind: sgd, step: {scale: [1, 0.5]}}
"""
DATA = "1 1:1 2:0.5\n-1 1:-1 2:0.25\n1 1:2\n-1 2:-1\n"


def forge(program: Program, source: str, target: str, change) -> None:
    """A file with a changed value whose digest is right all the same."""
    shutil.copy(program.folder / source, program.folder / target)
    with h5py.File(program.folder / target, "r+") as file:
        change(file)
        file.attrs["content_sha256"] = content_digest(file)


def report(program: Program, code: int, *arguments: str) -> dict:
    done = program("verify", *arguments, "--json")
    check(done.returncode == code, f"{arguments}: exit {done.returncode}: {done.stderr}")
    parsed = json.loads(done.stdout)
    check(parsed["schema"] == "tailrate.verify/1" and parsed["exit_code"] == code, "JSON")
    return parsed


def refuse(program: Program, said: str, *arguments: str) -> None:
    done = program("verify", *arguments)
    check(done.returncode == 2, f"{arguments}: exit {done.returncode}: {done.stderr}")
    check(said in done.stderr, f"{arguments}: '{said}' is not in: {done.stderr}")
    print("refused:", done.stderr.strip())


def add_one(path: str, index: tuple):
    def change(file: h5py.File) -> None:
        file[path][index] = file[path][index] + 1
    return change


def last_bit(path: str, index: tuple):
    def change(file: h5py.File) -> None:
        file[path][index] = np.nextafter(file[path][index], np.inf)
    return change


def check_own_files(program: Program) -> None:
    program.write("small.yaml", SMALL)
    program.ok("run", "small.yaml", "-o", "small.h5", "--quiet", "--confirmation", "20")
    found = report(program, 0, "small.h5", "--cells", "1000", "--threads", "2")
    check(len(found["cells"]) == found["all_cells"] == 15, "all cells")
    check(found["not_compared"] == [], f"not compared: {found['not_compared']}")
    sample = report(program, 0, "small.h5")
    again = report(program, 0, "small.h5", "--threads", "1")
    check(len(sample["cells"]) == 3 and sample == again, "the same three cells each time")
    check(report(program, 0, "small.h5", "--cells", "0")["cells"] == [], "the digest alone")
    check(program.ok("verify", "small.h5", "--quiet") == "", "quiet when all is well")
    text = program.ok("verify", "small.h5")
    check("3 of 15 cells: 3 identical" in text and sample["content_sha256"] in text, text)
    program.write("tuning.yaml", TUNING)
    program.ok("tune", "tuning.yaml", "-o", "tuned.yaml", "--quiet", "--seeds", "20")
    report(program, 0, "tuned.h5", "--cells", "1000")


def check_deviations(program: Program) -> None:
    """One changed value of each kind of variable, in a file that is sound otherwise."""
    cases = [
        (last_bit, "squared_error", (4, 17, 9), {"seed": 17}),
        (last_bit, "max_memory", (3, 0, 2), {"seed": 0}),
        (add_one, "diverged_at", (0, 39), {"seed": 39}),
        (last_bit, "peak_error", (14, 3), {"seed": 3}),
        (last_bit, "squared_error_quantile", (2, 5, 7), {"quantile": 0.99}),
        (last_bit, "iterate_mean", (1, 3, 2), {"dimension": 2}),
        (last_bit, "exponent_ci", (2, 1), {"bound": "upper"}),
        (add_one, "regime", (2,), {}),
        (last_bit, "oracle_calls", (6,), {}),
        (last_bit, "confirmation/gradient_norm", (7, 4, 3), {"seed": 2000000004}),
    ]
    for change, path, index, place in cases:
        forge(program, "small.h5", "forged.h5", change(path, index))
        found = report(program, 4, "forged.h5", "--cells", "15")
        wrong = [cell for cell in found["cells"] if cell["state"] != "identical"]
        check([cell["cell"] for cell in wrong] == [index[0]], f"{path}: {wrong}")
        check(wrong[0]["state"] == "other bits", str(wrong))
        (deviation,) = wrong[0]["deviations"]
        check(deviation["variable"] == path, str(deviation))
        check(place.items() <= deviation["place"].items(), str(deviation))
        with h5py.File(program.folder / "small.h5") as file:
            check(deviation["computed"] == file[path][index], f"{path}: {deviation}")
            if "iteration" in deviation["place"]:
                at = file["iteration"][index[-2] if path == "iterate_mean" else index[-1]]
                check(deviation["place"]["iteration"] == at, str(deviation))
    forge(program, "small.h5", "forged.h5", last_bit("squared_error", (4, 17, 9)))
    shown = program("verify", "forged.h5", "--cells", "15", "--quiet")
    check(shown.returncode == 4 and shown.stdout == "", "quiet is quiet")
    check("cell 4" in shown.stderr and "squared_error at seed 17, iteration" in shown.stderr,
          shown.stderr)
    print(shown.stderr.strip())


def check_versions(program: Program) -> None:
    def kernel(file: h5py.File) -> None:
        names = [name.decode() for name in file["provenance/entry"][:]]
        file["provenance/kernel_version"][names.index("method.clip21")] = 77

    def engine(file: h5py.File) -> None:
        file["provenance/engine_version"][()] = 77

    def removed(file: h5py.File) -> None:
        algorithm = file["algorithm"][:]
        algorithm[algorithm == b"clip21"] = "clip99"
        file["algorithm"][:] = algorithm

    forge(program, "small.h5", "forged.h5", kernel)
    found = report(program, 4, "forged.h5", "--cells", "15")
    states = [cell["state"] for cell in found["cells"]]
    check(states.count("not comparable") == 3 and states.count("identical") == 12, str(states))
    reason = next(cell["reason"] for cell in found["cells"] if cell["reason"])
    check(reason == "method.clip21 version 77 in the file, 1 in this program", reason)
    forge(program, "small.h5", "forged.h5", engine)
    found = report(program, 4, "forged.h5")
    check({cell["state"] for cell in found["cells"]} == {"not comparable"}, str(found))
    print(found["cells"][0]["reason"])
    forge(program, "small.h5", "forged.h5", removed)
    found = report(program, 4, "forged.h5", "--cells", "15")
    check(any("method.clip99 is not in this program" in cell["reason"]
              for cell in found["cells"]), str(found))


def check_data(program: Program) -> None:
    folder = program.folder / "study"
    folder.mkdir()
    program.write("study/d.libsvm", DATA)
    program.write("study/logistic.yaml", LOGISTIC)
    program.ok("run", "study/logistic.yaml", "-o", "logistic.h5", "--quiet")
    refuse(program, "run verify in the folder of the experiment file", "logistic.h5")
    program.write("d.libsvm", DATA)
    report(program, 0, "logistic.h5")
    program.write("d.libsvm", DATA.replace("0.5", "0.75"))
    refuse(program, "d.libsvm is another than the one it was made from", "logistic.h5")


def check_refusals(program: Program) -> None:
    damaged = bytearray((program.folder / "small.h5").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (program.folder / "damaged.h5").write_bytes(damaged)
    refuse(program, "damaged.h5: damaged", "damaged.h5")
    shutil.copy(program.folder / "small.h5", program.folder / "changed.h5")
    with h5py.File(program.folder / "changed.h5", "r+") as file:
        file["squared_error"][0, 0, 3] *= 2
    refuse(program, "content_sha256", "changed.h5")
    refuse(program, "nowhere.h5", "nowhere.h5")
    refuse(program, "small.yaml", "small.yaml")
    forge(program, "small.h5", "forged.h5", add_one("seed", (39,)))
    refuse(program, "its cells or seeds are not those of its experiment", "forged.h5")


def check_memory(program: Program) -> None:
    """Problems that do not fit are refused by every command that makes them, as by run."""
    facts = json.loads(program.ok("info", "--json"))
    if "-fsanitize" in facts["flags"]:
        print("not under a sanitizer, which needs more address space than any limit")
        return
    program.write("many.yaml", MANY)
    program.ok("run", "many.yaml", "-o", "many.h5", "--quiet")
    limit = 500_000_000
    for arguments in (["run", "many.yaml", "-o", "none.h5"],
                      ["verify", "many.h5"],
                      ["merge", "many.journal", "-o", "none.h5"],
                      ["tune", "many.yaml", "-o", "none.yaml"]):
        done = subprocess.run(
            [program.binary, *arguments], cwd=program.folder, capture_output=True, text=True,
            timeout=250, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        check(done.returncode == 2 and "quadratic: 15 problems of " in done.stderr
              and "GB of memory; 0.5 GB are there" in done.stderr, f"{arguments}: {done.stderr}")
    check(not list(program.folder.glob("none.*")), "something was begun")


def check_mutants(program: Program, mutant: str) -> None:
    """Programs with a bug that say the same versions."""
    program.write("ci.yaml", (ROOT / "experiments" / "ci.yaml").read_text().replace(
        "seeds: 100", "seeds: 16").replace("horizon: 10000", "horizon: 1000"))
    for name, code in [("none", 0), ("06", 4), ("19", 4), ("27", 4)]:
        program.ok(name, "ci.yaml", f"{name}.h5", binary=mutant)
        found = report(program, code, f"{name}.h5", "--cells", "100")
        wrong = sum(cell["state"] == "other bits" for cell in found["cells"])
        check((wrong > 0) == (code == 4), f"mutant {name}: {wrong} cells")
        print(f"mutant {name}: other bits in {wrong} of {len(found['cells'])} cells")


def main() -> None:
    program, mutant = Program(sys.argv[1]), str(pathlib.Path(sys.argv[2]).resolve())
    check_own_files(program)
    check_deviations(program)
    check_versions(program)
    check_data(program)
    check_refusals(program)
    check_memory(program)
    check_mutants(program, mutant)


if __name__ == "__main__":
    main()
