from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.errors import InvalidSpecError
from app.manifest.selection import select
from app.plan.planner import Plan
from tests.frameworks.answering import micro_batches_of
from tests.frameworks.asking import finding_of, lists_of
from tests.frameworks.keras_fits import FIT, ITEMS, SEQUENTIAL, TF_DATA, sizes_of
from tests.strategies import sparingly


@pytest.mark.parametrize("data", ["array", "PyDataset", "tf.data.Dataset"])
def test_an_epoch_ends_with_its_data(data: str) -> None:
    plan = FIT.plan(
        {"dataset_size": 2_000, "micro_batch_size": 32, "steps_per_epoch": 100}, data=data
    )

    assert plan.run.total_steps == plan.run.shape.steps_per_epoch == 63
    assert finding_of(plan, "data-runs-out").message == (
        "an epoch is asked to run 100 micro-steps, and the data has 63: every epoch stops after "
        "63, with a warning that the data ran out, and the next one begins with the head of the "
        "data"
    )


@pytest.mark.parametrize(
    ("steps_per_epoch", "steps"),
    [(2, [2, 2, 2, 1, 2]), (3, [3, 3, 1, 3, 3]), (7, [7] * 5), (9, [7] * 5)],
)
def test_the_epoch_in_which_the_data_ends_is_short_and_the_next_one_begins_anew(
    steps_per_epoch: int, steps: list[int]
) -> None:
    plan = FIT.plan({"steps_per_epoch": steps_per_epoch, "epochs": 5, **SEQUENTIAL})

    lists = sizes_of(plan)

    assert [len(epoch) for epoch in lists] == steps


def test_updates_come_after_so_many_micro_steps_whatever_the_epoch() -> None:
    plan = FIT.plan({"gradient_accumulation_steps": 4, "epochs": 3, **SEQUENTIAL})

    assert plan.run.total_steps == 5
    assert [plan.run.completed_in(epoch) for epoch in range(3)] == [1, 2, 2]
    assert plan.framework.numbers(plan.spec, plan.run)["_iterations"] == 21


def test_steps_per_epoch_counts_updates_and_fit_is_told_micro_steps() -> None:
    plan = FIT.plan({"gradient_accumulation_steps": 2, "steps_per_epoch": 3, **SEQUENTIAL})

    assert plan.run.total_steps == 3
    assert plan.framework.numbers(plan.spec, plan.run)["steps"] == 6


@pytest.mark.parametrize(
    ("fields", "options", "lists"),
    [
        ({}, {}, [[7, 5, 4], [0, 3, 6], [9, 2, 8], [1]]),
        ({}, {"shuffle": "batch"}, [[0, 1, 2], [3, 5, 4], [7, 6, 8], [9]]),
        ({"micro_batch_size": 2}, ITEMS, [[8, 9], [0, 1], [6, 7], [2, 3], [4, 5]]),
        ({"sampling": {"seed": 1}}, TF_DATA, [[0, 9, 5], [1, 2, 7], [3, 8, 6], [4]]),
    ],
)
def test_the_order_is_that_of_keras(
    fields: Mapping[str, Any], options: Mapping[str, Any], lists: list[list[int]]
) -> None:
    plan = FIT.plan({"dataset_size": 10, "sampling": {"seed": 7}, **fields}, **options)

    assert lists_of(plan) == [lists]


def test_the_item_that_is_not_full_stays_short_wherever_it_comes() -> None:
    plan = FIT.plan({"sampling": {"seed": 7}, "epochs": 3}, **ITEMS)

    sizes = sizes_of(plan)

    assert [sorted(epoch) for epoch in sizes] == [[2, 3, 3, 3, 3, 3, 3]] * 3
    assert any(epoch[-1] == 3 for epoch in sizes)
    assert plan.run.total_samples == 60


@pytest.mark.parametrize("samples", [1, 41, 60, 61])
def test_a_run_that_buys_samples_ends_with_the_update_that_reaches_them(samples: int) -> None:
    plan = FIT.plan({"epochs": None, "samples": samples}, **ITEMS)

    assert sum(map(sum, sizes_of(plan))) == plan.run.total_samples
    assert plan.run.consumed_samples(plan.run.total_steps - 1) < samples <= plan.run.total_samples


def test_replicas_take_blocks_of_a_batch_and_miss_what_is_not_there() -> None:
    plan = FIT.plan({"data_parallel_size": 2, "dataset_size": 9, **SEQUENTIAL})

    lists = lists_of(plan)

    assert lists == [[[0, 1, 2], [6, 7]], [[3, 4, 5], [8]]]
    assert not plan.framework.has_blanks(plan.spec)


def test_a_place_without_a_sample_is_blank_and_no_padding() -> None:
    plan = FIT.plan({"data_parallel_size": 4, "dataset_size": 22, **SEQUENTIAL})

    lists = lists_of(plan)

    assert [rank[1] for rank in lists] == [[12, 13, 14], [15, 16, 17], [18, 19, 20], [21, -1]]
    assert plan.framework.has_blanks(plan.spec)
    assert not plan.framework.is_padding(plan.spec, plan.run, 22, repeated=False)


