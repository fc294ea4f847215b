#!/usr/bin/env bash
# merge.sh PROGRAM EXPERIMENT OUTPUT: the job that follows the array of submit, whether its
# tasks went well or not: merge itself says what is missing.
set -euo pipefail
program=$1
experiment=$2
output=$3

code=0
"$program" merge "${output%.h5}.journal" -o "$output" --experiment "$experiment" || code=$?
[ "$code" -ne 3 ] || echo "merge.sh: submit computes what is missing and merges again"
exit "$code"
