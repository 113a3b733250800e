"""A cluster of one folder: sbatch keeps jobs, srun trains as far as it is told.

Nothing runs at the same time, and nothing is scheduled: a test runs the jobs one after the other.
"""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.examples.changed_repository import clean_environment, write_command, write_program
from tests.examples.trainer import EXAMPLES

SBATCH = r"""
jobs=$(find "$CLUSTER" -name 'job-*' | wc -l)
id=$((101 + jobs))
{ printf '%s\n' "$*"; env -0 | tr '\0' '\n' | grep -E '^(LOCK|STEPS_PER_JOB|FOLDER)='; } \
  >"$CLUSTER/job-$id"
echo "$id;cluster"
"""

SRUN = r"""
printf '%s\n' "$*" >>"$CLUSTER/srun"
while [ $# -gt 1 ]; do
  case $1 in
    --plan) lock=$2 ;;
    --folder) folder=$2 ;;
    --stop-step) stop=$2 ;;
  esac
  shift
done
plan_id=$(grep -m 1 -o 'ep1_[A-Za-z0-9_-]*' "$lock")
echo "{\"plan_id\": \"$plan_id\", \"step\": $stop}" >"$folder/progress.json"
"""


@dataclass(frozen=True)
class SlurmCluster:
    """Stand-ins on the PATH, and what they were asked for."""

    folder: Path
    url: str

    @classmethod
    def prepared(cls, folder: Path, url: str) -> "SlurmCluster":
        programs = folder / "programs"
        write_command(programs)
        write_program(programs, "sbatch", SBATCH)
        write_program(programs, "srun", SRUN)
        write_program(programs, "scontrol", "echo node-1; echo node-2")
        return cls(folder, url)

    def lock(self, ranks: int, *options: str) -> Path:
        path = self.folder / f"{ranks}.lock.json"
        words = ["--dataset-size", "2000", "--global-batch-size", "16", "--epochs", "3"]
        chosen = ["--data-parallel-size", str(ranks), "--output", str(path), *options]
        done = self._run("epochplan", "lock", *words, *chosen)
        assert done.returncode == 0, done.stderr
        return path

    def submit(self, *words: object, ranks_per_node: int = 4) -> subprocess.CompletedProcess[str]:
        told = {"RANKS_PER_NODE": str(ranks_per_node)}
        return self._run(str(EXAMPLES / "slurm/submit.sh"), *map(str, words), **told)

    @property
    def jobs(self) -> list[str]:
        """What sbatch was told of every job: its words, then variables a line each."""
        return [path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("job-*"))]

    @property
    def launches(self) -> list[str]:
        """The words of every srun."""
        path = self.folder / "srun"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def run_job(self, job: str) -> subprocess.CompletedProcess[str]:
        words, *variables = job.splitlines()
        told = dict(line.split("=", 1) for line in variables)
        nodes = words.split("--nodes ")[1].split()[0]
        per_node = words.split("RANKS_PER_NODE=")[1].split()[0]
        slurm = {
            "RANKS_PER_NODE": per_node,
            "SLURM_JOB_ID": "101",
            "SLURM_JOB_NODELIST": "node-[1-2]",
            "SLURM_JOB_NUM_NODES": nodes,
            "SLURM_SUBMIT_DIR": str(EXAMPLES.parent),
        }
        return self._run(words.split()[-1], **told, **slurm)

    @property
    def step(self) -> int:
        progress = (self.folder / "run/progress.json").read_text(encoding="utf-8")
        return int(json.loads(progress)["step"])

    def _run(self, program: str, *words: str, **told: str) -> subprocess.CompletedProcess[str]:
        paths = f"{self.folder / 'programs'}{os.pathsep}{os.environ['PATH']}"
        own = {"PATH": paths, "CLUSTER": str(self.folder), "EPOCHPLAN_URL": self.url}
        return subprocess.run(
            ["/usr/bin/env", program, *words],
            cwd=self.folder,
            env=clean_environment() | own | told,
            capture_output=True,
            text=True,
            check=False,
        )
