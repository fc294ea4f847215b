#!/usr/bin/env python3
"""Hostile file systems: a clear message each, nothing lost, the next run goes on.

check_file_systems.py BINARY NO_LOCKS_LIBRARY

Full disks and read-only folders are real mounts, in a namespace of this script's own;
where none can be made, one line says what was left out.
"""
import collections.abc
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

from support import SMALL, Program, check, lengthened

IN_NAMESPACE = "TAILRATE_TEST_NAMESPACE"
HOST = socket.gethostname()
MOUNTED: list[str] = []


def enter_namespace() -> bool:
    """Starts this script again where it may mount; true when it is there."""
    if IN_NAMESPACE in os.environ:
        return os.environ[IN_NAMESPACE] == "mounts"
    for flags in ("-m", "-rm"):
        try_mount = ["unshare", flags, "mount", "-t", "tmpfs", "none", "/mnt"]
        try:
            can_mount = subprocess.run(try_mount, capture_output=True).returncode == 0
        except FileNotFoundError:
            break
        if can_mount:
            os.environ[IN_NAMESPACE] = "mounts"
            os.execvp("unshare", ["unshare", flags, sys.executable, *sys.argv])
    return False


class Study:
    """A folder with the experiment, and how its runs end."""

    def __init__(self, program: Program, name: str) -> None:
        self.program = program
        self.name = name
        self.folder = program.folder / name
        self.folder.mkdir(exist_ok=True)
        self.environment = dict(os.environ)
        for source in ("long.yaml", "small.yaml"):
            if (program.folder / source).exists():
                shutil.copy(program.folder / source, self.folder / source)

    def start(self, *arguments: str, text: bool = True) -> subprocess.Popen:
        return subprocess.Popen([self.program.binary, *arguments], cwd=self.folder, text=text,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=self.environment)

    def expect(self, code: int, said: str, running: subprocess.Popen | None = None) -> str:
        """Waits for a run (of the small experiment) and checks how it ends."""
        running = running or self.start("run", "small.yaml", "-o", "small.h5")
        output, errors = running.communicate(timeout=250)
        check(running.returncode == code,
              f"{self.name}: exit {running.returncode}, not {code}: {errors}")
        check(said in errors, f"{self.name}: '{said}' is not in: {errors}")
        line = next((line for line in errors.splitlines() if said in line), "")
        print(f"{self.name:34} exit {code}  {line if said else ''}", flush=True)
        return output

    def journals(self, name: str = "small") -> list[pathlib.Path]:
        return sorted((self.folder / f"{name}.journal").glob("*.sqlite"))

    def check_result(self, sha: str, name: str = "small", fewest_reused: int = 0) -> None:
        check(sha256(self.folder / f"{name}.h5") == sha, f"{self.name}: another result")
        sidecar = json.loads((self.folder / f"{name}.h5.run.json").read_text())
        check(sidecar["rows_reused"] >= fewest_reused,
              f"{self.name}: {sidecar['rows_reused']} rows reused")
        left = [path.name for path in self.folder.iterdir() if path.name.endswith(".tmp")]
        check(left == [], f"{self.name}: left {left}")


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def mount(folder: pathlib.Path, *arguments: str) -> None:
    subprocess.run(["mount", *arguments, str(folder)], check=True)
    MOUNTED.append(str(folder))


def make_read_only(folder: pathlib.Path) -> None:
    mount(folder, "--bind", str(folder))
    subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)


def rows_in(journal: pathlib.Path) -> int:
    try:
        connection = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
        rows = connection.execute("SELECT count(*) FROM keys").fetchone()[0]
        connection.close()
        return rows
    except sqlite3.Error:
        return 0


def wait_for_rows(study: Study, running: subprocess.Popen, name: str = "long") -> None:
    """Until a commit has brought the first rows."""
    while running.poll() is None:
        if any(rows_in(journal) > 0 for journal in study.journals(name)):
            return
        time.sleep(0.02)
    check(False, f"{study.name}: ended before its first commit: {running.stderr.read()}")


