"""Training on four processes, killed in mid-epoch, goes on on two as if nothing had happened."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from epochplan_client import Plan, Planner

from tests.client.digits_training import (
    CLASSES,
    RATE,
    Array,
    gradient_sum,
    load_digits,
    read_checkpoint,
)
from tests.client.restartable import RestartableService
from tests.running import ROOT

PATIENCE_SECONDS = 60.0
STEPS_PER_EPOCH = 29
KILLED_AFTER = 40  # steps
SPEC = {
    "dataset_size": 1_797,
    "global_batch_size": 64,
    "micro_batch_size": 8,
    "epochs": 5,
    "sampling": {"seed": 11},
}


@dataclass(frozen=True)
class Story:
    """What became of a run that was killed and went on.

    Attributes:
        planned: Samples of every step, as the service lists them, ascending.
        stood_at: Completed steps when it was killed.
        first: Samples that the four ranks took of every step.
        second: Samples that the two ranks took of every step.
        weights: What training came to.
    """

    planned: dict[int, list[int]]
    stood_at: int
    first: dict[int, list[int]]
    second: dict[int, list[int]]
    weights: Array


def begin(address: str, plan_id: str, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.client.digits_training", address, plan_id, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'client'}", "OPENBLAS_NUM_THREADS": "1"},
        start_new_session=True,
    )


def step_of(folder: Path) -> int:
    checkpoint = read_checkpoint(folder)
    return checkpoint[0]["step"] if checkpoint else 0


def taken_in(folder: Path) -> dict[int, list[int]]:
    """What the ranks wrote down, taken together, ascending; the files are removed."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for path in folder.glob("taken-*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):  # what a rank was killed over is no step
                step, micro_batches = json.loads(line)
                found[step] += [index for indices in micro_batches for index in indices]
        path.unlink()
    return {step: sorted(indices) for step, indices in found.items()}


def planned_steps(address: str, plan: Plan) -> dict[int, list[int]]:
    """What the service lists for all ranks together, step by step."""
    path = f"{address}/v1/plans/{plan.plan_id}/epochs"
    pages = [httpx.get(f"{path}/{epoch}/manifest").json() for epoch in range(plan.epochs)]
    lists = [indices for page in pages for indices in page["sample_indices"]]
    return {step: sorted(indices) for step, indices in enumerate(lists)}


def killed_in_mid_epoch(address: str, plan_id: str, folder: Path) -> None:
    with begin(address, plan_id, folder) as training:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not is_held_in_mid_epoch(training.pid, folder):
            assert training.poll() is None, "training ended by itself"
            assert time.monotonic() < give_up, "training does not come so far"
            time.sleep(0.005)
        os.killpg(training.pid, signal.SIGKILL)


def is_held_in_mid_epoch(group: int, folder: Path) -> bool:
    """Whether it stands far enough; held first, so that it is certain where it is killed."""
    if step_of(folder) < KILLED_AFTER:
        return False
    os.killpg(group, signal.SIGSTOP)
    if step_of(folder) % STEPS_PER_EPOCH:
        return True
    os.killpg(group, signal.SIGCONT)
    return False


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("training")
    with RestartableService(wait=False) as service, Planner(service.address, retries=99) as planner:
        four = planner.plan(SPEC | {"data_parallel_size": 4})
        two = planner.plan(SPEC | {"data_parallel_size": 2})
        killed_in_mid_epoch(service.address, four.plan_id, folder)
        stood_at, first, planned = (
            step_of(folder),
            taken_in(folder),
            planned_steps(service.address, four),
        )
        service.stop()
        service.start(wait=False)  # ready or not: training waits for it
        with begin(service.address, two.plan_id, folder) as training:
            assert training.wait(PATIENCE_SECONDS) == 0
    checkpoint = read_checkpoint(folder)
    assert checkpoint
    return Story(planned, stood_at, first, taken_in(folder), checkpoint[1])


def test_it_was_killed_in_mid_epoch(story: Story) -> None:
    assert KILLED_AFTER <= story.stood_at < len(story.planned)
    assert story.stood_at % STEPS_PER_EPOCH != 0


def test_every_step_takes_what_the_plan_says_nothing_twice_and_nothing_missing(
    story: Story,
) -> None:
    before = {step: taken for step, taken in story.first.items() if step < story.stood_at}

    consumed = before | story.second

    assert consumed == story.planned


def test_no_step_is_trained_on_by_both_parts(story: Story) -> None:
    assert min(story.second) == story.stood_at


def test_the_model_is_that_of_an_unbroken_run(story: Story) -> None:
    digits, weights = load_digits(), np.zeros((65, CLASSES))

    for samples in story.planned.values():
        weights -= RATE / len(samples) * gradient_sum(weights, digits[samples])

    np.testing.assert_allclose(story.weights, weights, rtol=1e-9)


def test_the_model_learns_to_read_digits(story: Story) -> None:
    digits: Any = load_digits()
    pixels = np.hstack([digits[:, :-1] / 16, np.ones((len(digits), 1))])

    read = (pixels @ story.weights).argmax(axis=1)

    assert (read == digits[:, -1]).mean() > 0.9
