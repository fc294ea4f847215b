#!/usr/bin/env python3
"""A run whose journal a reader keeps locked for longer than a commit waits goes on, says
so once, and ends with the bytes of one that was left alone.

check_locked_journal.py BINARY
"""
import sqlite3
import subprocess
import sys
import time

from journals import digest
from support import SMALL, Program, check, lengthened

COMMAND = ["run", "long.yaml", "--quiet", "--threads", "2"]


def lock(program: Program, running: subprocess.Popen) -> sqlite3.Connection:
    """A reader inside a transaction on the journal, as soon as there is one."""
    while running.poll() is None:
        for path in (program.folder / "cut.journal").glob("*.sqlite"):
            try:
                reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True,
                                         isolation_level=None)
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM keys").fetchall()
                return reader
            except sqlite3.Error:
                continue  # it has no tables yet
        time.sleep(0.005)
    sys.exit("FAILED: the run was over before its journal was seen")


def main() -> None:
    program = Program(sys.argv[1])
    lengthened(program, SMALL, 1.0, *COMMAND, "-o", "whole.h5")
    running = subprocess.Popen([program.binary, *COMMAND, "-o", "cut.h5"],
                               cwd=program.folder, stderr=subprocess.PIPE, text=True)
    reader = lock(program, running)
    first = running.stderr.readline()  # comes 5 s after the first commit was tried
    check("a reader keeps it locked" in first and running.poll() is None,
          f"the run ended with {running.poll()}: {first}")
    time.sleep(2.0)
    reader.execute("COMMIT")
    reader.close()
    said = running.communicate(timeout=60)[1]
    check(running.returncode == 0, f"ended with {running.returncode}: {said}")
    check(said == "", f"said {said!r}")
    check(digest(program.folder / "cut.h5") == digest(program.folder / "whole.h5"),
          "the file differs")
    print("a reader kept the journal locked; the same file came of the run")


if __name__ == "__main__":
    main()
