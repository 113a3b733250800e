"""PyTorch on four processes, killed in mid-epoch, goes on on two as if nothing had happened."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from epochplan_client import Planner
from epochplan_client.plan import Plan

from tests.client.reading import samples_of_step
from tests.client.restartable import RestartableService
from tests.recipes.torch_runs import (
    PATIENCE_SECONDS,
    STEPS_PER_EPOCH,
    TorchRun,
    kill_in_mid_epoch,
)
from tests.running import running_service

KILLED_AFTER = 40
SPEC = {
    "dataset_size": 1_797,
    "global_batch_size": 64,
    "micro_batch_size": 8,
    "epochs": 20,
    "sampling": {"seed": 11},
}


@dataclass(frozen=True)
class Story:
    """What became of a run that was killed and went on.

    Attributes:
        plan: The plan of the first part.
        stood_at: Completed steps in the checkpoint when it was killed.
        first: Samples that the four ranks took of every step.
        second: Samples that the two ranks took of every step.
        said: What the second part printed.
        mismatch: What a part on two processes said that was given the plan of four.
    """

    plan: Plan
    stood_at: int
    first: dict[int, list[int]]
    second: dict[int, list[int]]
    said: str
    mismatch: str


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("torchrun")
    with RestartableService() as service, Planner(service.address) as planner:
        run = TorchRun(service.address, folder)
        four = planner.plan(SPEC | {"data_parallel_size": 4})
        two = planner.plan(SPEC | {"data_parallel_size": 2})
        with run.begin(four.plan_id, processes=4) as training:
            kill_in_mid_epoch(run, training, after=KILLED_AFTER)
        stood_at = int(run.progress["step"])
        service.stop()
        service.start()
        with run.begin(four.plan_id, processes=2) as training:
            _, mismatch = training.communicate(timeout=PATIENCE_SECONDS)
        with run.begin(two.plan_id, processes=2) as training:
            said, errors = training.communicate(timeout=PATIENCE_SECONDS)
        assert training.returncode == 0, errors
    return Story(four, stood_at, run.taken(0), run.taken(stood_at), said, mismatch)


def test_it_was_killed_in_mid_epoch(story: Story) -> None:
    assert KILLED_AFTER <= story.stood_at < story.plan.total_steps
    assert story.stood_at % STEPS_PER_EPOCH != 0


def test_every_step_takes_what_the_plan_says_nothing_twice_and_nothing_missing(
    story: Story,
) -> None:
    before = {step: taken for step, taken in story.first.items() if step < story.stood_at}

    consumed = before | story.second

    assert consumed == {
        step: samples_of_step(story.plan.plan_id, step) for step in range(story.plan.total_steps)
    }


def test_no_completed_step_is_trained_on_again(story: Story) -> None:
    assert min(story.second) == story.stood_at


@pytest.mark.parametrize("stop_step", [3, 4], ids=["beyond", "at"])
def test_progress_that_is_behind_the_checkpoint_catches_up(tmp_path: Path, stop_step: int) -> None:
    with running_service() as (address, _), Planner(address) as planner:
        plan_id, run = planner.plan(SPEC).plan_id, TorchRun(address, tmp_path)
        run.train(plan_id, "--stop-step", 4)
        run.progress_file.unlink()

        run.train(plan_id, "--stop-step", stop_step)

    assert run.progress == {"plan_id": plan_id, "step": 4}


def test_a_job_of_another_size_than_planned_ends_before_its_first_step(story: Story) -> None:
    assert "data_parallel_size" in story.mismatch


def test_the_model_learns_to_read_digits(story: Story) -> None:
    accuracy = float(story.said.rpartition(":")[2])

    assert accuracy > 0.95
