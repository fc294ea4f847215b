"""scripts/slurm on a throw-away cluster: the result of an array of shards and a merge is
the local run's, byte for byte, whatever happens to nodes and tasks on the way.

check_slurm.py PROGRAM [ROUNDS]: with ROUNDS all of it so often, each time on a new cluster,
with what takes minutes: a real time limit, and a lost node that nobody reports."""
import contextlib
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import time
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "app"))
from cluster import Cluster, Unavailable, wait_until
from study import SCRIPTS, Study, local_result, programs_of
from support import SMALL, Program, check

SKIPPED = 77
# 24 rows, each some tenths of a second.
SLOW = """schema: 1
name: slow
seeds: 192
horizon: 5e5
problem: {kind: quadratic, clients: 5, dimension: 6, condition_number: 10,
          heterogeneity: 3, initial_distance: 2}
noise: {kind: student_t, tail_index: 1.5}
method:
  - {kind: sgd, step: {scale: 2, shift: 20}}
  - {kind: sclip_ef, clip_threshold: 3, effective_step: 2}
"""
STUB = """#!/bin/sh
trap 'echo stopped; exit 130' TERM
touch "$0.started"
while :; do sleep 0.1; done
"""


def shard_script(program: Program) -> None:
    """shard.sh alone: which signals queue a task again, and that it is not for ever."""
    folder = program.folder / "stub"
    folder.mkdir()
    for name, text in (("tailrate", STUB), ("scontrol", '#!/bin/sh\necho "asked: $*"\n')):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    for sent, restarts, said in ((signal.SIGUSR1, 19, "asked: requeue 7_3\n"),
                                 (signal.SIGUSR1, 20, "in start 21, not queued"),
                                 (signal.SIGTERM, 0, "")):
        (folder / "tailrate.started").unlink(missing_ok=True)
        task = subprocess.Popen(
            [SCRIPTS / "shard.sh", folder / "tailrate", "e.yaml", "r.h5", "8"],
            env={"PATH": f"{folder}:{os.environ['PATH']}", "SLURM_ARRAY_JOB_ID": "7",
                 "SLURM_ARRAY_TASK_ID": "3", "SLURM_RESTART_COUNT": str(restarts)},
            stdout=subprocess.PIPE, text=True, start_new_session=True)
        try:
            wait_until((folder / "tailrate.started").exists, 20, "the stub does not start")
            task.send_signal(sent)
            task.wait(20)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(task.pid, signal.SIGKILL)
        text = task.communicate()[0]
        check(task.returncode == 130 and "stopped" in text and said in text,
              f"{sent.name}: {task.returncode}, {text}")
        check(("asked" in text) == (said.startswith("asked")), text)


def cluster_failures(program: Program) -> None:
    """What a machine lacks is a reason to skip; a Slurm that does not start is none."""
    with unittest.mock.patch("socket.getaddrinfo", side_effect=OSError("no such name")):
        try:
            Cluster(program.folder / "unresolved")
        except Unavailable as why:
            check("cannot resolve" in str(why), str(why))
        else:
            check(False, "a cluster without an address")
    folder = program.folder / "broken"
    folder.mkdir()
    (folder / "slurmctld").write_text("#!/bin/sh\necho 'fatal: planted' >&2; exit 1\n")
    (folder / "slurmctld").chmod(0o755)
    with unittest.mock.patch.dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}"):
        try:
            with Cluster(folder / "cluster"):
                check(False, "a cluster without a controller")
        except SystemExit as failure:
            text = str(failure.code)
            check("does not start: slurmctld has ended with 1" in text and "planted" in text, text)


