from collections.abc import Iterator
from typing import Any

import pytest
from epochplan_client import (
    InvalidArgumentError,
    PlannedBatchSampler,
    Planner,
    Reading,
    UnsupportedPlanError,
)

from tests.client.disturbances import DisturbedNetwork
from tests.client.reading import micro_batches, spec_of

SMALL_BLOCKS = Reading(block_bytes=64)

SPECS: dict[str, dict[str, Any]] = {
    "a short last step": spec_of(),
    "a rank without samples in the last step": spec_of(dataset_size=97),
    "a last step of one sample": spec_of(dataset_size=85, data_parallel_size=4),
    "dropped": spec_of(remainder="drop"),
    "padded": spec_of(remainder="pad"),
    "virtual epochs": spec_of(steps_per_epoch=7, epochs=4),
    "half an epoch at the end": spec_of(epochs=2.5),
    "one step": spec_of(dataset_size=3, epochs=1),
    "drawn": spec_of(sampling={"method": "with_replacement", "seed": 3}),
    "large": spec_of(dataset_size=2**40, epochs=None, steps=9),
    "pytorch": spec_of(framework="pytorch"),
    "pytorch, dropped": spec_of(framework={"name": "pytorch", "drop_last": True}),
    "accelerate": spec_of(framework="accelerate"),
    "lightning": spec_of(framework="lightning"),
}


@pytest.fixture(params=SPECS, ids=str)
def spec(request: pytest.FixtureRequest) -> dict[str, Any]:
    return SPECS[request.param]


def all_lists(sampler: PlannedBatchSampler) -> Iterator[list[list[int]]]:
    """The lists of every epoch, each begun by set_epoch."""
    for epoch in range(min(sampler.plan.epochs, 4)):
        sampler.set_epoch(epoch)
        yield list(sampler)


def test_lists_are_the_micro_steps_of_the_service(planner: Planner, spec: dict[str, Any]) -> None:
    plan = planner.plan(spec)
    ranks = range(plan.geometry.data_parallel_size)
    epochs = range(plan.epochs)

    found = [
        [*all_lists(PlannedBatchSampler(planner, plan, rank=rank, reading=SMALL_BLOCKS))]
        for rank in ranks
    ]

    assert found == [
        [micro_batches(plan.plan_id, epoch=epoch, rank=rank) for epoch in epochs] for rank in ranks
    ]


def test_its_length_is_the_number_of_lists(planner: Planner, spec: dict[str, Any]) -> None:
    sampler = PlannedBatchSampler(planner, planner.plan(spec), rank=1)

    lengths = [len(sampler)]
    lists = [len(list(sampler))]
    lengths.append(len(sampler))
    lists.append(len(list(sampler)))

    assert lengths == lists


def test_steps_are_lists_taken_together(planner: Planner, spec: dict[str, Any]) -> None:
    plan = planner.plan(spec)
    sampler = PlannedBatchSampler(planner, plan, rank=1, reading=SMALL_BLOCKS)

    steps = [*sampler.steps()]

    assert [step.step for step in steps] == [*range(len(steps))]
    assert [each for step in steps for each in step.micro_batches] == micro_batches(
        plan.plan_id, epoch=0, rank=1
    )
    assert [len(step.micro_batches) for step in steps] == [
        sampler.micro_steps_in(step.step) for step in steps
    ]


def test_offline_and_online_samplers_agree(planner: Planner) -> None:
    plan = planner.plan(spec_of())

    offline = PlannedBatchSampler(Planner.offline(), plan.plan_id, rank=1)

    assert [*all_lists(offline)] == [*all_lists(PlannedBatchSampler(planner, plan, rank=1))]


def test_an_epoch_that_was_handed_out_is_followed_by_the_next_one(planner: Planner) -> None:
    plan = planner.plan(spec_of())
    sampler = PlannedBatchSampler(planner, plan, rank=0)

    found = [list(sampler) for _ in range(4)]

    assert found == [
        *(micro_batches(plan.plan_id, epoch=epoch, rank=0) for epoch in range(3)),
        [],
    ]
    assert len(sampler) == 0


def test_an_epoch_that_was_broken_off_goes_on_behind_what_is_completed(planner: Planner) -> None:
    plan = planner.plan(spec_of())
    sampler = PlannedBatchSampler(planner, plan, rank=0)
    begun = iter(sampler)
    next(begun)

    sampler.completed(5)

    assert list(sampler) == micro_batches(plan.plan_id, epoch=0, rank=0, start_step=5)


