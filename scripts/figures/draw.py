#!/usr/bin/env python3
"""Draws the figure of a result file: PDF, PNG and the caption with its numbers.

    draw.py NAME|FILE.h5 [--output FOLDER]

NAME stands for results/NAME.h5. The script is chosen by the experiment's name; any
other experiment, or one whose cells were changed, gets the generic figure.
"""

import argparse
import importlib
import sys
from pathlib import Path

import common
from result import MissingCell, Result

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SPECIAL = {
    "quickstart",
    "tail_index",
    "condition_number",
    "clip_threshold",
    "error_feedback",
    "instances",
    "logistic",
}


def find(name: str) -> Path:
    path = Path(name)
    return path if path.suffix == ".h5" else ROOT / "results" / f"{name}.h5"


def draw(result: Result) -> tuple[common.Figure, str]:
    common.set_look()
    generic = importlib.import_module("generic")
    if result.experiment not in SPECIAL:
        return generic.draw(result)
    try:
        return importlib.import_module(result.experiment).draw(result)
    except MissingCell as error:
        print(f"{error}: drawing the generic figure", file=sys.stderr)
        common.plt.close("all")
        return generic.draw(result)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="an experiment's name, or a result file")
    parser.add_argument("--output", type=Path, default=ROOT / "paper_figures")
    arguments = parser.parse_args()
    try:
        result = Result(find(arguments.name))
    except (OSError, KeyError) as error:
        print(f"{find(arguments.name)}: not a result file: {error}", file=sys.stderr)
        return 2
    figure, caption = draw(result)
    for path in common.save(figure, caption, arguments.output, result.experiment):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
