"""An experiment that the Slurm scripts run on a cluster, and what is checked of it."""
import hashlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "app"))
from cluster import Cluster, wait_until
from support import Program, check

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "slurm"


class Study:
    """An experiment with its scripts, on a cluster; files in the program's folder."""

    def __init__(self, program: Program, cluster: Cluster, experiment: str, output: str) -> None:
        self.program = program
        self.cluster = cluster
        self.experiment = experiment
        self.output = output
        self.patience = 60.0  # seconds, then something is wrong
        self.result = program.folder / f"{output}.h5"
        self.journals = program.folder / f"{output}.journal"
        self.logs = program.folder / f"{output}.slurm"

    def script(self, name: str, *arguments: str,
               environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(SCRIPTS / name), self.experiment, "-o", f"{self.output}.h5",
             "--program", self.program.binary, *arguments],
            cwd=self.program.folder, env=environment or self.cluster.environment,
            capture_output=True, text=True, timeout=100)

    def submit(self, *arguments: str) -> str:
        done = self.script("submit", *arguments)
        check(done.returncode == 0, f"submit {arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def shell(self, line: str) -> str:
        """Output of a command that a script has told."""
        done = subprocess.run(["bash", "-c", line], cwd=self.program.folder,
                              env=self.cluster.environment, capture_output=True, text=True,
                              timeout=100)
        check(done.returncode == 0, f"{line}: {done.stdout}{done.stderr}")
        return done.stdout

    def status(self) -> tuple[int, str]:
        done = self.script("status")
        check(done.returncode in (0, 3), f"status: {done.stdout}{done.stderr}")
        return done.returncode, done.stdout

    def jobs(self, kind: str) -> list[str]:
        lines = (self.logs / "jobs").read_text().splitlines()
        return [line.split()[1] for line in lines if line.startswith(kind)]

    def log(self, shard: int) -> str:
        return "".join(path.read_text() for path in sorted(self.logs.glob(f"*_{shard}.log")))

    def wait_until(self, condition, what: str) -> None:
        try:
            wait_until(condition, self.patience, what)
        except TimeoutError as error:
            sys.exit(f"FAILED: {error}; {self.cluster.tasks()}{self.everything()}")

    def wait_for_end(self) -> None:
        self.wait_until(lambda: not self.cluster.tasks(), "the queue is not empty")

    def expect_result(self, expected: str) -> None:
        self.wait_for_end()
        code, text = self.status()
        check(code == 0 and "result  complete" in text, f"{text}{self.everything()}")
        check(digest(self.result) == expected, "the result is not the local run's")

    def everything(self) -> str:
        return "".join(f"\n== {path.name}\n{path.read_text()}"
                       for path in sorted(self.logs.glob("*.log")))

    def rows(self, shard: int) -> int:
        """Rows in journals of a shard."""
        total = 0
        for path in self.journals.glob(f"{shard}-of-*.sqlite"):
            try:
                with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
                    total += database.execute("SELECT count(*) FROM keys").fetchone()[0]
            except sqlite3.Error:  # being written
                pass
        return total

    def started(self, shard: int) -> int:
        """Processes that have computed it."""
        return len(list(self.journals.glob(f"{shard}-of-*.sqlite")))

    def stop_in_the_middle(self, shards: list[int]) -> dict[int, int]:
        """Stops the program of each once it has a row: {shard: its process}."""
        stopped: dict[int, int] = {}

        def stop_more() -> bool:
            for shard in shards:
                if shard not in stopped and self.rows(shard) > 0:
                    stopped[shard] = only(programs_of(self.cluster, shard))
                    os.kill(stopped[shard], signal.SIGSTOP)
            return len(stopped) == len(shards)

        self.wait_until(stop_more, "a shard has no row yet")
        rows = [self.rows(shard) for shard in shards]
        check(all(count < 6 for count in rows), f"not in the middle: {rows} of 6 rows done")
        return stopped


def only(found: list[int]) -> int:
    check(len(found) == 1, f"not one process: {found}")
    return found[0]


def digest(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def local_result(program: Program, experiment: str) -> str:
    # The long one may take minutes on a busy machine.
    subprocess.run([program.binary, "run", experiment, "-o", f"local-{experiment}.h5", "--quiet"],
                   cwd=program.folder, check=True, timeout=1000)
    return digest(program.folder / f"local-{experiment}.h5")


def programs_of(cluster: Cluster, shard: int) -> list[int]:
    """Live processes of the program that compute a shard."""
    found = []
    for pid in cluster.processes():
        try:
            words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if "--shard" in words and words[words.index("--shard") + 1].startswith(f"{shard}/"):
            if words[1] == "run":
                found.append(pid)
    return found
