#!/usr/bin/env python3
"""One row that takes SECONDS on one thread, killed at random ten times, ends with the
bytes of one that was left alone, and loses less than a minute each time.

check_long_row.py BINARY [SECONDS [KILLS]]
"""
import os
import random
import subprocess
import sys
import time

from journals import digest, latest_snapshot
from support import Program, check

ROW = """schema: 1
name: row
seeds: 16
horizon: {horizon}
problem: {{kind: quadratic, clients: 10, dimension: 10, heterogeneity: 3, initial_distance: 2}}
noise: {{kind: student_t, tail_index: 1.5}}
method: {{kind: clip21, clip_threshold: 3, step: {{scale: 2, shift: 20}}}}
"""
SHORT = 200000


def run(program: Program, horizon: int, output: str, *more: str) -> subprocess.Popen:
    name = program.write(f"{horizon}.yaml", ROW.format(horizon=horizon))
    return subprocess.Popen([program.binary, "run", name, "-o", output, "--threads", "1",
                             "--quiet", *more], cwd=program.folder)


def processor_seconds(process: subprocess.Popen) -> tuple[float, int]:
    """What an ended process has used, and its exit code."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, process.returncode


def main() -> None:
    program = Program(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 6.0
    kills = int(sys.argv[3]) if len(sys.argv) > 3 else 10 if seconds >= 100 else 3
    # Snapshots as by default in the long form, more often in a short one.
    every = 50.0 if seconds >= 100 else 1.0
    used, code = processor_seconds(run(program, SHORT, "short.h5"))
    check(code == 0, f"the first run ended with {code}")
    horizon = int(SHORT * seconds / used)
    whole = run(program, horizon, "whole.h5")  # beside the others
    rate = horizon / seconds  # iterations a second of processor time, until we know better
    lost = []
    instants = random.Random(1)
    journal = program.folder / "cut.journal"
    done = 0  # kills
    while True:
        before = latest_snapshot(journal)
        left = (horizon - before) / rate
        started = time.time()
        running = run(program, horizon, "cut.h5", "--snapshot-every", str(every))
        if done == kills or left < 0.2 * every:
            _, code = processor_seconds(running)
            check(code == 0, f"a resumed run ended with {code}")
            break
        # A part of the rest that makes room for the other kills.
        time.sleep(instants.uniform(0.3, 1.7) * (left + every) / (kills - done + 1))
        running.kill()
        killed = time.time()
        used, code = processor_seconds(running)
        if code == 0:
            break
        done += 1
        gained = latest_snapshot(journal) - before
        # A snapshot is all that its run commits.
        safe = max([started] + [file.stat().st_mtime for file in journal.glob("*.sqlite")
                                if gained > 0])
        lost.append((killed - safe, used, gained))
    used, code = processor_seconds(whole)
    check(code == 0, f"the whole run ended with {code}")
    rate = horizon / used
    losses = [seconds for seconds, _, _ in lost]
    # All that was used, against how much further the row got.
    work = [spent - gained / rate for _, spent, gained in lost]
    check(digest(program.folder / "cut.h5") == digest(program.folder / "whole.h5"),
          "the file of the killed runs differs")
    limit = 60.0 if every > 10 else every + 2.0
    check(max(losses) < limit, f"lost {max(losses):.1f} s: {losses}")
    check(max(work) < limit, f"lost {max(work):.1f} s of work: {work}")
    resumed = sum(gained > 0 for _, _, gained in lost)
    check(resumed > 0, "no kill left a snapshot")
    print(f"a row of {used:.0f} s ({horizon} iterations), {done} kills, {resumed} of them "
          f"after a new snapshot: identical; from the last snapshot to the kill at most "
          f"{max(losses):.1f} s, lost at most {max(work):.1f} s of work (limit {limit:.0f} s)")


if __name__ == "__main__":
    main()
