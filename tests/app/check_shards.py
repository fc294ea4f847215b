#!/usr/bin/env python3
"""One experiment, cut into shards and merged in any way, gives the file of a run; what
cannot be merged is refused and named.

check_shards.py BINARY [ROUNDS]

With ROUNDS, that many more cuts at random.
"""
import contextlib
import hashlib
import pathlib
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import time

from support import SMALL, Program, check

SHORT = "# a comment, which the file keeps\n" + SMALL.replace("horizon: 2000", "horizon: 300")
ROWS = 45
SOURCE = pathlib.Path(__file__).resolve().parents[2]


def digest(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Shards:
    """An experiment, the file of its run, and merges compared with it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.folder = program.folder
        program.write("short.yaml", SHORT)
        program.ok("run", "short.yaml", "-o", "whole.h5", "--quiet")
        self.expected = digest(self.folder / "whole.h5")

    def run(self, index: int, count: int, output: str = "part", *more: str) -> str:
        return self.program.ok("run", "short.yaml", "-o", f"{output}.h5", "--shard",
                               f"{index}/{count}", *more)

    def all_of(self, count: int, output: str = "part") -> pathlib.Path:
        """The journals of all shards, in a new folder."""
        self.forget(output)
        for index in range(count):
            self.run(index, count, output)
        return self.folder / f"{output}.journal"

    def forget(self, output: str = "part") -> None:
        shutil.rmtree(self.folder / f"{output}.journal", ignore_errors=True)

    def merges(self, *places: str, to: str = "merged.h5") -> None:
        said = self.program.ok("merge", *places, "-o", to)
        found = digest(self.folder / to)
        check(found == self.expected, f"merging {places} gave another file")
        check((self.folder / f"{to}.run.json").exists(), "no sidecar")
        check(f"{to}: {ROWS} rows" in said, said)
        (self.folder / to).unlink()

    def refused(self, code: int, words: list[str], *arguments: str) -> str:
        """A merge that ends with `code` and says `words`; its standard output."""
        done = self.program("merge", *arguments, "-o", "refused.h5")
        check(done.returncode == code,
              f"merge {arguments}: exit {done.returncode}, not {code}: {done.stderr}")
        for word in words:
            check(word in done.stdout + done.stderr,
                  f"merge {arguments} does not say '{word}': {done.stdout}{done.stderr}")
        check(not list(self.folder.glob("*refused*")), "a refused merge left a file")
        return done.stdout


def journal(folder: pathlib.Path, shard: int) -> pathlib.Path:
    return next(folder.glob(f"{shard}-of-*.sqlite"))


def edit(path: pathlib.Path):
    return contextlib.closing(sqlite3.connect(path, isolation_level=None))


def row_digest(key: bytes, row: bytes) -> bytes:
    return hashlib.sha256(key + struct.pack("<Q", len(row) // 8) + row).digest()


def cut_and_merge(shards: Shards, count: int, chance: random.Random) -> None:
    """All shards in some order into some folders, merged as some files and folders."""
    outputs = [f"part{k}" for k in range(chance.choice([1, 1, 2, 5]))]
    for output in outputs:
        shards.forget(output)
    order = list(range(count))
    chance.shuffle(order)
    for index in order:
        shards.run(index, count, chance.choice(outputs))
    for index in chance.sample(order, min(2, count)):  # a second live copy
        shards.run(index, count, chance.choice(outputs), "--fresh", "--threads", "1")
    places: list[str] = []
    for output in outputs:
        files = [str(path) for path in (shards.folder / f"{output}.journal").glob("*.sqlite")]
        places += files if chance.random() < 0.5 else [f"{output}.journal"] if files else []
    chance.shuffle(places)
    shards.merges(*places)


def shard_runs(shards: Shards) -> None:
    """What a shard computes, reuses, leaves behind and says."""
    shards.forget()
    said = shards.run(3, 8)
    check(said.startswith("shard 3 of 8: 6 of its 6 rows computed"), said)
    check(f"tailrate merge part.journal -o part.h5" in said, said)
    check(not (shards.folder / "part.h5").exists(), "a shard wrote a result file")
    check(shards.run(3, 8).startswith("shard 3 of 8: 0 of its 6 rows"), "nothing reused")
    # Rows 16 to 21 are in the second of three shards, and a run takes them all.
    check(shards.run(1, 3).startswith("shard 1 of 3: 9 of its 15 rows"), "other cuts")
    said = shards.program.ok("run", "short.yaml", "-o", "part.h5")
    check("\n30 of 45 rows computed" in said, said)
    check(digest(shards.folder / "part.h5") == shards.expected, "a run from shards differs")
    (shards.folder / "part.h5").unlink()
    shards.forget()
    check(shards.run(0, 64).startswith("shard 0 of 64: 0 of its 0 rows"), "an empty shard")
    for bad in ("8/8", "9/8", "-1/8", "1", "1/", "/8", "a/b", "1/8 ", "0/0", "0.5/2",
                "0/1000001", ""):
        done = shards.program("run", "short.yaml", "--shard", bad)
        check(done.returncode == 2 and "allowed: I/N" in done.stderr,
              f"--shard '{bad}': exit {done.returncode}, {done.stderr}")
    done = shards.program("run", "short.yaml", "--shard", "0/2", "--confirmation", "20")
    check(done.returncode == 2 and "excludes" in done.stderr, done.stderr)


def plan_of_shards(shards: Shards) -> None:
    """What plan says is left of shards, of any cut; damage only where it reads rows."""
    def left(count: int, code: int, *more: str) -> str:
        done = shards.program("plan", "short.yaml", "-o", "part.h5", "--shards", str(count), *more)
        check(done.returncode == code, f"plan --shards {count}: {done.returncode} {done.stderr}")
        return done.stdout

    shards.forget()
    check(left(0, 3) == f"part.h5: 0 of {ROWS} rows done\nshards to rerun, of 1: 0\n", "none")
    folder = shards.all_of(8)
    check(left(3, 0) == f"part.h5: {ROWS} of {ROWS} rows done\n"
          "shards to rerun, of 3: none\n", "all")
    check(left(0, 0, "--read-rows").endswith("of 8: none\n"), "all, as cut")
    journal(folder, 2).unlink()
    check(left(8, 3).endswith("of 8: 2\n"), left(8, 3))
    with edit(journal(folder, 7)) as database:
        database.execute("UPDATE data SET row = zeroblob(length(row)) WHERE id = 2")
    check(left(8, 3).endswith("of 8: 2\n"), left(8, 3))
    check(left(8, 3, "--read-rows").endswith("of 8: 2,7\n"), left(8, 3, "--read-rows"))
    for arguments in (("--read-rows",), ("--shards", "-1"), ("--shards", "3", "--json")):
        done = shards.program("plan", "short.yaml", *arguments)
        check(done.returncode == 2, f"plan {arguments}: {done.returncode}")


def missing_rows(shards: Shards) -> None:
    folder = shards.all_of(8)
    kept = shards.folder / "kept"
    kept.mkdir()
    for shard in (2, 7):
        shutil.move(journal(folder, shard), kept)
    lines = shards.refused(3, [f"11 of {ROWS} rows are missing", "and 1 more",
                               "clipped_sgd clip_threshold=1 student_t tail_index=1.2, "
                               "seeds 32 to 39"], "part.journal")
    check(lines == "shards to rerun, of 8: 2,7\n", lines)
    shards.merges("kept", "part.journal")
    # A row that is damaged is missing, and one that is damaged once is not.
    path = journal(folder, 4)
    copy = shutil.copy(path, kept / path.name)
    with edit(path) as database:
        database.execute("UPDATE data SET row = zeroblob(length(row)) WHERE id = 2")
    lines = shards.refused(3, [f"1 of {ROWS} rows", "row 2 is damaged"],
                           "part.journal", str(next(kept.glob("2-of-*"))),
                           str(next(kept.glob("7-of-*"))))
    check(lines == "shards to rerun, of 8: 4\n", lines)
    shards.merges("part.journal", str(copy), *map(str, kept.glob("[27]-of-*")))
    shutil.rmtree(kept)


def interrupted_commit(shards: Shards) -> None:
    """A journal whose writer, on another host, died in a commit: a run leaves it alone,
    a merge rolls it back."""
    folder = shards.all_of(2)
    path = journal(folder, 1)
    other = folder / "1-of-2.elsewhere.1.0badcafe.sqlite"
    with edit(path) as database:
        database.execute("PRAGMA cache_size = 1")
        database.execute("BEGIN IMMEDIATE")
        database.execute("UPDATE data SET row = zeroblob(length(row))")
        shutil.copy(path, other)
        shutil.copy(f"{path}-journal", f"{other}-journal")
        database.execute("ROLLBACK")
    path.unlink()
    done = shards.program("run", "short.yaml", "-o", "part.h5", "--shard", "1/2")
    check("its writer may still live" in done.stderr, f"no note: {done.stderr}")
    check("23 of its 23 rows" in done.stdout, done.stdout)
    for own in folder.glob("1-of-2.*.sqlite"):
        if own != other:
            own.unlink()
    shards.merges("part.journal")
    check(not pathlib.Path(f"{other}-journal").exists(), "nothing was rolled back")


def interrupted_merge(shards: Shards) -> None:
    """A signal ends a merge, here one that waits for a lock, and leaves nothing."""
    folder = shards.all_of(2)
    with edit(journal(folder, 0)) as database:
        database.execute("BEGIN EXCLUSIVE")
        merging = subprocess.Popen(
            [shards.program.binary, "merge", "part.journal", "-o", "stopped.h5"],
            cwd=shards.folder, stderr=subprocess.PIPE, text=True)
        time.sleep(0.5)
        merging.terminate()
        said = merging.communicate(timeout=60)[1]
        database.execute("ROLLBACK")
    check(merging.returncode == 130 and "the journals are as they were" in said,
          f"exit {merging.returncode}: {said}")
    check(not list(shards.folder.glob("*stopped*")), "a stopped merge left a file")
    shards.merges("part.journal")


def shards_together(shards: Shards) -> None:
    """Other shards of a cut at work are no news; a run of another cut is."""
    program = shards.program
    program.write("long.yaml", SHORT.replace("horizon: 300", "horizon: 1e8"))
    running = subprocess.Popen(
        [program.binary, "run", "long.yaml", "-o", "long.h5", "--shard", "63/64", "--quiet"],
        cwd=shards.folder, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(shards.folder.glob("long.journal/*.sqlite")):
        check(time.monotonic() < deadline, "no journal")
        time.sleep(0.05)
    for shard, is_news in (("0/64", False), ("0/63", True)):  # both have no rows
        done = program("run", "long.yaml", "-o", "long.h5", "--shard", shard)
        check(done.returncode == 0 and ("another run" in done.stderr) == is_news,
              f"--shard {shard}: {done.stderr}")
    running.terminate()
    check(running.wait(timeout=60) == 130, "a shard that is stopped ends with 130")


def other_numbers(shards: Shards) -> None:
    """Two sound copies of a row that differ in one bit."""
    folder = shards.all_of(3)
    path = journal(folder, 1)
    copy = folder / path.name.replace("1-of-3.", "1-of-3.other-")
    shutil.copy(path, copy)
    shards.merges("part.journal")
    with edit(copy) as database:
        key, row = database.execute("SELECT key, row FROM keys JOIN data USING (id) "
                                    "WHERE id = 5").fetchone()
        row = row[:80] + bytes([row[80] ^ 1]) + row[81:]
        database.execute("UPDATE data SET row = ? WHERE id = 5", (row,))
        database.execute("UPDATE keys SET digest = ? WHERE id = 5", (row_digest(key, row),))
    shards.refused(4, ["1 rows are there twice with different numbers", path.name, copy.name,
                       ", seeds "], "part.journal")
    copy.unlink()
    shards.merges("part.journal")


def other_experiments(shards: Shards) -> None:
    """Journals of several experiments need one to be named."""
    program = shards.program
    shards.forget()
    program.write("fewer.yaml", SHORT.replace("seeds: 40", "seeds: 32"))
    program.ok("run", "fewer.yaml", "-o", "part.h5", "--shard", "1/2")
    # Of two noise groups it has some of the rows that this other shard wants.
    check("20 of its 22 rows" in shards.run(0, 2), "no row of another experiment reused")
    shards.refused(4, ["not one experiment in common", "seeds: 32", "seeds: 40"],
                   "part.journal")
    lines = shards.refused(3, ["rows are missing"], "part.journal",
                           "--experiment", "short.yaml")
    check(lines.startswith("shards to rerun, of 2: "), lines)
    shards.run(1, 2)
    shards.merges("part.journal", "--experiment", "short.yaml")
    shards.refused(4, ["for example in"], "part.journal")
    # The same but for a comment: the file has the experiment as it was read.
    program.write("commented.yaml", SHORT + "# another comment\n")
    shards.forget()
    shards.run(0, 2)
    program.ok("run", "commented.yaml", "-o", "part.h5", "--shard", "1/2")
    shards.refused(4, ["the same but for comments"], "part.journal")
    shards.merges("part.journal", "--experiment", "short.yaml")


def overrides(shards: Shards) -> None:
    """--seeds and --set are part of what the journals remember, and can be repeated."""
    program = shards.program
    more = ("--seeds", "17", "--set", "method.clip21.clip_threshold=4")
    program.ok("run", "short.yaml", "-o", "set.h5", "--fresh", *more)
    expected = digest(shards.folder / "set.h5")
    shards.forget()
    for index in (1, 0):
        shards.run(index, 2, "part", *more)
    for arguments in ((), ("--experiment", "short.yaml", *more)):
        program.ok("merge", "part.journal", "-o", "set2.h5", *arguments)
        check(digest(shards.folder / "set2.h5") == expected, f"merged {arguments} differs")
    done = program("merge", "part.journal", "-o", "x.h5", "--seeds", "17")
    check(done.returncode == 2 and "requires --experiment" in done.stderr, done.stderr)


def other_versions(shards: Shards) -> None:
    """Rows that a program of another engine version computed are not mixed in."""
    folder = shards.all_of(3)
    with edit(journal(folder, 2)) as database:
        for cell, text in database.execute("SELECT id, identity FROM cells").fetchall():
            first, engine = text.split("\n")[0], "engine 0"
            check(first.startswith("engine "), first)
            old = text.replace(first, engine, 1)
            database.execute("UPDATE cells SET identity = ? WHERE id = ?", (old, cell))
            for number, key, row in database.execute(
                    "SELECT id, key, row FROM keys JOIN data USING (id) WHERE cell = ?",
                    (cell,)).fetchall():
                block = next(b for b in range(3) if key == key_of(text, b))
                key = key_of(old, block)
                database.execute("UPDATE keys SET key = ?, digest = ? WHERE id = ?",
                                 (key, row_digest(key, row), number))
    shards.refused(4, [f"15 of {ROWS} rows are missing", "15 of them are there",
                       "engine 0 -> 1", "shards to rerun, of 3: 2\n"], "part.journal")
    shards.run(2, 3)
    shards.merges("part.journal")


def key_of(identity: str, block: int) -> bytes:
    return hashlib.sha256(f"{identity}first_seed {16 * block}\n".encode()).digest()


def bad_places(shards: Shards) -> None:
    shards.all_of(1)
    (shards.folder / "empty").mkdir()
    (shards.folder / "notes.sqlite").write_text("no journal at all\n" * 100)
    shards.refused(2, ["does not exist"], "part.journal", "nowhere")
    shards.refused(2, ["holds no journal"], "empty")
    shards.refused(2, ["notes.sqlite: skipped: it is not an SQLite file"], "notes.sqlite")
    lines = shards.refused(3, [f"{ROWS} of {ROWS} rows are missing"], "empty",
                           "--experiment", "short.yaml")
    check(lines == "shards to rerun, of 1: 0\n", lines)
    shards.refused(2, ["gone.yaml"], "part.journal", "--experiment", "gone.yaml")
    done = shards.program("merge", "part.journal", "empty", "notes.sqlite", "-o", "ok.h5")
    check(done.returncode == 0 and "notes.sqlite: skipped" in done.stderr, done.stderr)
    check(digest(shards.folder / "ok.h5") == shards.expected, "a foreign file changed it")
    done = shards.program("merge", "part.journal", "-o", "short.yaml")
    check(done.returncode == 2 and "short.yaml" in done.stderr, done.stderr)
    check((shards.folder / "short.yaml").read_text() == SHORT, "overwritten")


def data_files(shards: Shards) -> None:
    """A path in an experiment is relative to its file, wherever the merge runs."""
    program = shards.program
    folder = shards.folder / "deep" / "er"
    folder.mkdir(parents=True)
    rows = [f"{1 if k % 2 else -1} 1:{k % 7} 2:{(3 * k) % 5}" for k in range(40)]
    (folder / "d.libsvm").write_text("\n".join(rows) + "\n")
    (folder / "e.yaml").write_text(SHORT.replace(
        SHORT[SHORT.index("problem:"):SHORT.index("noise:")],
        "problem: {kind: logistic, clients: 4, data: d.libsvm, condition_number: 10}\n"))
    program.ok("run", "deep/er/e.yaml", "-o", "logistic.h5", "--quiet", "--fresh")
    shutil.rmtree(shards.folder / "logistic.journal")
    for index in range(2):
        program.ok("run", "deep/er/e.yaml", "-o", "logistic.h5", "--shard", f"{index}/2")
    program.ok("merge", "logistic.journal", "-o", "deep/logistic.h5")
    check(digest(shards.folder / "deep/logistic.h5") == digest(shards.folder / "logistic.h5"),
          "a merged experiment with data differs")
    folder.rename(shards.folder / "moved")
    shards.refused(2, ["d.libsvm", "read in", "--experiment"], "logistic.journal")
    program.ok("merge", "logistic.journal", "-o", "deep/logistic.h5", "--experiment",
               "moved/e.yaml")
    check(digest(shards.folder / "deep/logistic.h5") == digest(shards.folder / "logistic.h5"),
          "a merged experiment with moved data differs")


def shipped_experiments(shards: Shards) -> None:
    """What a journal keeps of an experiment is enough: parts, lists, tuned constants."""
    for path in sorted((SOURCE / "experiments").glob("*.yaml")):
        more = ("--set", "horizon=20", "--seeds", "2", "--quiet")
        shards.program.ok("run", str(path), "-o", "shipped.h5", *more)
        shutil.rmtree(shards.folder / "shipped.journal")
        shards.program.ok("run", str(path), "-o", "shipped.h5", "--shard", "0/1", *more)
        shards.program.ok("merge", "shipped.journal", "-o", "shipped2.h5")
        check(digest(shards.folder / "shipped.h5") == digest(shards.folder / "shipped2.h5"),
              f"{path.name}: merged from its journal it differs")
        for name in ("shipped.h5", "shipped2.h5"):
            (shards.folder / name).unlink()
        shutil.rmtree(shards.folder / "shipped.journal")


def main() -> None:
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    shards = Shards(Program(sys.argv[1]))
    chance = random.Random(5)
    for count in (1, 3, 8, 64):
        cut_and_merge(shards, count, chance)
    for part in (shard_runs, plan_of_shards, missing_rows, interrupted_commit,
                 interrupted_merge, shards_together, other_numbers, other_experiments, overrides,
                 other_versions, bad_places, data_files, shipped_experiments):
        part(shards)
    for _ in range(rounds):
        cut_and_merge(shards, chance.randint(1, 60), chance)
    print(f"1, 3, 8, 64 shards and {rounds} cuts at random: {shards.expected}")


if __name__ == "__main__":
    main()
