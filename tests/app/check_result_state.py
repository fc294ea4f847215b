#!/usr/bin/env python3
"""What plan --shards says of the result file: complete only where the file is sound and of
this very experiment; and that --read-rows refuses a file that every shard would refuse.

check_result_state.py BINARY
"""
import pathlib
import shutil
import sys

import h5py

from support import LOGISTIC, SMALL, Program, check

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "storage"))
from labelled_file_check import content_digest  # noqa: E402

SHORT = SMALL.replace("horizon: 2000", "horizon: 300")
DATA = "1 1:1 2:0.5\n-1 1:-1 2:0.25\n1 1:2\n-1 2:-1\n"


def expect(program: Program, state: str, *arguments: str, code: int = 0) -> None:
    done = program("plan", *arguments, "--shards", "0")
    check(done.returncode == code and done.stdout.endswith(f"\nresult: {state}\n"),
          f"not {state}: exit {done.returncode}, {done.stdout}{done.stderr}")


def refuse(program: Program, said: str, *arguments: str) -> None:
    done = program("plan", *arguments, "--shards", "0", "--read-rows")
    check(done.returncode == 2 and said in done.stderr and not done.stdout,
          f"'{said}': exit {done.returncode}, {done.stdout}{done.stderr}")


def other_states(program: Program) -> None:
    """The experiment has changed since, or the file was put there from elsewhere."""
    small = ("small.yaml", "-o", "out.h5")
    expect(program, "none", *small, code=3)
    program.ok("run", *small)
    expect(program, "complete", *small)
    expect(program, "complete", *small, "--read-rows")
    program.ok("merge", "out.journal", "-o", "out.h5")
    expect(program, "complete", *small)
    expect(program, "unread", *small, "--seeds", "60", code=3)
    program.ok("run", *small, "--seeds", "16")
    expect(program, "other", *small)
    expect(program, "other", *small, "--read-rows")
    expect(program, "complete", *small, "--seeds", "16")
    program.ok("run", *small, "--set", "keep=summary")
    expect(program, "other", *small)
    program.ok("run", *small)
    program.write("small.yaml", SHORT + "# the file keeps this line\n")
    expect(program, "other", *small)
    program.write("small.yaml", SHORT)
    expect(program, "complete", *small)


def other_experiment(program: Program) -> None:
    program.write("namesake.yaml", SHORT.replace("name: small", "name: namesake"))
    program.ok("run", "namesake.yaml", "-o", "other.h5")
    shutil.copytree(program.folder / "out.journal", program.folder / "other.journal",
                    dirs_exist_ok=True)
    expect(program, "other", "small.yaml", "-o", "other.h5")
    refuse(program, "holds the results of experiment 'namesake', not of 'small'",
           "small.yaml", "-o", "other.h5")


def other_versions(program: Program) -> None:
    """A file that an earlier program made, its digest right."""
    whole = (program.folder / "out.h5").read_bytes()
    for path in ("engine_version", "stream_version", "kernel_version"):
        with h5py.File(program.folder / "out.h5", "r+") as file:
            stored = file[f"provenance/{path}"]
            place = -1 if stored.shape else ()
            stored[place] = stored[place] - 1
            file.attrs["content_sha256"] = content_digest(file)
        expect(program, "other", "small.yaml", "-o", "out.h5")
        (program.folder / "out.h5").write_bytes(whole)


def other_seeds(program: Program) -> None:
    with h5py.File(program.folder / "out.h5", "r+") as file:
        file["seed"][...] = file["seed"][...] + 16
        file.attrs["content_sha256"] = content_digest(file)
    expect(program, "other", "small.yaml", "-o", "out.h5")
    program.ok("run", "small.yaml", "-o", "out.h5")


def other_data(program: Program) -> None:
    program.write("d.libsvm", DATA)
    logistic = (program.write("logistic.yaml", LOGISTIC), "-o", "data.h5")
    program.ok("run", *logistic)
    expect(program, "complete", *logistic)
    program.write("d.libsvm", DATA.replace("1:2", "1:3"))
    program.ok("run", *logistic, "--shard", "0/1")
    expect(program, "other", *logistic)


def damage(program: Program) -> None:
    small = ("small.yaml", "-o", "out.h5")
    whole = (program.folder / "out.h5").read_bytes()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    for text, said in ((bytes(changed), "not an intact result file"),
                       (b"some text\n", "not an intact result file")):
        (program.folder / "out.h5").write_bytes(text)
        expect(program, "damaged", *small)
        refuse(program, said, *small)
        expect(program, "unread", *small, "--seeds", "60", code=3)
        refuse(program, said, *small, "--seeds", "60")
    # Without a seal, and so of another tool: a run replaces it.
    (program.folder / "out.h5").write_bytes(whole)
    with h5py.File(program.folder / "out.h5", "r+") as file:
        file["squared_error"][3, 7, 5] *= 2
    expect(program, "damaged", *small)
    expect(program, "damaged", *small, "--read-rows")
    (program.folder / "out.h5").unlink()
    (program.folder / "out.h5").mkdir()
    expect(program, "damaged", *small)
    refuse(program, "is a folder", *small)
    (program.folder / "out.h5").rmdir()
    expect(program, "none", *small)
    refuse(program, "is not a folder", "small.yaml", "-o", "small.yaml/out.h5")


def main() -> None:
    program = Program(sys.argv[1])
    program.write("small.yaml", SHORT)
    for part in (other_states, other_experiment, other_versions, other_seeds, other_data, damage):
        part(program)
    print("complete, other, damaged, unread, none")


if __name__ == "__main__":
    main()
