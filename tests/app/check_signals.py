#!/usr/bin/env python3
"""SIGINT, SIGTERM and SIGUSR1 end a run within two seconds, whatever it does, with 130,
one line on how to go on and no file left half; two runs at once both end well.

check_signals.py BINARY [CLIENTS]: so many clients, times 128 kB, has the largest row.
"""
import os
import pathlib
import pty
import random
import shutil
import signal
import subprocess
import sys
import time

from journals import digest, latest_snapshot
from support import SMALL, Program, check, lengthened

LARGE = """schema: 1
name: large
seeds: 16
horizon: 1e6
problem: {{kind: quadratic, clients: {clients}, dimension: 1000, rotation: none}}
noise: {{kind: student_t, tail_index: 1.5}}
method: {{kind: clip21, clip_threshold: 3, step: {{scale: 2, shift: 20}}}}
"""
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1]
LIMIT = 2.0


def start(program: Program, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen([program.binary, "run", *arguments], cwd=program.folder,
                            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def leftovers(folder: pathlib.Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.name.endswith(".tmp")]


def stop(program: Program, running: subprocess.Popen, number: signal.Signals) -> float:
    """Seconds from a signal to the end, which must be a good one; -1 where the run was
    faster."""
    sent = time.monotonic()
    running.send_signal(number)
    said = running.communicate(timeout=60)[1]
    seconds = time.monotonic() - sent
    check(not leftovers(program.folder), f"left: {leftovers(program.folder)}")
    if running.returncode == 0:
        return -1.0
    check(running.returncode == 130, f"{number.name}: exit {running.returncode}, {said}")
    lines = [line for line in said.splitlines() if "interrupted" in line]
    # Between reading the experiment and the run, and after its end, there is no advice.
    check(len(lines) == 1 and ("goes on from there" in lines[0]
                               or lines[0] == "tailrate: interrupted"),
          f"not one line: {said}")
    return seconds


def wait_for_handlers(running: subprocess.Popen) -> None:
    """Until then a signal does what it does to any program."""
    while running.poll() is None:
        status = pathlib.Path(f"/proc/{running.pid}/status").read_text()
        caught = int(status.split("SigCgt:")[1].split()[0], 16)
        if caught >> (signal.SIGUSR1 - 1) & 1:
            return
        time.sleep(0.002)


def interrupt_everywhere(program: Program, *options: str) -> float:
    """Signals at random instants over a run, and over one that only reads its journals
    and writes its result."""
    folder = program.folder
    arguments = ["long.yaml", "-o", "cut.h5", "--quiet", *options]
    lengthened(program, SMALL, 0.5, "run", "long.yaml", "-o", "whole.h5", "--quiet", *options)
    expected = digest(folder / "whole.h5")
    instants = random.Random(2)
    slowest = 0.0
    for kind in ("all", "last"):
        running = start(program, *arguments)
        wait_for_handlers(running)
        begin = time.monotonic()
        running.communicate()
        whole = time.monotonic() - begin
        tries = stopped = 0
        while stopped < 5 and tries < 30:
            (folder / "cut.h5").unlink(missing_ok=True)
            if kind == "all" and tries % 3 == 0:
                shutil.rmtree(folder / "cut.journal")
            running = start(program, *arguments)
            wait_for_handlers(running)
            time.sleep(instants.uniform(0.0, 0.8 * whole))
            seconds = stop(program, running, SIGNALS[tries % 3])
            slowest = max(slowest, seconds)
            stopped += seconds >= 0.0
            tries += 1
            result = folder / "cut.h5"
            check(result.exists() or running.returncode != 0, "no result of a whole run")
            check(not result.exists() or digest(result) == expected,
                  "another result of a run that was interrupted")
        check(stopped > 1, f"{kind} {options}: only {stopped} of {tries} came in time")
        program.ok("run", *arguments)
        check(digest(folder / "cut.h5") == expected,
              f"{options}: an interrupted and resumed run differs")
    for name in ("cut.h5", "whole.h5"):
        (folder / name).unlink()
        shutil.rmtree((folder / name).with_suffix(".journal"))
    return slowest


def interrupt_large_row(program: Program, clients: int) -> float:
    program.write("large.yaml", LARGE.format(clients=clients))
    running = start(program, "large.yaml", "-o", "large.h5", "--threads", "1")
    while running.poll() is None and not (program.folder / "large.journal").exists():
        time.sleep(0.02)  # the problem is made, which takes a sanitized program seconds
    time.sleep(2.0)
    seconds = stop(program, running, signal.SIGTERM)
    check(latest_snapshot(program.folder / "large.journal") > 0, "no snapshot was left")
    planned = program.ok("plan", "large.yaml", "-o", "large.h5")
    check("1 of 1 to do, 1 of these from a snapshot on" in planned, planned)
    return seconds


def interrupt_check(program: Program) -> None:
    """A check of an experiment keeps nothing, says so and leaves nothing."""
    lengthened(program, SMALL, 1.0, "run", "long.yaml", "-o", "whole.h5", "--quiet")
    running = subprocess.Popen([program.binary, "check", "--baseline", "whole.h5", "long.yaml"],
                               cwd=program.folder, stderr=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, text=True)
    wait_for_handlers(running)
    time.sleep(0.2)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=60)[1]
    check(running.returncode == 130 and
          said == "tailrate: interrupted; a check keeps no rows, it begins anew\n",
          f"a check ended with {running.returncode}: {said}")
    check(not list((program.folder / "results").glob("*")), "a check left a file")


def interrupt_reading(program: Program) -> None:
    """An experiment with so many cells that reading it takes a while."""
    thresholds = ", ".join(str(1 + k) for k in range(50000))
    program.write("many.yaml", SMALL.replace("clip_threshold: [1, 3]",
                                             f"clip_threshold: [{thresholds}]"))
    for number in SIGNALS:
        running = start(program, "many.yaml", "-o", "many.h5")
        wait_for_handlers(running)
        running.send_signal(number)
        said = running.communicate(timeout=60)[1]
        check(running.returncode == 130 and said == "tailrate: interrupted; nothing was begun\n",
              f"{number.name}: exit {running.returncode}, {said}")
    check(not list(program.folder.glob("many.[hj]*")), "something was begun")


def lose_the_reader(program: Program) -> None:
    """Nobody can read what it says: on a full disk, in a pipe or on a terminal that is
    closed while it shows the progress."""
    folder = program.folder
    names = ["full", "pipe", "terminal"]
    try:
        os.close(pty.openpty()[1])
    except OSError as error:  # as in a change root without /dev/pts
        print(f"skipped: a closed terminal, there are none here ({error})")
        names.remove("terminal")
    for name in names:
        (folder / f"{name}.journal").mkdir()
        (folder / f"{name}.journal" / "notes.sqlite").write_text("no journal\n")
        reader, writer = {"full": lambda: (os.open("/dev/null", os.O_RDONLY),
                                           os.open("/dev/full", os.O_WRONLY)),
                          "pipe": os.pipe, "terminal": pty.openpty}[name]()
        if name == "pipe":
            os.close(reader)
        running = subprocess.Popen(
            [program.binary, "run", "long.yaml", "-o", f"{name}.h5", "--threads", "1"],
            cwd=folder, stderr=writer, stdout=subprocess.DEVNULL)
        while name == "terminal" and b"elements/s" not in os.read(reader, 4096):
            pass
        if name != "pipe":
            os.close(reader)
        os.close(writer)
        code = running.wait(timeout=250)
        check(code == 0, f"stderr is a lost {name}: exit {code}")
        check(digest(folder / f"{name}.h5") == digest(folder / "whole.h5"),
              f"stderr is a lost {name}: another result")


def run_twice_at_once(program: Program) -> None:
    folder = program.folder
    lengthened(program, SMALL, 0.5, "run", "long.yaml", "-o", "whole.h5", "--quiet")
    first = start(program, "long.yaml", "-o", "both.h5", "--threads", "1")
    deadline = time.monotonic() + 30
    while not list((folder / "both.journal").glob("*.sqlite")) and time.monotonic() < deadline:
        time.sleep(0.01)
    second = start(program, "long.yaml", "-o", "both.h5", "--threads", "1")
    said = second.communicate(timeout=200)[1]
    first.communicate(timeout=200)
    notes = [line for line in said.splitlines() if line.startswith("note: another run")]
    check(len(notes) == 1 and f"process {first.pid} on this host" in notes[0] and
          "both.journal" in notes[0], f"the second run does not say so: {said}")
    check(first.returncode == second.returncode == 0, "one of two runs failed")
    check(digest(folder / "both.h5") == digest(folder / "whole.h5"), "two runs differ")
    alone = program("run", "long.yaml", "-o", "both.h5")
    check("another run" not in alone.stderr, f"nobody else runs: {alone.stderr}")


def main() -> None:
    program = Program(sys.argv[1])
    seconds = interrupt_everywhere(program)
    confirmed = interrupt_everywhere(program, "--confirmation", "40")
    clients = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    large = interrupt_large_row(program, clients)
    for slowest in (seconds, confirmed, large):
        check(slowest < LIMIT, f"a signal took {slowest:.2f} s")
    interrupt_reading(program)
    interrupt_check(program)
    run_twice_at_once(program)
    lose_the_reader(program)
    print(f"from signal to end at most {seconds:.2f} s, with confirmation seeds "
          f"{confirmed:.2f} s, with {0.128 * clients:.0f} MB of state "
          f"{large:.2f} s; two runs at once: identical")


if __name__ == "__main__":
    main()
