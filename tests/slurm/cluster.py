"""A throw-away Slurm cluster on this machine: one controller and some nodes, which are
slurmd processes, in a folder of its own. It listens on the loopback device only, touches
neither /etc nor /run, and needs no systemd, no cgroups and no accounting."""
import ctypes
import os
import pathlib
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time

DAEMONS = ("munged", "slurmctld", "slurmd")
CLIENTS = ("sbatch", "squeue", "scontrol", "scancel", "sinfo", "munge")

# credentials_expire is also how long a requeued job waits before it starts again (less than
# 5 s is taken for the default, 120); nodes
# that are lost are marked down by hand where a test cannot wait for the timeout.
CONFIGURATION = """ClusterName=test
SlurmctldHost={host}({address})
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire={credentials_expire}
CredType=cred/munge
CommunicationParameters={communication}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/ended.log
PlugStackConfig={folder}/plugstack.conf
MailProg=/bin/true
SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000,bf_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU,CR_LLN
SlurmdParameters=config_overrides
MaxArraySize={most_tasks}
SlurmdTimeout=5
MessageTimeout=5
TCPTimeout=2
KillWait=3
JobRequeue=1
ReturnToService=2
NodeName=DEFAULT CPUs={cpus} RealMemory=1000 State=UNKNOWN
"""