def test_set_epoch_chooses_any_epoch(planner: Planner) -> None:
    plan = planner.plan(spec_of())
    sampler = PlannedBatchSampler(planner, plan, rank=0)
    list(sampler)

    sampler.set_epoch(0)

    assert sampler.epoch == 0
    assert list(sampler) == micro_batches(plan.plan_id, epoch=0, rank=0)


@pytest.mark.parametrize("epoch", [-1, 3])
def test_there_are_no_epochs_beyond_the_plan(planner: Planner, epoch: int) -> None:
    sampler = PlannedBatchSampler(planner, planner.plan(spec_of()), rank=0)

    with pytest.raises(InvalidArgumentError, match=f"epoch {epoch} is not within the 3 epochs"):
        sampler.set_epoch(epoch)


@pytest.mark.parametrize("step", [-1, 27])
def test_there_are_no_steps_beyond_the_run(planner: Planner, step: int) -> None:
    sampler = PlannedBatchSampler(planner, planner.plan(spec_of()), rank=0)

    with pytest.raises(InvalidArgumentError, match=f"step {step} is not within the 27 steps"):
        sampler.micro_steps_in(step)


@pytest.mark.parametrize("step", ["1", 1.0, None])
def test_a_step_is_an_integer(planner: Planner, step: Any) -> None:
    sampler = PlannedBatchSampler(planner, planner.plan(spec_of()), rank=0)

    with pytest.raises(InvalidArgumentError, match=r"step .* is no integer"):
        sampler.micro_steps_in(step)


@pytest.mark.parametrize("rank", [-1, 2])
def test_there_are_no_ranks_beyond_the_plan(planner: Planner, rank: int) -> None:
    with pytest.raises(InvalidArgumentError, match=f"rank {rank} is not one of the 2"):
        PlannedBatchSampler(planner, planner.plan(spec_of()), rank=rank)


def test_a_plan_is_a_plan_or_a_plan_id(planner: Planner) -> None:
    plan: Any = 5

    with pytest.raises(InvalidArgumentError, match="plan_id 5 is no text"):
        PlannedBatchSampler(planner, plan, rank=0)


def test_many_lists_take_few_requests(address: str) -> None:
    network = DisturbedNetwork()
    planner = Planner(address, transport=network)
    plan = planner.plan(spec_of(dataset_size=200_000, epochs=2))

    lists = list(PlannedBatchSampler(planner, plan, rank=0))

    assert len(lists) > 30_000
    assert (
        len(network.asked("manifest.raw")) <= 3
    )  # one block an epoch, and none more than there are
    assert len(network.asked("digest")) <= 3


def test_indices_travel_in_four_bytes_where_they_fit(address: str) -> None:
    network = DisturbedNetwork()
    planner = Planner(address, transport=network)

    list(PlannedBatchSampler(planner, planner.plan(spec_of(epochs=1)), rank=0))

    assert network.asked("manifest.raw")[0].url.params["dtype"] == "uint32"


@pytest.mark.parametrize(
    "spec",
    [
        spec_of(
            dataset_size=1_000,
            framework={"name": "pytorch", "accumulation": "carry"},
            gradient_accumulation_steps=3,
        ),
        spec_of(framework="deepspeed"),
        spec_of(
            dataset_size=1_000,
            epochs=None,
            samples=1_000,
            framework={"name": "megatron", "rampup_batch_size": [6, 6, 60]},
        ),
        spec_of(dataset_size=1_000, framework="mosaic-streaming"),
    ],
    ids=["carried", "deepspeed", "growing", "blanks"],
)
def test_a_plan_that_cannot_be_cut_into_steps_is_refused(
    planner: Planner, spec: dict[str, Any]
) -> None:
    plan = planner.plan(spec)

    with pytest.raises(UnsupportedPlanError, match=plan.spec["framework"]["name"]):
        list(PlannedBatchSampler(planner, plan, rank=0))


def test_an_iteration_that_was_overtaken_does_not_end_the_later_one(planner: Planner) -> None:
    plan = planner.plan(spec_of())
    sampler = PlannedBatchSampler(planner, plan, rank=0)
    earlier = iter(sampler)
    sampler.set_epoch(1)
    later = iter(sampler)

    whole = [list(earlier), list(later)]

    assert whole == [micro_batches(plan.plan_id, epoch=epoch, rank=0) for epoch in (0, 1)]
    assert sampler.epoch == 2


def test_a_sampler_that_was_closed_can_be_used_again(planner: Planner) -> None:
    plan = planner.plan(spec_of())
    sampler = PlannedBatchSampler(planner, plan, rank=0, reading=SMALL_BLOCKS)
    next(iter(sampler))

    sampler.close()

    sampler.set_epoch(0)
    assert list(sampler) == micro_batches(plan.plan_id, epoch=0, rank=0)
