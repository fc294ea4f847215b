#!/usr/bin/env python3
"""Random wrong bytes in journals and result files: none that changes a number passes.

check_damage.py BINARY [FLIPS]

A run on damaged journals ends with the bytes of an undamaged run; what SQLite, asked from
here, reads otherwise than before must have been computed again or been named. A damaged
result file is refused.
"""
import collections
import json
import pathlib
import random
import shutil
import sqlite3
import sys

from support import SMALL, Program, check

EXPERIMENT = SMALL.replace("horizon: 2000", "horizon: 60").replace(
    "metrics: [squared_error, optimality_gap, gradient_norm, max_memory, iterate_mean]",
    "metrics: [squared_error, max_memory]")
SEAL_MARK, SEAL_DIGEST = 8, 32


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


def main() -> None:
    flips = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    victim = Victim(Program(sys.argv[1]))
    choice = random.Random(1)
    sizes = [path.stat().st_size for path in victim.files()]
    for _ in range(flips):
        (path,) = choice.choices(victim.files(), sizes)
        victim.flip(path, choice.randrange(path.stat().st_size), choice.randrange(1, 256))
    victim.overwrite()
    counts = victim.counts
    print(f"{flips} flips. Journals: {counts['journal']}, of which "
          f"{counts['journal changed']} changed a number and {counts['journal found']} of "
          f"these were found; every resumed file identical. Result: {counts['result']}, "
          f"refused {counts['result found']}, the rest changed no number.")


if __name__ == "__main__":
    main()
