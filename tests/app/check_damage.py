#!/usr/bin/env python3
"""Random wrong bytes in journals and result files: none that changes a number passes.

check_damage.py BINARY [FLIPS]

A run on damaged journals ends with the bytes of an undamaged run; what SQLite, asked from
here, reads otherwise than before must have been computed again or been named. A damaged
result file is refused. A row goes on from a damaged snapshot only where its bits stay right.
"""
import collections
import json
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

from journals import latest_snapshot, select
from support import SMALL, Program, check, lengthened

EXPERIMENT = SMALL.replace("horizon: 2000", "horizon: 60").replace(
    "metrics: [squared_error, optimality_gap, gradient_norm, max_memory, iterate_mean]",
    "metrics: [squared_error, max_memory]")
SEAL_MARK, SEAL_DIGEST = 8, 32
ROW = """schema: 1
name: row
seeds: 16
horizon: 2000
problem: {kind: quadratic, clients: 5, dimension: 6, heterogeneity: 3, initial_distance: 2}
noise: {kind: student_t, tail_index: 1.5}
method: {kind: clip21, clip_threshold: 3, step: {scale: 2, shift: 20}}
"""


def contents(path: pathlib.Path) -> list | None:
    """Every number of a journal; nothing where SQLite refuses it."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return [connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
                for table in ("keys", "data")]
    except (sqlite3.Error, ValueError, OverflowError):
        return None
    finally:
        connection.close()


class Victim:
    """The files of one run, damaged and mended one byte at a time."""

    def __init__(self, program: Program) -> None:
        self.program = program
        program.write("small.yaml", EXPERIMENT)
        # Two journals: the second adds seeds.
        program.ok("run", "small.yaml", "-o", "small.h5", "--quiet", "--seeds", "20")
        program.ok("run", "small.yaml", "-o", "small.h5", "--quiet")
        self.result = program.folder / "small.h5"
        self.folder = program.folder / "small.journal"
        self.sound = self.result.read_bytes()
        self.rates = program.ok("rates", "small.h5", "--json")
        self.journals = sorted(self.folder.iterdir())
        check(len(self.journals) == 2, "two journals")
        self.kept = {path: path.read_bytes() for path in self.journals}
        self.numbers = {path: contents(path) for path in self.journals}
        self.counts: collections.Counter = collections.Counter()

    def files(self) -> list[pathlib.Path]:
        return [self.result, *self.journals]

    def flip(self, path: pathlib.Path, place: int, mask: int) -> None:
        damaged = bytearray(self.sound if path == self.result else self.kept[path])
        damaged[place] ^= mask
        path.write_bytes(damaged)
        what = f"byte {place} of {path.name} with {mask:#04x}"
        if path == self.result:
            self.read_result(place, what)
            self.result.write_bytes(self.sound)
        else:
            self.resume(path, what)

    def read_result(self, place: int, what: str) -> None:
        done = self.program("rates", "small.h5", "--json")
        check(done.returncode in (0, 2), f"{what}: exit {done.returncode}")
        self.counts["result"] += 1
        if done.returncode == 2:
            check("small.h5" in done.stderr, f"{what}: {done.stderr}")
            self.counts["result found"] += 1
            return
        # Without its mark the seal is not known for one; the content is checked all the
        # same.
        first = len(self.sound) - SEAL_MARK - SEAL_DIGEST
        check(first <= place < first + SEAL_MARK, f"{what}: unnoticed")
        check(done.stdout == self.rates, f"{what}: other rates")

    def resume(self, path: pathlib.Path, what: str) -> None:
        is_changed = contents(path) != self.numbers[path]
        self.result.unlink()
        done = self.program("run", "small.yaml", "-o", "small.h5", "--threads", "1")
        check(done.returncode == 0, f"{what}: exit {done.returncode}: {done.stderr}")
        check(self.result.read_bytes() == self.sound, f"{what}: the result differs")
        sidecar = json.loads((self.program.folder / "small.h5.run.json").read_text())
        is_found = "note: " in done.stderr or sidecar["rows_computed"] > 0
        check(is_found or not is_changed, f"{what}: unnoticed")
        self.counts["journal"] += 1
        self.counts["journal changed"] += is_changed
        self.counts["journal found"] += is_changed and is_found
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        for journal, data in self.kept.items():
            journal.write_bytes(data)

    def overwrite(self) -> None:
        """A damaged result is not taken for one to replace; without it all rows are there."""
        damaged = bytearray(self.sound)
        damaged[len(damaged) // 3] ^= 1
        self.result.write_bytes(damaged)
        done = self.program("run", "small.yaml", "-o", "small.h5")
        check(done.returncode == 2 and "not an intact result file" in done.stderr, done.stderr)
        self.result.unlink()
        self.program.ok("run", "small.yaml", "-o", "small.h5")
        check(self.result.read_bytes() == self.sound, "the result is made again")
        sidecar = json.loads((self.program.folder / "small.h5.run.json").read_text())
        check(sidecar["rows_computed"] == 0, "rows were computed again")


def interrupt(program: Program, command: list[str], took: float) -> pathlib.Path:
    """A journal with one row, which has not come to its end, in a snapshot."""
    folder = program.folder / "row.journal"
    instants = random.Random(2)
    for _ in range(100):
        running = subprocess.Popen([program.binary, *command, "-o", "row.h5",
                                    "--snapshot-every", "0.02"],
                                   cwd=program.folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(instants.uniform(0.0, took))
        running.send_signal(signal.SIGTERM)
        if running.wait(60) == 130 and latest_snapshot(folder) > 0:
            return next(folder.iterdir())
        shutil.rmtree(folder, ignore_errors=True)
        (program.folder / "row.h5").unlink(missing_ok=True)
    sys.exit("FAILED: no run could be interrupted within a row")


def snapshots(folder: pathlib.Path) -> list[tuple]:
    """What can be read of them."""
    try:
        return select(folder, "SELECT key, iteration, digest, state FROM snapshots")
    except (ValueError, OverflowError):  # a damaged one may be no blob any more
        return []


def is_of_another_row(left: list[tuple], whole: tuple) -> bool:
    """Whether only the key of the snapshot is wrong: its row then starts anew."""
    return len(left) == 1 and left[0][0] != whole[0] and left[0][1:] == whole[1:]


def flip_snapshot(program: Program, flips: int, choice: random.Random) -> tuple[int, int]:
    """Resumes from a journal with a wrong byte; of these, from the snapshot all the same,
    and from the start of the row."""
    command = ["run", "long.yaml", "--threads", "1"]
    took = lengthened(program, ROW, 0.4, *command, "-o", "whole.h5")
    sound = (program.folder / "whole.h5").read_bytes()
    journal = interrupt(program, command, took)
    kept = journal.read_bytes()
    whole = snapshots(journal.parent)
    check(len(whole) == 1, f"{len(whole)} snapshots")
    used = dropped = 0
    for _ in range(flips):
        damaged = bytearray(kept)
        place, mask = choice.randrange(len(kept)), choice.randrange(1, 256)
        damaged[place] ^= mask
        journal.write_bytes(damaged)
        left = snapshots(journal.parent)
        done = program(*command, "-o", "row.h5")
        what = f"byte {place} of a journal with a snapshot, with {mask:#04x}"
        check(done.returncode == 0, f"{what}: exit {done.returncode}: {done.stderr}")
        result = program.folder / "row.h5"
        check(result.read_bytes() == sound, f"{what}: the result differs")
        check(left == whole or is_of_another_row(left, *whole) or "note: " in done.stderr,
              f"{what}: unnoticed")
        used += "note: " not in done.stderr
        dropped += re.search(r"snapshot \d+ is damaged", done.stderr) is not None
        result.unlink()
        shutil.rmtree(journal.parent)
        journal.parent.mkdir()
    check(flips < 20 or used > 0 and dropped > 0, f"{used} used, {dropped} dropped")
    return used, dropped


def main() -> None:
    flips = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    victim = Victim(Program(sys.argv[1]))
    choice = random.Random(1)
    sizes = [path.stat().st_size for path in victim.files()]
    for _ in range(flips):
        (path,) = choice.choices(victim.files(), sizes)
        victim.flip(path, choice.randrange(path.stat().st_size), choice.randrange(1, 256))
    victim.overwrite()
    used, dropped = flip_snapshot(victim.program, flips // 4, choice)
    counts = victim.counts
    print(f"{flips} flips. Journals: {counts['journal']}, of which "
          f"{counts['journal changed']} changed a number and {counts['journal found']} of "
          f"these were found; every resumed file identical. Result: {counts['result']}, "
          f"refused {counts['result found']}, the rest changed no number. "
          f"{flips // 4} more in a journal with a snapshot: {used} went on from it, {dropped} "
          "found it damaged; every file identical.")


if __name__ == "__main__":
    main()
