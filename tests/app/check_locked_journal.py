#!/usr/bin/env python3
"""A run whose journal a reader keeps locked goes on in another one, says so, and ends
with the bytes of one that was left alone; a signal meanwhile loses nothing.

check_locked_journal.py BINARY
"""
import signal
import sqlite3
import subprocess
import sys
import time

from journals import copies, digest
from support import SMALL, Program, check, lengthened

COMMAND = ["run", "long.yaml", "--quiet", "--threads", "2"]


def lock(program: Program, running: subprocess.Popen) -> sqlite3.Connection:
    """A reader inside a transaction on the journal, as soon as there is one."""
    while running.poll() is None:
        for path in (program.folder / "cut.journal").glob(f"*.{running.pid}.*.sqlite"):
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


def start(program: Program) -> subprocess.Popen:
    return subprocess.Popen([program.binary, *COMMAND, "-o", "cut.h5"], cwd=program.folder,
                            stderr=subprocess.PIPE, text=True)


def interrupt(program: Program) -> None:
    """While a commit waits for the reader, before the run goes on in another journal."""
    running = start(program)
    reader = lock(program, running)
    time.sleep(2.0)
    sent = time.monotonic()
    running.send_signal(signal.SIGTERM)
    said = running.communicate(timeout=60)[1]
    seconds = time.monotonic() - sent
    check(running.returncode == 130, f"ended with {running.returncode}: {said}")
    check("rows go to" in said and "the same command goes on" in said, said)
    check(seconds < 2.0, f"ended {seconds:.2f} s after the signal")
    rows = len(copies(program.folder / "cut.journal"))
    check(rows > 0, "finished rows were lost")
    print(f"a signal while a reader kept the journal locked: {rows} rows kept, "
          f"{seconds:.2f} s")
    reader.close()


def main() -> None:
    program = Program(sys.argv[1])
    lengthened(program, SMALL, 4.0, *COMMAND, "-o", "whole.h5")
    interrupt(program)
    running = start(program)
    reader = lock(program, running)
    first = running.stderr.readline()  # comes 5 s after the first commit was tried
    check("a reader keeps it locked; rows go to" in first, f"said {first!r}")
    said = running.communicate(timeout=60)[1]
    reader.close()
    check(running.returncode == 0, f"ended with {running.returncode}: {said}")
    check(said == "", f"said {said!r}")
    check(digest(program.folder / "cut.h5") == digest(program.folder / "whole.h5"),
          "the file differs")
    print("a reader kept the journal locked; the same file came of the run")


if __name__ == "__main__":
    main()
