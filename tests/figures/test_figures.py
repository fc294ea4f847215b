#!/usr/bin/env python3
"""Figures of a tiny run, drawn twice: the bytes must not move.

    test_figures.py TAILRATE

Runs quickstart cut down to a few seconds, and a small experiment that only the generic
figure knows, into a temporary folder. Exit code 0 = passed.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DRAW = ROOT / "scripts" / "figures" / "draw.py"
UNKNOWN = """\
schema: 1
name: two_noises
seeds: 20
horizon: 300
problem: {kind: quadratic, clients: 3, dimension: 2}
noise:
  - {kind: gaussian}
  - {kind: student_t, tail_index: [1.2, 1.5]}
method:
  - {kind: sgd, step: {scale: 2, shift: 20}}
  - {kind: clipped_sgd, clip_threshold: [1, 10], step: {scale: 2, shift: 20}}
"""


def tiny_quickstart() -> str:
    text = (ROOT / "experiments" / "quickstart.yaml").read_text(encoding="utf-8")
    for key, value in (("seeds", "20"), ("horizon", "1e3")):
        line = re.compile(rf"^{key}: .*$", re.MULTILINE)
        text, found = line.subn(f"{key}: {value}", text)
        if found != 1:
            raise SystemExit(f"experiments/quickstart.yaml has no line '{key}:'")
    return text


def run(tailrate: str, text: str, folder: Path, name: str) -> Path:
    experiment, output = folder / f"{name}.yaml", folder / f"{name}.h5"
    experiment.write_text(text, encoding="utf-8")
    command = [tailrate, "run", str(experiment), "-o", str(output), "--quiet"]
    subprocess.run(command, check=True)
    return output


def digests(result: Path, folder: Path, hash_seed: str) -> dict[str, str]:
    """Draws in a fresh interpreter, whose set order is that of `hash_seed`."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    environment.pop("SOURCE_DATE_EPOCH", None)
    command = [sys.executable, str(DRAW), str(result), "--output", str(folder)]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def failures(result: Path, name: str, folder: Path) -> list[str]:
    first = digests(result, folder / "first", "1")
    second = digests(result, folder / "second", "2")
    wanted = {f"{name}.{ending}" for ending in ("pdf", "png", "md")}
    found = [f"{name}: no {missing}" for missing in sorted(wanted - first.keys())]
    found += [
        f"{name}: {file} differs between two drawings"
        for file in first
        if first[file] != second.get(file)
    ]
    return found


def of_summary(tailrate: str, folder: Path) -> list[str]:
    """The generic figure does not need the seeds of a file."""
    result = run(tailrate, UNKNOWN + "keep: summary\n", folder, "summary")
    equal = digests(result, folder / "summary", "1") == digests(
        folder / "two_noises.h5", folder / "first", "1"
    )
    return [] if equal else ["two_noises: a summary is drawn in another way"]


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    found: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        for name, text in (("quickstart", tiny_quickstart()), ("two_noises", UNKNOWN)):
            folder = Path(temporary) / name
            folder.mkdir()
            found += failures(run(sys.argv[1], text, folder, name), name, folder)
            caption = (folder / "first" / f"{name}.md").read_text(encoding="utf-8")
            special = "scripts/figures/quickstart.py" in caption
            if special != (name == "quickstart"):
                found.append(f"{name}: drawn by the wrong script")
        found += of_summary(sys.argv[1], folder)
    print("\n".join(found) or "figures: equal bytes twice")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
