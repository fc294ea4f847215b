#!/usr/bin/env python3
"""The check of the vectorizer's report finds the scalar loops of an example.

check_scalar_steps.py BUILD
"""
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
CHECK = FOLDER.parents[1] / "scripts/dev/check_vectorized.py"
EXPECTED = ["call_per_element", "sum_in_order", "exit_early", "sum_a_span"]

checked = subprocess.run(
    [sys.executable, CHECK, sys.argv[1], FOLDER / "scalar_steps.cpp"],
    capture_output=True,
    text=True,
)
print(checked.stdout, checked.stderr, sep="")
if checked.returncode == 77:
    sys.exit(77)
line = re.compile(r"^tests/example/scalar_steps.cpp:\d+: scalar loop in (\w+): for \(", re.M)
found = line.findall(checked.stdout)
if checked.returncode != 1 or found != EXPECTED:
    sys.exit(f"FAILED: exit code {checked.returncode} and {found}, expected 1 and {EXPECTED}")
