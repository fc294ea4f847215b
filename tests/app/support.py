"""What the tests of the program share: a scratch folder and runs of the binary."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

SMALL = """schema: 1
name: small
seeds: 40
horizon: 2000
metrics: [squared_error, optimality_gap, gradient_norm, max_memory, iterate_mean]
problem: {kind: quadratic, clients: 5, dimension: 6, condition_number: 10,
          heterogeneity: 3, initial_distance: 2}
noise:
  - {kind: student_t, tail_index: [1.2, 1.8], client_spread: 3}
  - {kind: stable, tail_index: 1.5}
method:
  - {kind: sgd, step: {scale: 2, shift: 20}}
  - {kind: clipped_sgd, clip_threshold: [1, 3], step: {scale: 2, shift: 20}}
  - {kind: sclip_ef, clip_threshold: 3, effective_step: 2}
  - {kind: clip21, clip_threshold: 3, step: {scale: 2, shift: 20}}
"""
LOGISTIC = """schema: 1
name: logistic
seeds: 20
horizon: 200
problem: {kind: logistic, data: d.libsvm, clients: 2, condition_number: 10}
noise: {kind: gaussian, scale: 0.1}
method: {kind: sgd, step: {scale: 0.5, shift: 20, relative_to: inverse_mu}}
"""


class Program:
    """The binary under test, in a scratch folder that is gone afterwards."""

    def __init__(self, binary: str) -> None:
        self.binary = str(pathlib.Path(binary).resolve())
        self.scratch = tempfile.TemporaryDirectory(prefix="tailrate-")
        self.folder = pathlib.Path(self.scratch.name)

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return name

    def __call__(self, *arguments: str, binary: str | None = None) -> subprocess.CompletedProcess:
        return subprocess.run([binary or self.binary, *arguments], cwd=self.folder,
                              capture_output=True, text=True,
                              timeout=3000)  # for thread sanitizer on a slow machine

    def ok(self, *arguments: str, binary: str | None = None) -> str:
        """Standard output of a call that must succeed."""
        done = self(*arguments, binary=binary)
        check(done.returncode == 0,
              f"{arguments} ended with {done.returncode}: {done.stderr}")
        return done.stdout


def lengthened(program: Program, text: str, seconds: float, *command: str) -> float:
    """Writes long.yaml, the text with a horizon at which the command takes that many
    seconds here, or up to twice as many; what it took the last time."""
    horizon, took = 1_000, 0.0  # a sanitized program takes long for as little
    while took < seconds:
        horizon *= 2
        for left in program.folder.glob("whole.*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        program.write("long.yaml", re.sub(r"horizon: \w+", f"horizon: {horizon}", text))
        start = time.monotonic()
        program.ok(*command)
        took = time.monotonic() - start
    return took


def check(condition: bool, message: str) -> None:
    if not condition:
        sys.exit(f"FAILED: {message}")