def refusals(program: Program, cluster: Cluster) -> None:
    study = Study(program, cluster, "small.yaml", "refused")
    for arguments, said in ((("--shards", "0"), "allowed: 1 to"),
                            ((), "--shards ''"),
                            (("--shards", "8", "--throttle", "many"), "allowed: 1 to"),
                            (("--shards", "102"), "at most 101 tasks"),
                            (("--shards", "8", "--", "--array=0-3"), "--array=0-3: not for"),
                            (("--shards", "8", "--", "--test-only"), "--dry-run prints"),
                            (("--shards", "8", "other.yaml"), "one experiment"),
                            (("--shards", "8", "--fresh"), "usage:"),
                            (("--shards",), "needs a value")):
        done = study.script("submit", *arguments)
        check(done.returncode == 2 and said in done.stderr,
              f"submit {arguments}: {done.returncode} {done.stderr}")
    done = study.script("status", "other.yaml")
    check(done.returncode == 2 and "usage:" in done.stderr, done.stderr)
    for name in ("submit", "status"):
        for option in ("-h", "--help"):
            done = study.script(name, option)
            check(done.returncode == 0 and done.stdout.startswith(f"usage: scripts/slurm/{name} ")
                  and not done.stderr, f"{name} {option}: {done.returncode} {done.stderr}")
    check(not study.logs.exists() and not cluster.tasks(), "a refusal left something")


def dry_run(program: Program, cluster: Cluster) -> None:
    study = Study(program, cluster, "small.yaml", "dry")
    lines = study.submit("--shards", "8", "--throttle", "3", "--dry-run", "--",
                         "--partition=test", "--comment=two words").splitlines()
    check(len(lines) == 2 and all(line.startswith("sbatch ") for line in lines), str(lines))
    for words in ("--requeue", "--open-mode=append", "--array=0-7%3", "--partition=test",
                  r"--comment=two\ words", "shard.sh", "--signal=B:USR1@90"):
        check(words in lines[0], f"{words} is not in {lines[0]}")
    for words in ("--dependency=afterany:", "merge.sh", "--partition=test"):
        check(words in lines[1], f"{words} is not in {lines[1]}")
    check(not study.logs.exists() and not cluster.tasks(), "a dry run left something")


def array_and_merge(program: Program, cluster: Cluster) -> None:
    study = Study(program, cluster, "small.yaml", "half %A done")
    code, text = study.status()
    check(code == 3 and "0 of 45 rows done" in text, text)
    expected = local_result(program, "small.yaml")
    text = study.submit("--shards", "8", "--throttle", "4", "--", "--comment=two words")
    check("(shards 0-7 of 8) and merge job" in text, text)
    study.expect_result(expected)
    check(len(list(study.logs.glob("*_*.log"))) == 9, "not one log for each task")
    text = study.submit("--shards", "8")
    check("complete, nothing to submit" in text and not cluster.tasks(), text)
    # A shard that is lost afterwards, and one row that is damaged.
    next(study.journals.glob("2-of-8.*")).unlink()
    with sqlite3.connect(next(study.journals.glob("5-of-8.*"))) as database:
        database.execute("UPDATE data SET row = zeroblob(length(row)) WHERE id = 2")
    code, text = study.status()
    check(code == 3 and "7 of 8 done; missing 2" in text, text)
    text = study.shell(text.split("to go on: ")[1])
    check("(shards 2,5 of 8)" in text, text)
    study.expect_result(expected)


def other_results(program: Program, cluster: Cluster) -> None:
    """A result file counts for what is in it, whatever its time: one of other seeds, or of
    before an edit of the experiment, is merged anew, and a damaged one is told."""
    expected = local_result(program, "small.yaml")
    study = Study(program, cluster, "small.yaml", "other")
    study.submit("--shards", "2")
    study.expect_result(expected)

    def merge_again(said: str) -> None:
        code, text = study.status()
        check(code == 3 and "2 of 2 done\n" in text and said in text, f"{code} {text}")
        text = study.submit("--shards", "2")
        check("45 of 45 rows done; submitted merge job" in text, text)
        study.expect_result(local_result(program, "small.yaml"))

    program.ok("run", "small.yaml", "-o", "other.h5", "--seeds", "16", "--quiet")
    merge_again("result  of another experiment, or other seeds")
    program.write("small.yaml", SMALL + "# edited\n")
    os.utime(program.folder / "small.yaml", (0, 0))
    merge_again("result  of another experiment, or other seeds")
    program.write("small.yaml", SMALL)
    merge_again("result  of another experiment, or other seeds")
    with open(study.result, "r+b") as result:
        result.seek(5000)
        byte = result.read(1)[0]
        result.seek(5000)
        result.write(bytes([byte ^ 1]))
    code, text = study.status()
    check(code == 3 and "result  damaged, move it away; no merge" in text, text)
    study.result.unlink()
    merge_again("result  not there")


