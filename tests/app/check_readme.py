#!/usr/bin/env python3
"""The README's example method is the one that is compiled and tested.

check_readme.py CHECKOUT
"""
import pathlib
import sys

checkout = pathlib.Path(sys.argv[1])
example = (checkout / "tests/example/momentum_sgd.cpp").read_text()
readme = (checkout / "README.md").read_text()
if f"```cpp\n{example}```" not in readme:
    sys.exit("FAILED: README.md does not show tests/example/momentum_sgd.cpp as it is")
for word in ("_TABLE", "EXAMPLE_CODE"):
    if word in readme:
        sys.exit(f"FAILED: README.md still has {word}")