def end_with_parent() -> None:
    """A test that is killed leaves no daemons behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Unavailable(Exception):
    """This machine has not what a cluster needs; the text says what. A cluster that does
    not start although all is there is a failure."""


def tool(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def wait_until(condition, seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"after {seconds:g} s: {what}")
        time.sleep(0.1)


def listens(address: str, port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex((address, port)) == 0


def loopback_name() -> tuple[str, str, list[str], str]:
    """Host name, its address, what to run daemons with, and how they are to listen. They
    bind the address that their own host name has: where that is no loopback address, they
    alone are given the name localhost."""
    host = socket.gethostname().split(".")[0]
    try:
        address = socket.gethostbyname(host)
    except OSError:
        address = ""
    loopback_only = "NoInAddrAny,NoCtldInAddrAny"
    if address.startswith("127."):
        return host, address, [], loopback_only
    if subprocess.run(["unshare", "--uts", "true"], capture_output=True).returncode == 0:
        rename = ["unshare", "--uts", "sh", "-c", 'hostname localhost && exec "$@"', "sh"]
        return "localhost", "127.0.0.1", rename, loopback_only
    return host, "127.0.0.1", [], "NoAddrCache"


def check_machine(host: str) -> None:
    """Throws Unavailable."""
    missing = [name for name in DAEMONS + CLIENTS if tool(name) is None]
    if missing:
        raise Unavailable(f"{missing[0]} is not installed (Debian: slurm-wlm, munge)")
    if not pathlib.Path("/proc/self").exists():
        raise Unavailable("/proc is not mounted")
    try:  # as Slurm does, which gives up where this fails
        socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM,
                           flags=socket.AI_ADDRCONFIG)
    except OSError as error:
        raise Unavailable(f"Slurm cannot resolve {host}: it has no address here, or there is "
                          f"no network but the loopback device ({error})") from error


class Cluster:
    """Used with `with`. Nodes are node1, node2, ..."""

    def __init__(self, folder: pathlib.Path, nodes: int = 4, cpus: int = 2,
                 most_tasks: int = 101) -> None:
        host, address, self.prefix, communication = loopback_name()
        check_machine(host)
        self.folder = folder.resolve()
        self.nodes = [f"node{k}" for k in range(1, nodes + 1)]
        self.daemons: dict[str, subprocess.Popen] = {}
        self.address = address
        self.port = self.free_ports(nodes + 1)
        text = CONFIGURATION.format(
            host=host, address=address, port=self.port, communication=communication,
            user=pwd.getpwuid(os.getuid()).pw_name, folder=self.folder, cpus=cpus,
            credentials_expire=5, most_tasks=most_tasks)
        for k, node in enumerate(self.nodes, 1):
            text += f"NodeName={node} NodeHostname={host} NodeAddr={address} Port={self.port + k}\n"
        text += f"PartitionName=test Nodes={','.join(self.nodes)} Default=YES State=UP\n"
        self.make_folders()
        (self.folder / "slurm.conf").write_text(text)
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        self.environment = {**os.environ, "PATH": path,
                            "SLURM_CONF": f"{self.folder}/slurm.conf",
                            "MUNGE_SOCKET": f"{self.folder}/munge/socket"}

    def __enter__(self) -> "Cluster":
        try:
            self.start()
        except TimeoutError as error:
            self.stop()
            sys.exit(f"FAILED: the cluster does not start: {error}{self.last_errors()}")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def last_errors(self) -> str:
        """Of each log that has some the last line, where the fatal ones are."""
        text = ""
        for log in sorted(self.folder.glob("*.log")):
            lines = [line for line in log.read_text(errors="replace").splitlines()
                     if re.search("error|fatal", line, re.IGNORECASE)]
            text += f"\n{log.name}: {lines[-1]}" if lines else ""
        return text or "; no error in its logs"

    def free_ports(self, count: int) -> int:
        for first in range(17000, 32000, 100):
            if not any(listens(self.address, first + k) for k in range(count)):
                return first
        raise Unavailable("no free ports")

    def make_folders(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        # The socket's folder has to be open, the key closed.
        (self.folder / "munge").mkdir(mode=0o711)
        for name in ("state", *(f"spool-{node}" for node in self.nodes)):
            (self.folder / name).mkdir(mode=0o755)
        key = self.folder / "munge" / "key"
        key.touch(mode=0o600)
        key.write_bytes(secrets.token_bytes(1024))
        (self.folder / "plugstack.conf").touch(mode=0o644)
        (self.folder / "cgroup.conf").write_text("ConstrainCores=no\nConstrainRAMSpace=no\n")

    def spawn(self, name: str, *command: str, prefix: tuple[str, ...] = ()) -> None:
        program = tool(command[0])
        assert program is not None
        with open(self.folder / f"{name}.out.log", "ab") as log:
            self.daemons[name] = subprocess.Popen(
                [*prefix, program, *command[1:]], env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=end_with_parent)

    def wait_for(self, name: str, is_ready, seconds: float, what: str) -> None:
        """For a daemon to be ready; no longer than it lives."""
        daemon = self.daemons[name]
        wait_until(lambda: daemon.poll() is not None or is_ready(), seconds, what)
        if daemon.poll() is not None:
            raise TimeoutError(f"{name} has ended with {daemon.returncode}")

    def start(self) -> None:
        munge = self.folder / "munge"
        self.spawn("munged", "munged", "--foreground", f"--key-file={munge}/key",
                   f"--socket={munge}/socket", f"--pid-file={munge}/pid",
                   f"--seed-file={munge}/seed", f"--log-file={self.folder}/munged.log",
                   f"--origin={self.address}")
        self.wait_for("munged", (munge / "socket").exists, 10, "munged has no socket")
        self.spawn("slurmctld", "slurmctld", "-D", "-i", prefix=tuple(self.prefix))
        # Clients and nodes try again only once a second.
        self.wait_for("slurmctld", lambda: listens(self.address, self.port), 20,
                      "slurmctld does not listen")
        for node in self.nodes:
            self.start_node(node)
        wait_until(lambda: len(self.idle_nodes()) == len(self.nodes), 30,
                   "the nodes are not idle")

    def start_node(self, node: str) -> None:
        self.spawn(node, "slurmd", "-D", "-N", node, prefix=tuple(self.prefix))

    def run(self, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run([*command], env=self.environment, capture_output=True,
                              text=True, timeout=60)

    def idle_nodes(self) -> list[str]:
        return self.run("sinfo", "-h", "-N", "-t", "idle", "-o", "%N").stdout.split()

    def tasks(self) -> dict[str, tuple[str, str]]:
        """Of what is in the queue: {"JOB_INDEX" or "JOB": (state, node)}."""
        lines = self.run("squeue", "-h", "-r", "-o", "%F %K %T %N").stdout.splitlines()
        fields = [line.split() for line in lines]
        return {job if index == "N/A" else f"{job}_{index}": (state, rest[0] if rest else "")
                for job, index, state, *rest in fields}

    def processes(self, node: str | None = None) -> list[int]:
        """What daemons of nodes have started and is alive: step daemons, known by the log
        that they write, and jobs, known by their environment."""
        found = []
        log = f"{self.folder}/slurmd-{node or ''}"
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if (entry / "comm").read_text().strip() == "slurmstepd":
                    is_ours = any(str(file.readlink()).startswith(log)
                                  for file in (entry / "fd").iterdir())
                else:
                    words = (entry / "environ").read_bytes().decode(errors="replace").split("\0")
                    is_ours = (f"SLURM_CONF={self.folder}/slurm.conf" in words
                               and any(word.startswith("SLURMD_NODENAME=" + (node or ""))
                                       for word in words))
            except OSError:  # gone, or another user's
                continue
            if is_ours:
                found.append(int(entry.name))
        return found

    def kill(self, pids: list[int]) -> None:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def kill_daemon(self, node: str) -> None:
        """As if the network of the node were cut: its jobs live on."""
        self.daemons[node].kill()
        self.daemons.pop(node).wait()

    def cut_power(self, node: str) -> None:
        self.kill_daemon(node)
        self.kill(self.processes(node))

    def mark_down(self, node: str) -> None:
        self.run("scontrol", "update", f"nodename={node}", "state=down", "reason=lost")

    def stop(self) -> None:
        for name in reversed(list(self.daemons)):
            if name in self.nodes:
                self.kill_daemon(name)
        self.kill(self.processes())
        for name in reversed(list(self.daemons)):
            daemon = self.daemons.pop(name)
            daemon.terminate()
            try:
                daemon.wait(5)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
