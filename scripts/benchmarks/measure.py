"""Processes measured from outside, and what is made of their times."""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

ALL_CORES = frozenset(os.sched_getaffinity(0))
ONE_CORE = frozenset({max(ALL_CORES)})


@dataclass(frozen=True)
class Run:
    """A process that ended well."""

    seconds: float
    peak_bytes: int  # as last seen: the counter at the end would hold this process's too
    output: str


def peak_bytes(pid: int) -> int:
    """Of the memory of a running process so far; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return int(value_after(status, "VmHWM").removesuffix("kB").strip("? ") or 0) * 1024


def wait(process: "subprocess.Popen[bytes]", is_watched: bool) -> int:
    """Until it ends; its largest memory, looked at 100 times a second, if watched."""
    largest = 0
    while is_watched and process.poll() is None:
        largest = max(largest, peak_bytes(process.pid))
        time.sleep(0.01)
    process.wait()
    return largest


def clean_environment() -> dict[str, str]:
    """One BLAS thread, and BLAS may choose the kernels of this processor."""
    tuned = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
    kept = {k: v for k, v in os.environ.items() if k not in tuned}
    return {**kept, "OPENBLAS_NUM_THREADS": "1"}


def run(
    command: Sequence[object],
    cores: frozenset[int] = ONE_CORE,
    is_watched: bool = False,
) -> Run:
    """Runs `command` on `cores`; a command that fails ends the benchmark."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            words,
            stdout=output,
            stderr=errors,
            env=clean_environment(),
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
        largest = wait(process, is_watched)
        seconds = time.perf_counter() - start
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            message = errors.read().decode(errors="replace")
            sys.exit(f"benchmark: {' '.join(words)}: {message}")
        return Run(seconds, largest, output.read().decode())


@dataclass(frozen=True)
class Effort:
    """How much is measured: rounds, and by what horizons are divided."""

    rounds: int
    divisor: int

    def horizon(self, iterations: int) -> int:
        return max(2, iterations // self.divisor)


FULL, QUICK = Effort(rounds=5, divisor=1), Effort(rounds=1, divisor=20)


class Tailrate:
    """The program, its experiments and results in a scratch folder."""

    def __init__(self, build: Path, scratch: Path) -> None:
        self.binary = build / "tailrate"
        self.micro_benchmark = build / "tests" / "tailrate_benchmark"
        self.scratch = scratch

    def run(
        self,
        experiment: str,
        *,
        threads: int = 1,
        is_fresh: bool = True,
        is_watched: bool = False,
        core: int = max(ALL_CORES),
    ) -> Run:
        """One `tailrate run`, from the start of the process to its end; one thread
        stays on `core`."""
        path = self.scratch / "experiment.yaml"
        path.write_text(experiment)
        result = self.scratch / "result.h5"
        command = [self.binary, "run", path, "-o", result, "--threads", threads]
        if is_fresh:
            self.remove_results()
            command.append("--fresh")
        cores = frozenset({core}) if threads == 1 else ALL_CORES
        return run([*command, "--quiet"], cores, is_watched)

    def run_on_every_core(self, experiment: str) -> float:
        """Seconds until the last of independent runs of one thread each, started
        together, ends: what the cores can do when nothing is shared out."""

        def run_on(core: int) -> None:
            scratch = self.scratch / f"core{core}"
            scratch.mkdir(exist_ok=True)
            Tailrate(self.binary.parent, scratch).run(experiment, core=core)

        start = time.perf_counter()
        with ThreadPoolExecutor(len(ALL_CORES)) as pool:
            list(pool.map(run_on, sorted(ALL_CORES)))
        return time.perf_counter() - start

    def remove_results(self) -> None:
        for name in ("result.h5", "result.h5.run.json", "result.journal/*"):
            for path in self.scratch.glob(name):
                path.unlink()

    def seconds_after_planning(self) -> float:
        """Of the last run: rows, journal and result file, by its own clock."""
        return json.loads((self.scratch / "result.h5.run.json").read_text())["seconds"]


def alternate(
    rounds: int, measures: dict[str, Callable[[], float]]
) -> dict[str, float]:
    """Median of each measure; a round takes every measure once, so that a change of
    the machine's speed meets all of them."""
    values: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            values[name].append(measure())
    return {name: median(found) for name, found in values.items()}


def power(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """p of seconds ~ size^p, by least squares on logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """b of seconds ~ a + b size, by least squares."""
    return float(np.polyfit(sizes, seconds, 1)[0])


def say(text: str) -> None:
    """A line of progress."""
    print(text, file=sys.stderr, flush=True)


def value_after(text: str, name: str) -> str:
    """What follows `name` and spaces, tabs, ":" or "=" at the start of a line."""
    for line in text.splitlines():
        if line.startswith(name):
            return line[len(name) :].strip(' \t:="')
    return "?"


def blas() -> str:
    """The library that Debian's numpy takes matrix products from."""
    link = Path("/etc/alternatives/libblas.so.3-x86_64-linux-gnu")
    return "OpenBLAS" if "openblas" in str(link.resolve()) else "the reference BLAS"


def instruction_set(tailrate: Tailrate) -> str:
    return value_after(run([tailrate.binary, "info"]).output, "instruction set")


def machine(tailrate: Tailrate) -> str:
    """Processor, system and versions, the program's own among them, on one line."""
    info = run([tailrate.binary, "info"]).output
    processor = value_after(Path("/proc/cpuinfo").read_text(), "model name")
    system = value_after(Path("/etc/os-release").read_text(), "PRETTY_NAME")
    return (
        f"{processor}, {len(ALL_CORES)} cores, {value_after(info, 'instruction set')}; "
        f"{system}; {value_after(info, 'compiler')}; numpy {np.__version__} with "
        f"{blas()}, "
        f"Python {platform.python_version()}; revision {value_after(info, 'revision')}"
    )
