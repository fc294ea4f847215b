#!/usr/bin/env python3
"""scripts/test tells what was skipped and why, also in tests that pass, and ends as the
tests do. It runs on tests that are planted, and builds nothing.

check_test_script.py CHECKOUT
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

from support import check

SETUP = """build_packages= figure_packages= test_packages=
install_missing() { :; }
instruction_set() { echo x86-64-v3; }
build_release() { :; }
"""
NO_SLURM = "echo 'skipped: munged is not installed: apt-get install munge'; exit 77"
TESTS = {"slurm": (NO_SLURM, 77),
         "file_systems": ("echo 'SKIPPED: a full disk'; echo 'a.sqlite: skipped: damaged'", 0),
         "core": ("echo nothing is skipped: here", 0)}


def run(folder: pathlib.Path, tests: dict[str, tuple[str, int]]) -> subprocess.CompletedProcess:
    text = ""
    for name, (command, skip_code) in tests.items():
        text += f'add_test({name} sh -c [[{command}]])\n'
        if skip_code:
            text += f"set_tests_properties({name} PROPERTIES SKIP_RETURN_CODE {skip_code})\n"
    (folder / "build/release/CTestTestfile.cmake").write_text(text)
    return subprocess.run([folder / "scripts/test"], capture_output=True, text=True, timeout=60)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tailrate-") as scratch:
        folder = pathlib.Path(scratch)
        (folder / "scripts/dev").mkdir(parents=True)
        (folder / "build/release").mkdir(parents=True)
        shutil.copy(pathlib.Path(sys.argv[1]) / "scripts/test", folder / "scripts")
        (folder / "scripts/dev/setup.sh").write_text(SETUP)
        done = run(folder, TESTS)
        check(done.returncode == 0, f"exit {done.returncode}: {done.stdout}{done.stderr}")
        told = sorted(line for line in done.stdout.splitlines() if line.startswith("skipped in"))
        check(told == ["skipped in test file_systems: a full disk", "skipped in test slurm: "
                       "munged is not installed: apt-get install munge"], done.stdout)
        done = run(folder, {**TESTS, "failing": ("exit 1", 0)})
        check(done.returncode == 8, f"exit {done.returncode}: {done.stdout}{done.stderr}")
        check("skipped in test slurm: " in done.stdout, done.stdout)
    print("what is skipped is told")


if __name__ == "__main__":
    main()
