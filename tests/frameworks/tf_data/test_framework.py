from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.errors import InvalidSpecError
from app.frameworks.tf_data.pipeline import PIPELINES
from app.manifest.selection import select
from app.plan.planner import Plan
from tests.frameworks.answering import micro_batches_of
from tests.frameworks.asking import lists_of
from tests.frameworks.tf_data_pipelines import PIPELINE, SEQUENTIAL, STEPS, TWO_RANKS
from tests.strategies import sparingly


def test_the_promise_names_the_version_that_was_executed() -> None:
    framework = PIPELINE.plan({}).framework

    assert framework.promise.verified == (framework.version,) == ("2.21.0",)


@pytest.mark.parametrize(
    ("order", "epochs"),
    [
        ("shard.shuffle.repeat.batch", [[[[0, 1, 2, 3], [4, 0, 1, 2]]], [[[3, 4]]]]),
        ("shard.shuffle.batch.repeat", [[[[0, 1, 2, 3], [4]]]] * 2),
    ],
)
def test_repeat_makes_a_stream_before_batch_and_passes_behind_it(
    order: str, epochs: list[list[list[list[int]]]]
) -> None:
    plan = PIPELINE.plan({"dataset_size": 5, **SEQUENTIAL}, transformations=order)

    lists = [lists_of(plan, epoch) for epoch in range(2)]

    assert lists == epochs


def test_batches_that_are_dealt_out_stay_as_they_are() -> None:
    plan = PIPELINE.plan(
        {"dataset_size": 11, "micro_batch_size": 2, **TWO_RANKS, **SEQUENTIAL},
        transformations="shuffle.batch.shard",
    )

    lists = lists_of(plan)

    assert lists == [[[0, 1], [4, 5], [8, 9]], [[2, 3], [6, 7], [10]]]


def test_every_pass_of_one_order_is_the_first_one_again() -> None:
    plans = [
        PIPELINE.plan({"sampling": {"method": "shuffle_once", "seed": 5}}),
        PIPELINE.plan({"sampling": {"seed": 5}}, reshuffle_each_iteration=False),
    ]

    orders = [lists_of(plan, epoch) for plan in plans for epoch in range(2)]

    assert orders == [orders[0]] * 4


@pytest.mark.parametrize("order", ["shard.shuffle.batch", "shuffle.repeat.shard.batch"])
def test_a_new_pass_has_a_new_order(order: str) -> None:
    plan = PIPELINE.plan({"dataset_size": 40}, transformations=order)

    first, second = (lists_of(plan, epoch) for epoch in range(2))

    assert first != second


@pytest.mark.parametrize(
    ("fields", "options", "cardinality"),
    [
        ({}, {}, 3),
        ({"epochs": 3}, {"transformations": "shard.shuffle.repeat.batch"}, 8),
        ({"epochs": 3}, {"transformations": "shard.shuffle.batch.repeat"}, 9),
        (STEPS, {"transformations": "shard.shuffle.repeat.batch"}, -1),
        ({"steps_per_epoch": 2}, {"transformations": "shuffle.shard.repeat.batch"}, -1),
    ],
)
def test_cardinality_is_that_of_the_dataset_of_rank_0(
    fields: Mapping[str, Any], options: Mapping[str, Any], cardinality: int
) -> None:
    plan = PIPELINE.plan(fields, **options)

    numbers = plan.framework.numbers(plan.spec, plan.run)

    assert numbers == {"cardinality": cardinality}


def test_samples_buy_the_fewest_steps_of_a_stream() -> None:
    plan = PIPELINE.plan(
        {"epochs": None, "samples": 21}, transformations="shuffle.shard.repeat.batch"
    )

    assert (plan.run.total_steps, plan.run.total_samples) == (6, 24)


@pytest.mark.parametrize(
    ("fields", "options", "work"),
    [
        (SEQUENTIAL, {}, 0),
        ({}, {}, 10 + 100),
        ({"epochs": 3}, {"transformations": "shuffle.shard.repeat.batch"}, 2 * (10 + 100)),
    ],
)
def test_the_work_of_an_order_is_that_of_the_iterations_it_touches(
    fields: Mapping[str, Any], options: Mapping[str, Any], work: int
) -> None:
    plan = PIPELINE.plan(fields, **options)

    found = plan.framework.table_work(plan.spec, 1)

    assert found == work


