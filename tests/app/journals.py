"""What the tests of interrupted runs read from journals and files."""
import collections
import contextlib
import hashlib
import pathlib
import sqlite3


def digest(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def select(folder: pathlib.Path, query: str) -> list[tuple]:
    """The rows of a query over all journals of a folder; those that are being written or
    made are left out. As the program reads: past the damaged description of another table."""
    found = []
    for file in sorted(folder.glob("*.sqlite")):
        try:
            with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
                db.execute("PRAGMA writable_schema = ON")
                found += db.execute(query).fetchall()
        except sqlite3.Error:
            continue
    return found


def copies(folder: pathlib.Path) -> collections.Counter:
    """How often each finished row is in the journals."""
    return collections.Counter(key for (key,) in select(folder, "SELECT key FROM keys"))


def latest_snapshot(folder: pathlib.Path) -> int:
    """The iteration of the latest snapshot; 0 where there is none."""
    return max((t for (t,) in select(folder, "SELECT iteration FROM snapshots")), default=0)
