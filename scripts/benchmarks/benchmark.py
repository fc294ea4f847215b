#!/usr/bin/env python3
"""The proof of speed: measures and prints every table.

    benchmark.py BUILD [--quick] [--output FILE.md] [--readme]
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import costs
import parts
import speed
from measure import FULL, QUICK, Effort, Tailrate, instruction_set, machine
from table import Table, between_marks

ROOT = Path(__file__).resolve().parents[2]


def tables(tailrate: Tailrate, effort: Effort) -> Iterator[Table]:
    numpy_table = speed.against_numpy(tailrate, effort)
    yield numpy_table
    yield speed.scaling(tailrate, effort)
    times = parts.measure_parts(tailrate, effort)
    yield parts.shares(times, speed.slopes(numpy_table))
    yield parts.floors(times)
    yield costs.growth(tailrate, effort)
    yield costs.memory(tailrate, effort)
    yield costs.recording(tailrate, effort, times)
    yield costs.fixed_cost(tailrate, effort, times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=Path, help="folder of the program")
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--output", type=Path, default=ROOT / "results/benchmark.md")
    parser.add_argument("--readme", action="store_true", help="update README.md too")
    options = parser.parse_args()
    readme = ROOT / "README.md"
    if options.readme and options.quick:
        parser.error("--readme needs the full measurement; it does not go with --quick")
    if not (options.build / "tailrate").is_file():
        parser.error(f"{options.build}: there is no program tailrate in it")
    if not options.output.parent.is_dir():
        parser.error(f"{options.output}: its folder is not there")
    with tempfile.TemporaryDirectory(prefix="tailrate-") as scratch:
        tailrate = Tailrate(options.build.resolve(), Path(scratch))
        if options.readme:
            try:
                between_marks(readme.read_text(), instruction_set(tailrate), "")
            except ValueError as error:
                parser.error(str(error))
        heading = f"Measured by `scripts/benchmark` on {machine(tailrate)}.\n"
        print(heading, flush=True)
        found = []
        for table in tables(tailrate, QUICK if options.quick else FULL):
            print(table.markdown(), flush=True)
            found.append(table)
    options.output.write_text("\n".join([heading, *(t.markdown() for t in found)]))
    if options.readme:
        chosen = [t.markdown() for t in found if t.in_readme]
        text = "\n".join([heading, *chosen])
        readme.write_text(between_marks(readme.read_text(), instruction_set(tailrate), text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
