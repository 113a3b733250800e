"""A run that was interrupted anywhere goes on as if it had not been."""

from typing import Any

import pytest
from epochplan_client import (
    InvalidArgumentError,
    PlannedBatchSampler,
    Planner,
    StateMismatchError,
    StepUnknownError,
)

from tests.client.reading import micro_batches, samples_of_step, spec_of


def steps_taken(samplers: list[PlannedBatchSampler]) -> dict[int, list[int]]:
    """What the ranks take together of every step that is left, ascending."""
    found: dict[int, list[int]] = {}
    for sampler in samplers:
        while len(sampler):
            for step, lists in sampler.steps():
                found.setdefault(step, []).extend(index for each in lists for index in each)
    return {step: sorted(indices) for step, indices in sorted(found.items())}


def samplers_of(planner: Planner, **fields: Any) -> list[PlannedBatchSampler]:
    plan = planner.plan(spec_of(**fields))
    ranks = range(plan.geometry.data_parallel_size)
    return [PlannedBatchSampler(planner, plan, rank=rank) for rank in ranks]


@pytest.mark.parametrize("step", [0, 1, 8, 9, 10, 26, 27])
@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_a_run_goes_on_at_any_step_on_any_number_of_ranks(
    planner: Planner, step: int, ranks: int
) -> None:
    begun, *_ = samplers_of(planner)
    state = begun.state_dict(step=step)
    samplers = samplers_of(
        planner,
        data_parallel_size=ranks,
        micro_batch_size=1,
        gradient_accumulation_steps=12 // ranks,
    )

    for sampler in samplers:
        sampler.load_state_dict(state)
    found = steps_taken(samplers)

    assert found == {
        each: samples_of_step(begun.plan.plan_id, each)
        for each in range(step, begun.plan.total_steps)
    }


def test_a_resumed_epoch_is_as_short_as_what_is_left(planner: Planner) -> None:
    (sampler, _) = samplers_of(planner)

    sampler.load_state_dict(sampler.state_dict(step=13))
    sampler.set_epoch(1)

    lists = micro_batches(sampler.plan.plan_id, epoch=1, rank=0, start_step=4)
    assert (sampler.step, len(sampler)) == (13, len(lists))
    assert list(sampler) == lists


def test_the_epoch_behind_a_resumed_one_is_whole(planner: Planner) -> None:
    (sampler, _) = samplers_of(planner)

    sampler.load_state_dict(sampler.state_dict(step=13))
    sampler.set_epoch(2)

    assert list(sampler) == micro_batches(sampler.plan.plan_id, epoch=2, rank=0)


def test_a_state_is_the_same_on_every_rank(planner: Planner) -> None:
    samplers = samplers_of(planner)

    states = [sampler.state_dict(step=5) for sampler in samplers]

    assert states == [{"plan_id": samplers[0].plan.plan_id, "step": 5}] * 2


def test_what_was_handed_out_is_not_taken_for_completed(planner: Planner) -> None:
    (sampler, _) = samplers_of(planner)
    list(sampler)

    with pytest.raises(StepUnknownError, match=r"completed\(step\)"):
        sampler.state_dict()


def test_a_state_counts_what_training_told(planner: Planner) -> None:
    (sampler, _) = samplers_of(planner)
    list(sampler)

    sampler.completed(3)

    assert sampler.state_dict()["step"] == sampler.step == 3


def test_what_was_told_before_a_state_was_loaded_is_forgotten(planner: Planner) -> None:
    (sampler, _) = samplers_of(planner)
    sampler.completed(1)
    sampler.load_state_dict(sampler.state_dict(step=2))
    list(sampler)

    with pytest.raises(StepUnknownError, match=r"completed\(step\)"):
        sampler.state_dict()


def test_before_the_first_list_nothing_is_completed(planner: Planner) -> None:
    (sampler, _) = samplers_of(planner)

    assert sampler.state_dict()["step"] == 0


@pytest.mark.parametrize("step", [-1, 28])
def test_no_more_is_completed_than_the_run_has(planner: Planner, step: int) -> None:
    (sampler, _) = samplers_of(planner)

    with pytest.raises(InvalidArgumentError, match=f"step {step} is not within the 27 steps"):
        sampler.completed(step)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"dataset_size": 102}, "dataset_size is 101 in the state and 102 in the plan"),
        ({"data_parallel_size": 4}, "global_batch_size is 12 in the state and 24 in the plan"),
        ({"sampling": {"seed": 1}}, "sampling is"),
        ({"remainder": "drop"}, "remainder is 'keep' in the state and 'drop' in the plan"),
        ({"steps_per_epoch": 5}, "steps_per_epoch is None in the state and 5 in the plan"),
        ({"framework": "pytorch"}, "framework is"),
    ],
)
def test_a_state_of_another_order_is_refused(
    planner: Planner, fields: dict[str, Any], told: str
) -> None:
    state = samplers_of(planner)[0].state_dict(step=1)
    other = samplers_of(planner, **fields)[0]

    with pytest.raises(StateMismatchError, match=told):
        other.load_state_dict(state)

    assert other.step == 0


def test_a_state_of_another_framework_goes_on_only_in_the_same_plan(planner: Planner) -> None:
    state = samplers_of(planner, framework="pytorch")[0].state_dict(step=1)
    other = samplers_of(planner, framework="pytorch", micro_batch_size=6, data_parallel_size=1)[0]

    with pytest.raises(StateMismatchError, match="data_parallel_size is 2 in the state and 1"):
        other.load_state_dict(state)


def test_a_run_may_become_longer(planner: Planner) -> None:
    state = samplers_of(planner)[0].state_dict(step=27)
    (longer, _) = samplers_of(planner, epochs=4)

    longer.load_state_dict(state)

    assert list(longer) == micro_batches(longer.plan.plan_id, epoch=3, rank=0)


@pytest.mark.parametrize("epochs", [2, 2.5])
def test_behind_the_last_step_nothing_comes(planner: Planner, epochs: float) -> None:
    (sampler, _) = samplers_of(planner, epochs=epochs)

    sampler.load_state_dict(sampler.state_dict(step=sampler.plan.total_steps))

    assert (sampler.epoch, len(sampler), list(sampler)) == (sampler.plan.epochs, 0, [])


def test_a_run_cannot_end_before_where_it_stands(planner: Planner) -> None:
    state = samplers_of(planner)[0].state_dict(step=27)
    (shorter, _) = samplers_of(planner, epochs=2)

    with pytest.raises(StateMismatchError, match="27 completed steps and the plan ends after 18"):
        shorter.load_state_dict(state)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"plan_id": 1, "step": 1},
        {"plan_id": "x"},
        {"plan_id": "x", "step": True},
        None,
        [],
        "x",
    ],
)
def test_what_is_no_state_is_refused(planner: Planner, state: Any) -> None:
    (sampler, _) = samplers_of(planner)

    with pytest.raises(StateMismatchError, match="this is no state"):
        sampler.load_state_dict(state)
