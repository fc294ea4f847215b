#!/usr/bin/env python3
"""A run that is killed at random instants, and started again each time, ends with the
bytes of one that was left alone.

check_kills.py BINARY [KILLS]
"""
import hashlib
import random
import shutil
import subprocess
import sys
import time

from support import SMALL, Program, check

LONG = SMALL.replace("name: small", "name: long").replace("horizon: 2000", "horizon: 100000")


def main() -> None:
    program = Program(sys.argv[1])
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    program.write("long.yaml", LONG)
    program.ok("run", "long.yaml", "-o", "whole.h5", "--quiet")
    expected = hashlib.sha256((program.folder / "whole.h5").read_bytes()).hexdigest()
    instants = random.Random(1)
    done = finished = 0
    while done < kills:
        running = subprocess.Popen([program.binary, "run", "long.yaml", "-o", "cut.h5",
                                    "--quiet"], cwd=program.folder)
        try:
            code = running.wait(timeout=instants.uniform(0.05, 2.5))
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            done += 1
            check(not (program.folder / "cut.h5").exists(), "half a result was left")
            time.sleep(0.05)
            continue
        check(code == 0, f"a resumed run ended with {code}")
        found = hashlib.sha256((program.folder / "cut.h5").read_bytes()).hexdigest()
        check(found == expected, f"after {done} kills the file differs")
        finished += 1
        (program.folder / "cut.h5").unlink()
        shutil.rmtree(program.folder / "cut.journal")
    program.ok("run", "long.yaml", "-o", "cut.h5", "--quiet")
    found = hashlib.sha256((program.folder / "cut.h5").read_bytes()).hexdigest()
    check(found == expected, f"after {done} kills the file differs")
    print(f"{done} kills, {finished + 1} runs brought to their end: identical files")


if __name__ == "__main__":
    main()