def test_a_position_of_a_stream_stands_in_the_pass_that_it_was_read_from() -> None:
    plan = PIPELINE.plan({"dataset_size": 5}, transformations="shuffle.shard.repeat.batch")

    points = [plan.pass_point(0, position) for position in (4, 5)]

    assert [(point.number, point.position) for point in points if point] == [(0, 4), (1, 0)]


@pytest.mark.parametrize(
    ("sampling", "options", "lists"),
    [
        (
            {"method": "sequential"},
            {"transformations": "shard.shuffle.repeat.batch"},
            [[[0, 3], [6, 0], [3, 6], [0, 3]], [[1, 4], [1, 4], [1, 4], [1, 4]]],
        ),
        (
            {"seed": 3},
            {"transformations": "shuffle.shard.repeat.batch", "buffer_size": 1},
            [[[0, 3], [6, 0], [3, 6], [0, 3]], [[1, 4], [1, 4], [1, 4], [1, 4]]],
        ),
    ],
)
def test_ranks_that_repeat_shards_of_unequal_size_are_in_different_passes(
    sampling: Mapping[str, Any], options: Mapping[str, Any], lists: list[list[list[int]]]
) -> None:
    fields = {"dataset_size": 7, "micro_batch_size": 2, "data_parallel_size": 3}
    plan = PIPELINE.plan(
        {**fields, "epochs": 1, "steps_per_epoch": 4, "sampling": sampling}, **options
    )

    read = lists_of(plan)

    assert read[:2] == lists


def test_samples_in_blocks_take_no_table() -> None:
    plan = PIPELINE.plan(
        {"dataset_size": 10**15, **TWO_RANKS, **SEQUENTIAL, "epochs": 1}, drop_remainder=True
    )

    last = select(plan, epoch=0, rank=1, start_step=plan.run.total_steps - 1)

    assert micro_batches_of(last) == [[10**15 - 7, 10**15 - 5, 10**15 - 3, 10**15 - 1]]
    assert plan.order(0).work(last.members) == 4
    assert plan.order(0).search_work(stop=9) == 9


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    order = draw(st.sampled_from(PIPELINES))
    fields = {
        "dataset_size": draw(st.integers(1, 30)),
        "micro_batch_size": draw(st.integers(1, 6)),
        "data_parallel_size": draw(st.integers(1, 4)),
        "epochs": draw(st.integers(1, 4)),
        "sampling": {"method": draw(st.sampled_from(["shuffle", "sequential", "shuffle_once"]))},
    }
    drop = draw(st.booleans())
    try:
        return PIPELINE.plan(fields, transformations=order, drop_remainder=drop)
    except InvalidSpecError:
        assume(False)
        raise


@sparingly
@given(plan=plans())
def test_every_sample_comes_as_often_as_there_are_epochs_unless_it_is_dropped(plan: Plan) -> None:
    seen = [
        sample
        for epoch in range(plan.run.epochs)
        for rank in lists_of(plan, epoch)
        for micro_batch in rank
        for sample in micro_batch
    ]

    most = max(map(seen.count, seen))
    assert len(seen) == plan.run.total_samples
    assert most <= plan.spec.budget.amount
    assert not plan.coverage.exact or len({*seen}) == plan.coverage.distinct_samples


@sparingly
@given(plan=plans(), data=st.data())
def test_a_sample_is_found_where_it_stands(plan: Plan, data: st.DataObject) -> None:
    sample = data.draw(st.integers(0, plan.spec.dataset_size - 1))
    count = plan.run.samples_in_epoch(0)

    found = [*plan.order(0).positions_of(sample, stop=count)]

    assert found == [
        position for position, each in enumerate(positions_of(plan, count)) if each == sample
    ]


def positions_of(plan: Plan, count: int) -> list[int]:
    ranks = select(plan, epoch=0)
    assert ranks.members.count == count
    return [sample for each in micro_batches_of(ranks) for sample in each]


def test_repeated_batches_that_do_not_divide_among_the_ranks_are_dealt_across_passes() -> None:
    plan = PIPELINE.plan(
        {"dataset_size": 13, **TWO_RANKS, **SEQUENTIAL},
        transformations="shuffle.batch.repeat.shard",
        drop_remainder=True,
    )
    first, second, third = ([*range(start, start + 4)] for start in (0, 4, 8))

    lists = [lists_of(plan, epoch) for epoch in range(plan.run.epochs)]

    assert lists == [[[first, third], [second, first]], [[second], [third]]]
