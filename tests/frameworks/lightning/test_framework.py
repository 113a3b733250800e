from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.frameworks.asking import Asking, Fields, lists_of
from tests.strategies import sparingly

LIGHTNING = Asking(
    {"name": "lightning", "version": "2.6.6"},
    {"dataset_size": 10, "micro_batch_size": 1, "epochs": 2},
)
TWO_RANKS = {"data_parallel_size": 2}
SEQUENTIAL = {"sampling": {"method": "sequential"}}


@pytest.mark.parametrize(
    ("fields", "options", "total_steps", "num_training_batches"),
    [
        ({"gradient_accumulation_steps": 4}, {}, 6, 10),
        ({"gradient_accumulation_steps": 4, "epochs": 1}, {"limit_train_batches": 0.75}, 2, 7),
        ({"gradient_accumulation_steps": 3, "steps": 7, "epochs": None}, {}, 7, 10),
        ({"epochs": 1}, {"limit_train_batches": 1}, 1, 1),
        ({"epochs": 1}, {"limit_train_batches": 1.0}, 10, 10),
        ({"epochs": 1}, {"limit_train_batches": 5.0}, 5, 5),
        ({"epochs": 1}, {"overfit_batches": 5.0}, 10, 10),
        ({"epochs": 1}, {"limit_train_batches": 0.29}, 2, 2),
        ({"epochs": 1, "dataset_size": 100}, {"limit_train_batches": 0.29}, 28, 28),
    ],
)
def test_an_epoch_is_as_long_as_what_is_read_and_ends_with_an_update(
    fields: Fields, options: Fields, total_steps: int, num_training_batches: int
) -> None:
    given_fields = {name: value for name, value in fields.items() if value is not None}
    asking = (
        LIGHTNING
        if "steps" not in fields
        else Asking(
            LIGHTNING.framework,
            {name: value for name, value in LIGHTNING.spec.items() if name != "epochs"},
        )
    )

    numbers = asking.numbers(given_fields, **options)

    assert numbers["total_steps"] == numbers["estimated_stepping_batches"] == total_steps
    assert numbers["num_training_batches"] == num_training_batches


def test_one_device_draws_a_base_seed_first_and_wastes_no_permutation_on_full_micro_batches() -> (
    None
):
    full = LIGHTNING.plan({"micro_batch_size": 5})
    short = LIGHTNING.plan({"micro_batch_size": 3})

    assert lists_of(full, 0) == [[[3, 7, 5, 2, 0], [8, 1, 6, 9, 4]]]
    assert lists_of(full, 1) == [[[9, 2, 1, 7, 4], [0, 3, 5, 6, 8]]]
    assert lists_of(short, 1) == [[[1, 3, 2], [7, 5, 9], [0, 6, 4], [8]]]


@pytest.mark.parametrize("options", [{"limit_train_batches": 3}, {"drop_last": True}])
def test_a_sampler_that_is_not_read_to_its_end_draws_one_permutation(options: Fields) -> None:
    read = LIGHTNING.plan({"micro_batch_size": 3}, **options)

    assert lists_of(read, 1) == [[[9, 2, 1], [7, 4, 0], [3, 5, 6]]]


def test_several_ranks_share_a_shuffled_dataset_filled_up_from_its_head() -> None:
    plan = LIGHTNING.plan({"data_parallel_size": 3, "micro_batch_size": 3, "sampling": {"seed": 5}})

    assert lists_of(plan, 0) == [[[1, 6, 0], [7]], [[4, 3, 2], [1]], [[9, 5, 8], [4]]]


def test_one_rank_of_ddp_gets_the_sampler_as_well() -> None:
    plan = LIGHTNING.plan({"micro_batch_size": 10}, strategy="ddp")

    assert lists_of(plan, 0) == [[[4, 1, 7, 5, 3, 9, 0, 8, 6, 2]]]


def test_the_sampler_of_predictions_shuffles_by_the_epoch_and_fills_up_nothing() -> None:
    fields = {"data_parallel_size": 4, "micro_batch_size": 3, "sampling": {"seed": 123}}
    plan = LIGHTNING.plan(fields, sampler="UnrepeatedDistributedSampler")

    assert lists_of(plan, 1) == [[[5, 0, 7]], [[6, 8, 4]], [[1, 9]], [[2, 3]]]


