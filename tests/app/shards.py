"""What the tests of shards and merges share: an experiment, cut and merged."""
import contextlib
import hashlib
import pathlib
import shutil
import sqlite3

from support import SMALL, Program, check

SHORT = "# a comment, which the file keeps\n" + SMALL.replace("horizon: 2000", "horizon: 300")
ROWS = 45


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