def refused_output(program: Program, cluster: Cluster) -> None:
    """What every task would refuse to replace, submit refuses."""
    study = Study(program, cluster, "small.yaml", "foreign")
    study.result.write_text("not ours\n")
    for more in ((), ("--dry-run",)):
        done = study.script("submit", "--shards", "2", *more)
        check(done.returncode == 2 and "not an intact result file" in done.stderr, done.stderr)
    check(not study.logs.exists() and not cluster.tasks(), "a refusal left something")
    code, text = study.status()
    check(code == 3 and "result  not looked at while rows are missing" in text, text)


def trouble(program: Program, cluster: Cluster) -> None:
    """Four tasks on a node each, and to each something else happens in the middle: its
    node loses power, it is requeued, it nears its time limit, its node hangs, is given up,
    and goes on beside the second copy of the shard."""
    expected = local_result(program, "slow.yaml")
    study = Study(program, cluster, "slow.yaml", "trouble")
    study.submit("--shards", "4")
    job, merge = study.jobs("array")[0], study.jobs("merge")[0]
    processes = study.stop_in_the_middle([0, 1, 2, 3])
    nodes = {name: node for name, (_, node) in cluster.tasks().items()}
    cluster.kill_daemon(nodes[f"{job}_3"])
    cluster.cut_power(nodes[f"{job}_0"])
    for shard in (0, 3):
        cluster.mark_down(nodes[f"{job}_{shard}"])
    for shard in (1, 2):
        os.kill(processes[shard], signal.SIGCONT)
    cluster.run("scontrol", "requeue", f"{job}_1")
    # What Slurm does ahead of a time limit.
    cluster.run("scancel", "--batch", "--signal=USR1", f"{job}_2")
    code, text = study.status()
    check(code == 3 and "0 of 4 done" in text and "missing" not in text, text)
    text = study.submit("--shards", "4")
    check(f"nothing to submit, merge job {merge}" in text, text)
    done = study.script("submit", "--shards", "5")
    check(done.returncode == 2 and f"job {job} (4 shards)" in done.stderr, done.stderr)
    study.wait_until(lambda: len(programs_of(cluster, 3)) == 2, "no second copy of shard 3")
    os.kill(processes[3], signal.SIGCONT)
    study.expect_result(expected)
    for shard in range(4):
        check("start 2" in study.log(shard), f"shard {shard} was not requeued")
        check(study.started(shard) == 2, f"{study.started(shard)} journals of shard {shard}")
    for words in ("tailrate: interrupted", "time limit near"):
        check(words in study.log(2), study.log(2))
    study.wait_until(lambda: not programs_of(cluster, 3), "the second copy does not end")
    for shard in (0, 3):
        cluster.start_node(nodes[f"{job}_{shard}"])
    study.wait_until(lambda: len(cluster.idle_nodes()) == 4, "the nodes do not come back")
    # The second copy may have finished after the merge.
    study.submit("--shards", "4")
    study.expect_result(expected)