@pytest.mark.parametrize(
    ("method", "last"), [("shuffle", [18, 30, 29, 35]), ("sequential", [100, 101, 102, 99])]
)
def test_the_last_samples_are_those_that_lightning_publishes(method: str, last: list[int]) -> None:
    fields = {"dataset_size": 103, "data_parallel_size": 4, "sampling": {"method": method}}
    plan = LIGHTNING.plan(fields, sampler="UnrepeatedDistributedSampler")

    ranks = [[*chain.from_iterable(micro_batches)] for micro_batches in lists_of(plan)]

    assert [len(rank) for rank in ranks] == [26, 26, 26, 25]
    assert [rank[-1] for rank in ranks] == last


def test_ranks_without_a_distributed_sampler_all_read_everything() -> None:
    plan = LIGHTNING.plan(TWO_RANKS | {"micro_batch_size": 5}, use_distributed_sampler=False)

    first, second = lists_of(plan, 1)
    assert first == second == [[9, 2, 1, 7, 4], [0, 3, 5, 6, 8]]
    assert (plan.coverage.distinct_samples, plan.coverage.exact) == (10, True)


def test_only_the_copies_of_other_ranks_are_padding() -> None:
    plan = LIGHTNING.plan(TWO_RANKS, use_distributed_sampler=False)
    asked = {"repeated": False}

    padding = [plan.framework.is_padding(plan.spec, plan.run, p, **asked) for p in range(4)]

    assert padding == [False, True, False, True]
    assert plan.run.shape.padded_samples == 10
    point = plan.pass_point(1, 7)
    assert point is not None
    assert (point.number, point.position) == (1, 3)


def test_the_positions_that_fill_up_the_ranks_are_padding() -> None:
    plan = LIGHTNING.plan({"data_parallel_size": 3})

    padding = [plan.framework.is_padding(plan.spec, plan.run, p, repeated=False) for p in range(12)]

    assert padding == [False] * 10 + [True] * 2


def test_overfit_batches_reads_the_head_of_the_dataset_in_every_epoch() -> None:
    plan = LIGHTNING.plan(TWO_RANKS, overfit_batches=2, sampler="DistributedSampler")

    assert lists_of(plan, 0) == lists_of(plan, 1) == [[[0], [2]], [[1], [3]]]
    assert plan.coverage.distinct_samples == 4


@pytest.mark.parametrize(
    ("fields", "options", "work"),
    [
        (SEQUENTIAL, {}, 0),
        (TWO_RANKS, {}, 10),
        (TWO_RANKS, {"sampler": "UnrepeatedDistributedSampler"}, 10),
        ({}, {}, 10 + (100 * 11 + 2) // 8),
    ],
)
def test_only_a_generator_that_runs_on_makes_later_epochs_dearer(
    fields: Fields, options: Fields, work: int
) -> None:
    plan = LIGHTNING.plan(fields | {"epochs": 200}, **options)

    assert plan.framework.table_work(plan.spec, 100) == work


def test_a_shortened_shuffled_epoch_covers_more_in_every_epoch() -> None:
    plan = LIGHTNING.plan({"epochs": 2}, limit_train_batches=5)

    assert (plan.coverage.distinct_samples, plan.coverage.exact) == (7.5, False)


def test_a_plan_of_the_largest_dataset_needs_no_table() -> None:
    plan = LIGHTNING.plan({"dataset_size": 2**62, "micro_batch_size": 2**20})

    assert plan.run.total_steps == 2**43


@sparingly
@given(
    st.integers(1, 40),
    st.integers(1, 6),
    st.integers(1, 5),
    st.sampled_from([{}, {"sampler": "DistributedSampler"}, {"use_distributed_sampler": False}]),
)
def test_every_sample_is_read_in_every_full_epoch(
    size: int, micro: int, ranks: int, options: dict[str, Any]
) -> None:
    fields = {"dataset_size": size, "micro_batch_size": micro, "data_parallel_size": ranks}
    plan = LIGHTNING.plan(fields, **options)

    read = {sample for rank in lists_of(plan, 1) for batch in rank for sample in batch}

    assert read == set(range(size))


def test_what_is_promised_was_executed_with_this_very_version() -> None:
    framework = LIGHTNING.plan({}).framework

    assert framework.promise.verified == (framework.version,)