def full_disk(program: Program, expected: dict) -> None:
    """The disk fills up while a run is at work."""
    (program.folder / "full_disk").mkdir()
    mount(program.folder / "full_disk", "-t", "tmpfs", "-o", "size=16m", "none")
    study = Study(program, "full_disk")
    running = study.start("run", "long.yaml", "-o", "long.h5")
    wait_for_rows(study, running)
    filler = study.folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    study.expect(3, "disk is full", running)
    kept = sum(rows_in(journal) for journal in study.journals("long"))
    check(kept > 0 and not (study.folder / "long.h5").exists(), "rows are kept, no result")
    study.expect(2, "on the disk of long.h5", study.start("run", "long.yaml", "-o", "long.h5"))
    filler.unlink()
    study.expect(0, "", study.start("run", "long.yaml", "-o", "long.h5"))
    study.check_result(expected["long"], "long", kept)


def nearly_full_disk(program: Program, expected: dict) -> None:
    """Room for the result, not for the journals a second time."""
    folder = program.folder / "nearly_full_disk"
    folder.mkdir()
    journals = sum(path.stat().st_size for path in
                   (program.folder / "reference" / "long.journal").iterdir())
    result = (program.folder / "reference" / "long.h5").stat().st_size
    room = journals + result * 5 // 2  # the estimate is twice the result
    mount(folder, "-t", "tmpfs", "-o", f"size={room}", "none")
    study = Study(program, "nearly_full_disk")
    shutil.copytree(program.folder / "reference" / "long.journal", folder / "long.journal")
    study.expect(0, "", study.start("run", "long.yaml", "-o", "long.h5"))
    study.check_result(expected["long"], "long", 45)


def read_only_folder(program: Program, expected: dict) -> None:
    study = Study(program, "read_only_folder")
    study.expect(0, "")
    make_read_only(study.folder)
    study.expect(2, "is not writable (Read-only file system)")
    for command in (["plan", "small.yaml", "-o", "small.h5", "--no-calibration"],
                    ["rates", "small.h5"], ["verify", "small.h5"]):
        study.expect(0, "", study.start(*command))


def read_only_journals(program: Program, expected: dict) -> None:
    study = Study(program, "read_only_journals")
    study.expect(0, "", study.start("run", "small.yaml", "-o", "small.h5", "--seeds", "20"))
    folder = study.folder / "small.journal"
    make_read_only(folder)
    study.expect(3, "cannot make the journal (Read-only file system)")
    study.expect(0, "", study.start("run", "small.yaml", "-o", "small.h5", "--seeds", "20"))
    subprocess.run(["umount", str(folder)], check=True)
    study.expect(0, "")
    study.check_result(expected["small"], fewest_reused=30)


