#!/usr/bin/env python3
"""One experiment, cut into shards and merged in any way, gives the file of a run.

check_shards.py BINARY [ROUNDS]

With ROUNDS, that many more cuts at random.
"""
import pathlib
import random
import re
import shlex
import shutil
import subprocess
import sys
import time

from shards import ROWS, SHORT, Shards, digest, edit, journal
from support import Program, check


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
    check("tailrate merge part.journal -o part.h5 --experiment short.yaml\n" in said, said)
    check(not (shards.folder / "part.h5").exists(), "a shard wrote a result file")
    check(shards.run(3, 8).startswith("shard 3 of 8: 0 of its 6 rows"), "nothing reused")
    # Rows 16 to 21 are in the second of three shards, and a run takes them all.
    check(shards.run(1, 3).startswith("shard 1 of 3: 9 of its 15 rows"), "other cuts")
    said = shards.program.ok("run", "short.yaml", "-o", "part.h5")
    check("\n30 of 45 rows computed" in said, said)
    check(digest(shards.folder / "part.h5") == shards.expected, "a run from shards differs")
    (shards.folder / "part.h5").unlink()
    shards.forget()
    said = shards.run(0, 64)
    check(said.startswith("shard 0 of 64 has no rows") and said.count("\n") == 1, said)
    check(not (shards.folder / "part.journal").exists(), "an empty shard left journals")
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
    check(left(0, 3) == f"part.h5: 0 of {ROWS} rows done\n"
          "shards to rerun, of 1: 0\nresult: none\n", left(0, 3))
    folder = shards.all_of(8)
    check(left(3, 0) == f"part.h5: {ROWS} of {ROWS} rows done\n"
          "shards to rerun, of 3: none\nresult: none\n", left(3, 0))
    check("of 8: none\n" in left(0, 0, "--read-rows"), "all, as cut")
    journal(folder, 2).unlink()
    check("of 8: 2\n" in left(8, 3), left(8, 3))
    with edit(journal(folder, 7)) as database:
        database.execute("UPDATE data SET row = zeroblob(length(row)) WHERE id = 2")
    check("of 8: 2\n" in left(8, 3), left(8, 3))
    check("of 8: 2,7\n" in left(8, 3, "--read-rows"), left(8, 3, "--read-rows"))
    for arguments in (("--read-rows",), ("--shards", "-1"), ("--shards", "3", "--json")):
        done = shards.program("plan", "short.yaml", *arguments)
        check(done.returncode == 2, f"plan {arguments}: {done.returncode}")


def merge_as_told(shards: Shards) -> None:
    """The command that a shard prints, in a folder that has served an earlier state of the
    experiment, and under a name and with overrides that a shell reads in its own way."""
    program = shards.program
    shards.forget()
    program.write("fewer.yaml", SHORT.replace("seeds: 40", "seeds: 32"))
    program.ok("run", "fewer.yaml", "-o", "part.h5", "--shard", "0/1")
    shards.run(0, 2)
    told = shards.run(1, 2).split("when every shard is done: tailrate ")[1]
    program.ok(*shlex.split(told))
    check(digest(shards.folder / "part.h5") == shards.expected, f"{told}: another file")
    program.write("it's short.yaml", SHORT)
    more = ("--set", "problem.dimension=[6]", "--set", "description=a $b", "--seeds", "17")
    program.ok("run", "it's short.yaml", "-o", "whole's.h5", *more)
    said = program.ok("run", "it's short.yaml", "-o", "part's.h5", *more, "--shard", "0/1")
    told = said.split("when every shard is done: tailrate ")[1]
    program.ok(*shlex.split(told))
    check(digest(shards.folder / "part's.h5") == digest(shards.folder / "whole's.h5"),
          f"{told}: another file")
    (shards.folder / "part.h5").unlink()


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


def check_all_called() -> None:
    text = pathlib.Path(__file__).read_text()
    for name in re.findall(r"^def (\w+)", text, re.MULTILINE):
        check(len(re.findall(rf"\b{name}\b", text)) > 1, f"{name} is never called")


def main() -> None:
    check_all_called()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    shards = Shards(Program(sys.argv[1]))
    chance = random.Random(5)
    for count in (1, 3, 8, 64):
        cut_and_merge(shards, count, chance)
    for part in (shard_runs, plan_of_shards, merge_as_told, missing_rows, interrupted_commit,
                 interrupted_merge, shards_together):
        part(shards)
    for _ in range(rounds):
        cut_and_merge(shards, chance.randint(1, 60), chance)
    print(f"1, 3, 8, 64 shards and {rounds} cuts at random: {shards.expected}")


if __name__ == "__main__":
    main()
