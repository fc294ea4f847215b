#!/usr/bin/env python3
"""What cannot be merged is refused and named; what a journal keeps of an experiment is
enough to merge it.

check_merge.py BINARY
"""
import hashlib
import pathlib
import shutil
import struct
import sys

from shards import ROWS, SHORT, Shards, digest, edit, journal
from support import Program, check

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def row_digest(key: bytes, row: bytes) -> bytes:
    return hashlib.sha256(key + struct.pack("<Q", len(row) // 8) + row).digest()


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
    done = shards.program("run", "short.yaml", "-o", "part.h5", "--quiet")
    check(done.returncode == 4 and "1 rows are there twice" in done.stderr and
          path.name in done.stderr, f"a run took one of two: {done.returncode} {done.stderr}")
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


def key_of(identity: str, block: int) -> bytes:
    return hashlib.sha256(f"{identity}first_seed {16 * block}\n".encode()).digest()


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


def confirmation_rows(shards: Shards) -> None:
    """They are no rows of the experiment; a line says where they belong."""
    program = shards.program
    program.ok("run", "short.yaml", "-o", "sure.h5", "--confirmation", "16", "--quiet")
    done = program("merge", "sure.journal", "-o", "merged.h5")
    check(done.returncode == 0 and "15 rows of the journals are of other" in done.stderr and
          "run --confirmation" in done.stderr, done.stderr)
    check(digest(shards.folder / "merged.h5") == shards.expected, "they changed it")
    done = program("merge", "logistic.journal", "-o", "again.h5", "--experiment",
                   "moved/e.yaml")
    check(done.returncode == 0 and "other cells" not in done.stderr, done.stderr)


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
    shards = Shards(Program(sys.argv[1]))
    for part in (other_numbers, other_experiments, overrides, other_versions, bad_places,
                 data_files, confirmation_rows, shipped_experiments):
        part(shards)


if __name__ == "__main__":
    main()