def locked_journal(program: Program, expected: dict) -> collections.abc.Iterator[None]:
    """In two steps, between which other cases run."""
    study = Study(program, "locked_journal")
    study.expect(0, "")
    (journal,) = study.journals()
    other = sqlite3.connect(journal, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    running = study.start("run", "small.yaml", "-o", "small.h5")
    yield  # it waits ten seconds for the lock
    study.expect(0, "another process has locked it", running)
    other.execute("ROLLBACK")
    study.check_result(expected["small"])


def torn_journal(program: Program, expected: dict) -> None:
    study = Study(program, "torn_journal")
    study.expect(0, "")
    (journal,) = study.journals()
    whole = journal.read_bytes()
    for part in (0.001, 0.3, 0.7, 0.99):
        size = int(len(whole) * part)
        for name, tail in (("torn", b""), ("zeros", bytes(len(whole) - size))):
            shutil.rmtree(study.folder / "small.journal")
            journal.parent.mkdir()
            journal.write_bytes(whole[:size] + tail)
            study.name = f"torn_journal, {name} from {part:.1%}"
            study.expect(0, "skipped: ")
            # The keys of 45 rows fill two pages, the second made in the middle of the
            # file: before it is there, none can be read.
            fewest = int(0.7 * part * 45) if part > 0.6 else 0
            study.check_result(expected["small"], fewest_reused=fewest)


def foreign_journals(program: Program, expected: dict) -> None:
    study = Study(program, "newer_schema")
    study.expect(0, "")
    (journal,) = study.journals()
    connection = sqlite3.connect(journal)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = journal.read_bytes()
    (journal.parent / "notes.sqlite").write_text("shopping list, not a journal at all\n")
    plan = ("plan", "small.yaml", "-o", "small.h5", "--no-calibration")
    study.expect(0, "its schema is 99", study.start(*plan))
    study.expect(0, "it was written by a newer tailrate: its schema is 99")
    study.check_result(expected["small"])
    check(journal.read_bytes() == before, "a newer journal was written to")
    study.name = "not_a_journal"
    study.expect(0, "notes.sqlite: skipped: it is not an SQLite file")


def dead_temporaries(program: Program, expected: dict) -> None:
    study = Study(program, "dead_temporaries")
    dead = subprocess.Popen(["true"])
    dead.wait()
    here = f"{os.stat('/proc/self/ns/pid').st_ino:08x}"
    kept = [f".small.h5.{HOST}.{here}.{os.getpid()}-00000001.tmp",
            f".small.h5.elsewhere.{here}.{dead.pid}-00000002.tmp",
            f".small.h5.{HOST}.00000001.{dead.pid}-00000006.tmp",
            f".other.h5.{HOST}.{here}.{dead.pid}-00000003.tmp", ".small.h5.notes.tmp"]
    gone = [f".small.h5.{HOST}.{here}.{dead.pid}-00000004.tmp",
            f".small.h5.run.json.{HOST}.{here}.{dead.pid}-00000005.tmp"]
    for name in kept + gone:
        (study.folder / name).write_bytes(bytes(1000))
    study.expect(0, "")
    left = {path.name for path in study.folder.iterdir() if path.name.endswith(".tmp")}
    check(left == set(kept), f"temporary files: {left}")


def copied_while_running(program: Program, expected: dict) -> None:
    """Copies of the journal folder, taken at any moment, are journals to go on from."""
    study = Study(program, "copied_while_running")
    running = study.start("run", "long.yaml", "-o", "long.h5", "--threads", "1")
    wait_for_rows(study, running)
    copies = 0
    while running.poll() is None and copies < 6:
        subprocess.run(["cp", "-r", "long.journal", f"copy{copies}.journal"],
                       cwd=study.folder, capture_output=True)
        copies += 1
        time.sleep(0.27)
    study.expect(0, "", running)
    study.check_result(expected["long"], "long")
    for k in range(copies):
        study.expect(0, "", study.start("run", "long.yaml", "-o", f"copy{k}.h5"))
        study.check_result(expected["long"], f"copy{k}")


def without_locks(program: Program, expected: dict, library: str) -> None:
    study = Study(program, "without_locks")
    study.environment["LD_PRELOAD"] = library
    # The address sanitizer would be the first library.
    study.environment["ASAN_OPTIONS"] = "verify_asan_link_order=0"
    note = "this file system has no locks"
    for _ in range(3):
        running = study.start("run", "long.yaml", "-o", "long.h5")
        wait_for_rows(study, running)
        time.sleep(0.1)
        running.send_signal(signal.SIGKILL)
        running.communicate()
    first = study.start("run", "long.yaml", "-o", "long.h5")
    second = study.start("run", "long.yaml", "-o", "long.h5")
    while second.poll() is None and first.poll() is None:
        planned = study.start("plan", "long.yaml", "-o", "long.h5", "--no-calibration")
        check(planned.wait(timeout=250) == 0, "plan beside a run without locks")
        planned.communicate()
    study.expect(0, note, first)
    study.name = "without_locks, second run"
    study.expect(0, note, second)
    study.check_result(expected["long"], "long", 1)


def check_all(program: Program, library: str, can_mount: bool) -> None:
    lengthened(program, SMALL.replace("name: small", "name: long"), 1.5, "run", "long.yaml",
               "-o", "whole.h5", "--quiet")
    program.write("small.yaml", SMALL)
    reference = Study(program, "reference")
    expected = {}
    for name in ("small", "long"):
        reference.expect(0, "", reference.start("run", f"{name}.yaml", "-o", f"{name}.h5"))
        expected[name] = sha256(reference.folder / f"{name}.h5")
    locked = locked_journal(program, expected)
    next(locked)
    if can_mount:
        full_disk(program, expected)
        nearly_full_disk(program, expected)
        read_only_folder(program, expected)
        read_only_journals(program, expected)
    else:
        print("SKIPPED: a full disk, read-only folders: nothing can be mounted here")
    torn_journal(program, expected)
    foreign_journals(program, expected)
    dead_temporaries(program, expected)
    copied_while_running(program, expected)
    without_locks(program, expected, library)
    next(locked, None)


def main() -> None:
    can_mount = enter_namespace()
    program = Program(sys.argv[1])
    try:
        check_all(program, str(pathlib.Path(sys.argv[2]).resolve()), can_mount)
    finally:
        for folder in MOUNTED:
            subprocess.run(["umount", "-l", folder], capture_output=True)


if __name__ == "__main__":
    main()
