#!/usr/bin/env bash
# shard.sh PROGRAM EXPERIMENT OUTPUT SHARDS: one task of the array that submit makes. Slurm
# runs a copy of this file, which therefore needs nothing beside it.
set -euo pipefail
program=$1
experiment=$2
output=$3
shards=$4
task=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
# A shard that came to its time limit so often needs a person's look.
most_restarts=20

child=
signals=0
leaving=no

# Ahead of the time limit Slurm sends USR1 to this shell only; the program takes TERM for
# the same: it keeps the state of running rows and ends with 130.
# shellcheck disable=SC2317  # called by a trap
on_limit() {
    leaving=yes
    pass_on
}

# When a task is cancelled, requeued or pre-empted the program has its TERM from Slurm.
# shellcheck disable=SC2317  # called by a trap
pass_on() {
    signals=$((signals + 1))
    [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true
}

trap on_limit USR1
trap pass_on TERM

# wait_for_child: its exit code in `code`. A signal ends a wait, so that it is repeated.
wait_for_child() {
    local before
    while :; do
        before=$signals
        code=0
        wait "$child" || code=$?
        [ "$before" -ne "$signals" ] || return 0
    done
}

requeue() {
    local restarts=${SLURM_RESTART_COUNT:-0}
    if [ "$restarts" -ge "$most_restarts" ]; then
        echo "shard.sh: time limit near in start $((restarts + 1)), not queued again;" \
            "submit goes on from here"
    elif scontrol requeue "$task"; then
        # A bare job number could mean the whole array.
        echo "shard.sh: time limit near, $task is queued again"
    else
        echo "shard.sh: $task cannot be queued again; submit goes on from here"
    fi
}

echo "shard.sh: shard $SLURM_ARRAY_TASK_ID of $shards, $(hostname), $(date '+%F %T')," \
    "start $((${SLURM_RESTART_COUNT:-0} + 1))"
"$program" run "$experiment" -o "$output" --shard "$SLURM_ARRAY_TASK_ID/$shards" \
    --threads "${SLURM_CPUS_PER_TASK:-${SLURM_CPUS_ON_NODE:-1}}" &
child=$!
wait_for_child
[ "$leaving" = no ] || [ "$code" -eq 0 ] || requeue
exit "$code"
