#!/usr/bin/env python3
"""One experiment, computed in every way there is, gives one file.

check_bits.py BINARY [BINARY_OF_ANOTHER_VECTOR_WIDTH]
"""
import contextlib
import hashlib
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time

from support import SMALL, Program, check, lengthened



def digest(program: Program, name: str) -> str:
    return hashlib.sha256((program.folder / name).read_bytes()).hexdigest()


def count_rows(folder: pathlib.Path) -> int:
    """Committed rows of the journals of a folder; 0 while they are being made."""
    count = 0
    for file in folder.glob("*.sqlite"):
        try:
            with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
                count += db.execute("SELECT count(*) FROM keys").fetchone()[0]
        except sqlite3.Error:
            continue
    return count


def interrupt_and_resume(program: Program, other: str | None) -> None:
    """SIGINT ends with 130, keeps finished rows and leaves no result; then it goes on,
    from the snapshots of running rows as well, with another vector width if there is one.
    """
    lengthened(program, SMALL, 1.5, "run", "long.yaml", "-o", "whole.h5", "--threads", "1")
    running = subprocess.Popen([program.binary, "run", "long.yaml", "-o", "cut.h5",
                                "--threads", "1", "--snapshot-every", "0.1"],
                               cwd=program.folder,
                               stderr=subprocess.PIPE, text=True)
    journal = program.folder / "cut.journal"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.poll() is None:
        if count_rows(journal) > 0:
            break
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    message = running.communicate(timeout=60)[1]
    check(running.returncode == 130, f"interrupted: exit {running.returncode}, {message}")
    check("goes on" in message, f"no word on how to go on: {message}")
    check(not (program.folder / "cut.h5").exists(), "an interrupted run left a result")
    said = program.ok("run", "long.yaml", "-o", "cut.h5", "--threads", "2", binary=other)
    check(" rows computed" in said and not said.split("\n")[1].startswith("45 of 45"),
          f"nothing was reused: {said}")
    check(digest(program, "cut.h5") == digest(program, "whole.h5"),
          "an interrupted and resumed run differs")


def main() -> None:
    program = Program(sys.argv[1])
    program.write("small.yaml", SMALL)
    program.ok("run", "small.yaml", "-o", "one.h5", "--threads", "1")
    expected = digest(program, "one.h5")

    program.ok("run", "small.yaml", "-o", "two.h5", "--threads", "2")
    check(digest(program, "two.h5") == expected, "two threads differ from one")
    program.ok("run", "small.yaml", "-o", "seven.h5", "--threads", "7")
    check(digest(program, "seven.h5") == expected, "seven threads differ from one")
    program.ok("run", "small.yaml", "-o", "one.h5", "--fresh")
    check(digest(program, "one.h5") == expected, "a second run differs from the first")
    said = program.ok("run", "small.yaml", "-o", "one.h5")
    check("\n0 of " in said, f"a finished run computed again: {said}")
    check(digest(program, "one.h5") == expected, "a run from its journal differs")

    # More seeds and another threshold reuse what is there, and change no bit of it.
    program.ok("run", "small.yaml", "-o", "grown.h5", "--seeds", "20")
    said = program.ok("run", "small.yaml", "-o", "grown.h5")
    check("\n15 of 45 rows" in said, f"20 seeds to 40 is one block more: {said}")
    check(digest(program, "grown.h5") == expected, "a run grown from fewer seeds differs")
    said = program.ok("run", "small.yaml", "-o", "grown.h5",
                      "--set", "method.clip21.clip_threshold=4")
    check("\n9 of 45 rows" in said, f"one threshold of five cells changed: {said}")

    # Comments, description and order of keys are no inputs.
    program.write("same.yaml", "# comment\n" + SMALL.replace(
        "seeds: 40\nhorizon: 2000\n", "description: other words\nhorizon: 2e3\nseeds: 40\n"))
    program.ok("run", "small.yaml", "-o", "again.h5")
    said = program.ok("run", "same.yaml", "-o", "again.h5")
    check("\n0 of 45 rows" in said, f"cosmetic changes made rows run: {said}")

    other = sys.argv[2] if len(sys.argv) > 2 and sys.argv[2] != "none" else None
    interrupt_and_resume(program, other)

    if other:
        program.ok("run", "small.yaml", "-o", "other.h5", binary=other)
        check(digest(program, "other.h5") == expected, "another vector width differs")
        print("x86-64-v3 and x86-64-v4 give the same bytes")
    else:
        print("skipped: this processor has no x86-64-v4, one vector width only")


if __name__ == "__main__":
    main()
