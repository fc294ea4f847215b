#!/usr/bin/env python3
"""A run that is killed at random instants, and started again each time, ends with the
bytes of one that was left alone, and computes no finished row twice.

check_kills.py BINARY [KILLS]
"""
import random
import shutil
import subprocess
import sys

from journals import copies, digest, latest_snapshot
from support import SMALL, Program, check, lengthened

ROWS = 45
COMMAND = ["run", "long.yaml", "-o", "cut.h5", "--quiet", "--threads", "2",
           "--snapshot-every", "0.02"]


def killed(program: Program, after: float) -> bool:
    """Starts a run and kills it after some seconds; False where it was done before."""
    running = subprocess.Popen([program.binary, *COMMAND], cwd=program.folder)
    try:
        code = running.wait(timeout=after)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
        return True
    check(code == 0, f"a resumed run ended with {code}")
    return False


def main() -> None:
    program = Program(sys.argv[1])
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 12
    whole = lengthened(program, SMALL, 1.5, "run", "long.yaml", "-o", "whole.h5",
                       "--quiet", "--threads", "2")
    expected = digest(program.folder / "whole.h5")
    result, journal = program.folder / "cut.h5", program.folder / "cut.journal"
    instants = random.Random(1)
    kills = identical = runs = resumed = 0
    # A kill before a run's first commit, after a second, leaves no snapshot: where all
    # were such, there are more.
    while kills < wanted or (resumed == 0 and kills < 10 * wanted):
        # Some runs are killed several times before one is left alone.
        own = 0
        while own == 0 or (kills + own < wanted and instants.random() < 0.5):
            if not killed(program, instants.uniform(0.0, 1.1 * whole)):
                break
            own += 1
            resumed += latest_snapshot(journal) > 0
            check(not result.exists() or digest(result) == expected,
                  "half a result was left")
        program.ok(*COMMAND)
        check(digest(result) == expected, f"after {own} kills the file differs")
        rows = copies(journal)
        check(len(rows) == ROWS and max(rows.values()) == 1,
              f"{len(rows)} of {ROWS} rows, the most frequent "
              f"{max(rows.values())} times: finished rows were computed again")
        kills += own
        identical += own
        runs += 1
        result.unlink()
        shutil.rmtree(journal)
    check(resumed > 0, "no kill left a snapshot")
    print(f"{kills} kills, each followed by a resume: {identical} of {kills} identical; "
          f"{ROWS} rows in each of {runs} journals, none twice; "
          f"{resumed} kills left a snapshot")


if __name__ == "__main__":
    main()