def test_replicas_that_repeat_one_order_share_its_stream() -> None:
    fields = {"data_parallel_size": 2, "dataset_size": 7, "steps_per_epoch": 2}
    plan = FIT.plan(
        {**fields, "epochs": 2, "sampling": {"method": "shuffle_once", "seed": 2}},
        **TF_DATA,
        repeat="before_batch",
    )

    stream = [
        sample
        for epoch in range(2)
        for step in range(2)
        for rank in lists_of(plan, epoch)
        for sample in rank[step]
    ]

    assert stream == (stream[:7] * 4)[:24]
    assert sorted(stream[:7]) == [*range(7)]


def test_replicas_that_repeat_the_data_go_on_behind_its_end() -> None:
    fields = {"data_parallel_size": 2, "dataset_size": 7, "steps_per_epoch": 2, "epochs": 2}
    plan = FIT.plan({**fields, **SEQUENTIAL}, **TF_DATA, repeat="before_batch")

    last = lists_of(plan, 1)

    assert last == [[[5, 6, 0], [4, 5, 6]], [[1, 2, 3], [0, 1, 2]]]


def test_replicas_share_data_of_any_size_without_a_table() -> None:
    plan = FIT.plan({"data_parallel_size": 2, "dataset_size": 6 * 10**15, **SEQUENTIAL})

    last = select(plan, epoch=0, rank=1, start_step=plan.run.total_steps - 1)

    assert micro_batches_of(last) == [[6 * 10**15 - 3, 6 * 10**15 - 2, 6 * 10**15 - 1]]
    assert plan.order(0).work(last.members) == 3
    assert plan.order(0).search_work(stop=9) == 9


@pytest.mark.parametrize(
    ("fields", "options", "work"),
    [
        (SEQUENTIAL, {}, 0),
        ({}, {}, 20),
        ({}, {"shuffle": "batch"}, 20 + 7 * 2_000),
        ({"epochs": 3}, ITEMS, 20 + 3 * 7),
        ({"steps_per_epoch": 9, "epochs": 3}, {**TF_DATA, "repeat": "before_batch"}, 3 * 20),
    ],
)
def test_the_work_of_an_order_is_that_of_the_passes_it_touches(
    fields: Mapping[str, Any], options: Mapping[str, Any], work: int
) -> None:
    plan = FIT.plan(fields, **options)

    found = plan.framework.table_work(plan.spec, plan.run.epochs - 1)

    assert found == work


def test_a_position_stands_in_the_pass_that_its_epoch_is_a_part_of() -> None:
    plan = FIT.plan({"steps_per_epoch": 4, "epochs": 4})

    points = [plan.pass_point(epoch, 1) for epoch in range(4)]

    assert [(p.number, p.position) for p in points if p] == [(0, 1), (0, 13), (1, 1), (1, 13)]


def test_coverage_of_a_part_of_shuffled_items_is_an_expectation() -> None:
    plan = FIT.plan({"epochs": None, "steps": 3}, **ITEMS)

    assert plan.coverage.distinct_samples == pytest.approx(20 * 3 / 7)
    assert not plan.coverage.exact


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    fields = {
        "dataset_size": draw(st.integers(1, 30)),
        "micro_batch_size": draw(st.integers(1, 6)),
        "data_parallel_size": draw(st.sampled_from([1, 1, 1, 2, 3])),
        "epochs": draw(st.integers(1, 4)),
        "steps_per_epoch": draw(st.none() | st.integers(1, 9)),
        "sampling": {"method": draw(st.sampled_from(["shuffle", "sequential"]))},
    }
    choices: list[dict[str, Any]] = [
        {},
        ITEMS,
        TF_DATA,
        TF_DATA | {"drop_remainder": True},
        {"steps_per_execution": 2},
    ]
    options = draw(st.sampled_from(choices))
    try:
        return FIT.plan(fields, **options)
    except InvalidSpecError:
        assume(False)
        raise


@sparingly
@given(plan=plans())
def test_the_lists_hold_what_the_plan_says(plan: Plan) -> None:
    epochs = [lists_of(plan, epoch) for epoch in range(plan.run.epochs)]

    seen = [
        sample
        for ranks in epochs
        for rank in ranks
        for each in rank
        for sample in each
        if sample >= 0
    ]
    assert sum(max(map(len, ranks)) for ranks in epochs) == plan.run.total_micro_steps
    assert not plan.coverage.exact or len({*seen}) == plan.coverage.distinct_samples


@sparingly
@given(plan=plans(), data=st.data())
def test_a_sample_is_found_where_it_stands(plan: Plan, data: st.DataObject) -> None:
    sample = data.draw(st.integers(0, plan.spec.dataset_size - 1))
    count = plan.run.samples_in_epoch(0)

    found = [*plan.order(0).positions_of(sample, stop=count)]

    listed = [each for row in micro_batches_of(select(plan, epoch=0)) for each in row]
    assert found == [position for position, each in enumerate(listed) if each == sample]
