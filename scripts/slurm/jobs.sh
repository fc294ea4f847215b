# Sourced by submit and status: what the journals hold and what Slurm still has.
# shellcheck shell=bash

# Of an output FILE.h5, FILE.slurm holds the logs and `jobs`: a line "array JOB SHARDS" or
# "merge JOB SHARDS" for each submission. It is a help only: what is done is in the
# journals.

# fail MESSAGE...: bad usage or a missing tool.
fail() {
    echo "$(basename "$0"): $*" >&2
    exit 2
}

# bad_usage: prints how it is used, and ends.
bad_usage() {
    usage >&2
    exit 2
}

# command_line SCRIPT ARGUMENT...: for a shell in the same folder; names the program where
# it is not the usual one.
command_line() {
    local text
    text=$(printf '%q ' "$(dirname -- "$0")/$1" "${@:2}")
    [ "$(realpath -- "$program")" = "$(realpath -m -- "$root/build/release/tailrate")" ] ||
        text+=$(printf -- '--program %q' "$program")
    echo "${text% }"
}

# read_plan SHARDS [OPTION...]: sets output, done_text, shards and missing (a number a
# line) from the journals of $experiment, and result, what the result file is: complete
# (no rows are missing, and the file has them), other, damaged, none, or unread while rows
# are missing.
read_plan() {
    local code=0 text
    text=$("$program" plan "$experiment" ${output:+-o "$output"} --shards "$@") || code=$?
    case $code in
        0 | 3) ;;
        *) exit "$code" ;;
    esac
    output=$(sed -n '1s/: [^:]* rows done$//p' <<<"$text")
    done_text=$(sed -n '1s/^.*: //p' <<<"$text")
    shards=$(sed -n 's/^shards to rerun, of \([0-9]*\): .*/\1/p' <<<"$text")
    missing=$(sed -n 's/^shards to rerun, .*: //p' <<<"$text" | tr ',' '\n' | sed '/none/d')
    result=$(sed -n 's/^result: //p' <<<"$text")
    [ -n "$result" ] || fail "$program: is older than these scripts"
    output=$(realpath -m -- "$output")
    folder=${output%.h5}.slurm
}

# recorded KIND: "JOB SHARDS" of each submission, the oldest first.
recorded() {
    [ -f "$folder/jobs" ] || return 0
    awk -v kind="$1" '$1 == kind {print $2, $3}' "$folder/jobs"
}

# read_queue: sets queue, a line "JOB INDEX STATE" for each job or task of ours that has
# not ended. Fails where Slurm does not answer: that is not an empty queue.
read_queue() {
    queue=$(squeue --noheader --array --user="$(id -un)" --format='%F %K %T') || return 1
}

# live_tasks SHARDS: "INDEX STATE JOB" of queued and running tasks of that cut.
live_tasks() {
    awk -v shards="$1" 'NR == FNR { cut[$1] = $2; next }
        cut[$1] == shards { print $2, $3, $1 }' <(echo; recorded array) <(echo "$queue")
}

# live_jobs KIND: "JOB SHARDS" of submissions that have tasks in the queue.
live_jobs() {
    awk 'NR == FNR { live[$1]; next } $1 in live' <(echo "$queue") <(recorded "$1")
}

# without NUMBERS OTHERS: the others, a line each, that are not among the numbers.
without() {
    awk 'NR == FNR { known[$1]; next } $1 != "" && !($1 in known)' <(echo "$1") <(echo "$2")
}

# as_ranges: numbers, a line each and sorted, as 0-3,7.
as_ranges() {
    awk 'NR > 1 && $1 == last + 1 { last = $1; next }
        NR > 1 { out = out (out == "" ? "" : ",") (first == last ? first : first "-" last) }
        { first = last = $1 }
        END { if (NR) print out (out == "" ? "" : ",") (first == last ? first : first "-" last) }'
}
