#!/usr/bin/env bash
# Submit a training run as a chain of jobs that is as long as its plan needs.
#
#   examples/slurm/submit.sh LOCK STEPS_PER_JOB FOLDER [OPTIONS OF SBATCH...]
#   EPOCHPLAN_URL=http://planner:8000 examples/slurm/submit.sh four.lock.json 5000 run --time 4:00:00
#
# LOCK is what `epochplan lock` wrote. Where FOLDER holds progress of an earlier chain, also one on
# another number of ranks, only what is left is submitted. RANKS_PER_NODE (8): processes of a node.
#
# Checked by a test, with a stand-in for sbatch; not run on a real cluster.
set -euo pipefail

if [ $# -lt 3 ]; then
  sed -n '4p' "$0" >&2
  exit 1
fi
lock=$(realpath "$1") steps_per_job=$2 folder=$3
shift 3
ranks_per_node=${RANKS_PER_NODE:-8}
job=$(dirname "$(realpath "$0")")/train.sbatch

field() { python3 -c 'import json, sys
found = json.load(open(sys.argv[1]))
for name in sys.argv[2:]: found = found[name]
print(found)' "$@"; }

ranks=$(field "$lock" spec data_parallel_size)
total_steps=$(field "$lock" plan total_steps)
if [[ ! $steps_per_job =~ ^[1-9][0-9]*$ ]]; then
  echo "STEPS_PER_JOB is a number from 1 on, not $steps_per_job" >&2
  exit 1
fi
if ((ranks % ranks_per_node)); then
  echo "$ranks ranks do not fill nodes of $ranks_per_node: set RANKS_PER_NODE" >&2
  exit 1
fi

mkdir -p "$folder"
folder=$(realpath "$folder")
step=0
if [ -e "$folder/progress.json" ]; then step=$(field "$folder/progress.json" step); fi
jobs=$(((total_steps - step + steps_per_job - 1) / steps_per_job))
echo "$step of $total_steps steps are done; $jobs jobs of up to $steps_per_job steps for the rest"

previous=
for ((number = 1; number <= jobs; number++)); do
  # afterok: a job that fails stops the chain, and this script, run again, goes on from there
  previous=$(LOCK=$lock STEPS_PER_JOB=$steps_per_job FOLDER=$folder sbatch --parsable \
    --nodes "$((ranks / ranks_per_node))" --ntasks-per-node 1 \
    --export "ALL,RANKS_PER_NODE=$ranks_per_node" \
    ${previous:+--dependency "afterok:$previous"} --kill-on-invalid-dep=yes "$@" "$job")
  previous=${previous%%;*}  # with several clusters it is ID;CLUSTER
  echo "job $number of $jobs: $previous"
done