def resubmission(program: Program, cluster: Cluster) -> None:
    """Tasks that are cancelled are missing; the next submit computes these only."""
    expected = local_result(program, "slow.yaml")
    study = Study(program, cluster, "slow.yaml", "again")
    study.submit("--shards", "4", "--throttle", "2", "--", "--exclusive")
    job, merge = study.jobs("array")[0], study.jobs("merge")[0]
    processes = study.stop_in_the_middle([0, 1])
    for pid in processes.values():
        os.kill(pid, signal.SIGCONT)
    cluster.run("scancel", f"{job}_1", f"{job}_3")
    study.wait_until(lambda: not {f"{job}_1", f"{job}_3"} & cluster.tasks().keys(),
                     "cancelled tasks stay")
    code, text = study.status()
    check(code == 3 and "missing 1,3" in text, text)
    check(re.search(r"shard 1, \S+_1\.log: ", text) is not None, text)
    text = study.submit("--shards", "4", "--", "--exclusive")
    check("(shards 1,3 of 4)" in text, text)
    check(merge not in cluster.tasks(), "the old merge is still in the queue")
    study.expect_result(expected)
    check(study.started(0) == 1 and study.started(2) == 1, "a shard was computed twice")


def missing_is_reported(program: Program, cluster: Cluster) -> None:
    """Where tasks fail, the merge says what is missing and writes nothing."""
    study = Study(program, cluster, "small.yaml", "failing")
    study.submit("--shards", "3", "--", "--hold")
    job, merge = study.jobs("array")[0], study.jobs("merge")[0]
    cluster.run("scancel", f"{job}_1")
    cluster.run("scontrol", "release", job)
    cluster.run("scontrol", "release", merge)
    study.wait_for_end()
    text = (study.logs / f"merge_{merge}.log").read_text()
    check("shards to rerun, of 3: 1\n" in text and "submit computes" in text, text)
    check(not study.result.exists(), "an incomplete result was written")
    code, text = study.status()
    check(code == 3 and "2 of 3 done; missing 1" in text, text)
    check("merge.sh: submit computes what is missing" in text, text)
    down = {**cluster.environment, "SLURM_CONF": "/dev/null"}
    done = study.script("status", environment=down)
    check(done.returncode == 3 and "missing or on their way 1" in done.stdout, done.stdout)
    done = study.script("submit", "--shards", "3", environment=down)
    check(done.returncode == 2 and "squeue does not answer" in done.stderr, done.stderr)


def minutes(program: Program, cluster: Cluster) -> None:
    """Two rows that take longer than their time limit allows, which their tasks come to
    again and again; the node of one is lost besides, and nobody reports it."""
    expected = local_result(program, "long.yaml")
    study = Study(program, cluster, "long.yaml", "minutes")
    study.patience = 1000
    study.submit("--shards", "2", "--", "--time=2")
    job = study.jobs("array")[0]
    study.wait_until(lambda: study.started(1) > 0, "shard 1 has not started")
    time.sleep(10)  # a signal for the limit may come this early; the task then waits
    study.wait_until(lambda: cluster.tasks()[f"{job}_1"][0] == "RUNNING", "shard 1 waits")
    cluster.cut_power(cluster.tasks()[f"{job}_1"][1])
    study.expect_result(expected)
    for shard in range(2):
        check("time limit near" in study.log(shard) and study.started(shard) > 1,
              study.everything())


def one_round(binary: str, is_long: bool) -> None:
    program = Program(binary)
    program.folder.chmod(0o755)  # munged trusts no socket below a closed folder
    program.write("small.yaml", SMALL)
    program.write("slow.yaml", SLOW)
    program.write("long.yaml", SLOW.replace("name: slow", "name: long").replace(
        "seeds: 192", "seeds: 16").replace("horizon: 5e5", "horizon: 2e7"))
    shard_script(program)
    cluster_failures(program)
    with Cluster(program.folder / "cluster") as cluster:
        parts = [refusals, dry_run, array_and_merge, other_results, refused_output,
                 missing_is_reported, trouble, resubmission]
        for part in parts + [minutes] * is_long:
            start = time.monotonic()
            part(program, cluster)
            print(f"{part.__name__}: {time.monotonic() - start:.0f} s", flush=True)


def main() -> None:
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    try:
        for _ in range(max(rounds, 1)):
            one_round(sys.argv[1], rounds > 0)
    except Unavailable as why:
        print(f"skipped: {why}")
        sys.exit(SKIPPED)
    print("every result is the local run's")


if __name__ == "__main__":
    main()
