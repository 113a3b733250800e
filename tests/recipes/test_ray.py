"""Ray starts the workers and loads what they take; which samples, and when, the plan says."""

import json
import os
import subprocess
import sysconfig
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from epochplan_client import Planner
from epochplan_client.plan import Plan

from tests.client.reading import samples_of_step
from tests.recipes.tools import EXAMPLES, TOOLS
from tests.recipes.torch_runs import TORCH_PYTHON, environment
from tests.running import ROOT, running_service

PATIENCE_SECONDS = 540.0
SITE_PACKAGES = Path("lib", f"python{sysconfig.get_python_version()}", "site-packages")
SPEC = {
    "dataset_size": 1_797,
    "global_batch_size": 128,
    "micro_batch_size": 16,
    "data_parallel_size": 2,
    "epochs": 2,
    "sampling": {"seed": 11},
}


@dataclass(frozen=True)
class Run:
    """What a run of the recipe said, and the samples that its workers took of every step."""

    plan: Plan
    said: str
    taken: dict[int, list[int]]


def ray_environment() -> dict[str, str]:
    """Ray of its own environment before PyTorch of another, and both before those of the tests."""
    own = [place.parent.parent / SITE_PACKAGES for place in (TOOLS / "python", TORCH_PYTHON)]
    paths = [ROOT / "client", *own, sysconfig.get_path("purelib")]
    return environment() | {
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S": "240",  # every worker imports PyTorch first
        "RAY_USAGE_STATS_ENABLED": "0",
    }


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("ray")
    with running_service() as (address, _), Planner(address) as planner:
        plan = planner.plan(SPEC)
        options = ["--plan", plan.plan_id, "--url", address, "--folder", str(folder)]
        done = subprocess.run(
            [TOOLS / "python", EXAMPLES / "ray_train/train_ray.py", *options, "--cpus", "5"],
            env=ray_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    assert done.returncode == 0, done.stderr
    taken: defaultdict[int, list[int]] = defaultdict(list)
    for path in folder.glob("taken-*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            taken[row["step"]] += row["samples"]
    return Run(plan, done.stdout, {step: sorted(samples) for step, samples in taken.items()})


def test_every_step_takes_what_the_plan_says(run: Run) -> None:
    assert run.taken == {
        step: samples_of_step(run.plan.plan_id, step) for step in range(run.plan.total_steps)
    }


def test_the_run_comes_to_the_end_of_the_plan(run: Run) -> None:
    assert run.said.endswith("30 of 30 steps\n")
