from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.arithmetic.passes import PassPoint
from app.frameworks.mosaic_streaming.setup import StreamingSetup
from app.frameworks.registry import FRAMEWORKS
from app.plan.planner import Plan
from tests.frameworks.asking import lists_of
from tests.frameworks.streaming_plans import SEQUENTIAL, planned
from tests.strategies import sparingly

FRAMEWORK = FRAMEWORKS["mosaic-streaming"]["0.13.0"]
ALGORITHMS = st.sampled_from(("naive", "py1br", "py1e", "py1s", "py2s"))
TWO_NODES = {"num_physical_nodes": 2, "ranks_per_node": 2}


def step_sets(plan: Plan, epoch: int = 0) -> list[set[int]]:
    """The samples of every step, whoever processes them."""
    ranks = lists_of(plan, epoch)
    return [
        {index for micro_batch in step for index in micro_batch}
        for step in zip(*ranks, strict=True)
    ]


@sparingly
@given(
    size=st.integers(20, 90),
    nodes=st.sampled_from((1, 2, 4)),
    ranks_per_node=st.integers(1, 3),
    algorithm=ALGORITHMS,
    data=st.data(),
)
def test_the_manifest_from_a_step_on_is_that_of_the_run_that_resumes_there(
    size: int, nodes: int, ranks_per_node: int, algorithm: str, data: st.DataObject
) -> None:
    layout = {"num_physical_nodes": nodes, "ranks_per_node": ranks_per_node}
    options = {**layout, "num_canonical_nodes": 4, "shuffle_algo": algorithm}
    fields = {"dataset_size": size, "epochs": 3, "gradient_accumulation_steps": 2}
    unbroken = planned(fields, **options)
    step = data.draw(st.integers(0, unbroken.run.shape.steps_per_epoch - 1), label="step")
    taken = step * unbroken.spec.batch.global_batch_size
    state = {"epoch": 1, "sample_in_epoch": taken, "initial_physical_nodes": nodes}
    resumed = planned(fields, **options, **state)
    assume(not StreamingSetup(resumed.spec).first.partition.repeats_anew)

    lists = lists_of(resumed, epoch=0)

    assert lists == lists_of(unbroken, epoch=1, start_step=step)


@sparingly
@given(nodes=st.sampled_from((1, 2, 3, 4, 6, 12)), algorithm=ALGORITHMS)
def test_steps_have_the_same_samples_on_any_number_of_nodes(nodes: int, algorithm: str) -> None:
    fields = {"dataset_size": 240, "micro_batch_size": 24 // nodes}
    options = {"num_canonical_nodes": 12, "shuffle_algo": algorithm}
    two_of_them = {"num_physical_nodes": nodes, "ranks_per_node": 2}

    steps = step_sets(planned(fields, **options, **two_of_them))

    assert steps == step_sets(planned({**fields, "micro_batch_size": 48}, **options))


@sparingly
@given(nodes=st.sampled_from((1, 2, 4, 6, 8)), step=st.integers(0, 4))
def test_a_run_goes_on_where_it_stopped_on_other_nodes(nodes: int, step: int) -> None:
    fields = {"dataset_size": 240}
    first = planned({"micro_batch_size": 16, **fields}, num_physical_nodes=3, ranks_per_node=1)
    state = {"sample_in_epoch": 48 * step, "initial_physical_nodes": 3}

    later = planned(
        {"micro_batch_size": 48 // nodes, **fields},
        num_physical_nodes=nodes,
        ranks_per_node=1,
        **state,
    )

    assert step_sets(later) == step_sets(first)[step:]


@pytest.mark.parametrize("workers", [1, 3, 8])
def test_a_rank_sees_the_same_whatever_its_workers_are(workers: int) -> None:
    lists = lists_of(planned({"dataset_size": 61}, num_workers=workers, **TWO_NODES))

    assert lists == lists_of(planned({"dataset_size": 61}, **TWO_NODES))


def test_epochs_are_counted_from_that_of_the_loaded_state() -> None:
    later = lists_of(planned({}, epoch=3))

    assert later == lists_of(planned({"epochs": 4}), epoch=3)


def test_an_epoch_resumed_at_its_end_is_empty() -> None:
    plan = planned({"epochs": 2}, sample_in_epoch=24)

    assert (lists_of(plan), plan.run.total_steps) == ([[]], 12)


def test_numbers_are_those_of_the_package() -> None:
    plan = planned(
        {"dataset_size": 61, "micro_batch_size": 6}, num_canonical_nodes=8, num_workers=3
    )

    assert FRAMEWORK.numbers(plan.spec, plan.run) == {
        "epoch_size": 61,
        "num_canonical_nodes": 8,
        "dataset_length": 61,
        "dataloader_length": 11,
        "batches_per_worker": 4,
        "repeated_samples_per_epoch": 3,
        "empty_entries_per_epoch": 8,
        "yielded_samples_per_epoch": 64,
        "blank_places_per_epoch": 2,
    }


def padding_of(plan: Plan) -> list[int]:
    """Positions of the first epoch that only fill it up."""
    grid, order = plan.run.grid(0), plan.order(0)
    return sorted(
        position
        for sample in range(plan.spec.dataset_size)
        for number, position in enumerate(order.positions_of(sample, stop=grid.samples))
        if FRAMEWORK.is_padding(plan.spec, plan.run, position, repeated=number > 0)
    )


def test_padding_is_shown_as_such() -> None:
    fields = {"dataset_size": 10, "data_parallel_size": 2, **SEQUENTIAL}

    lists = lists_of(planned(fields, num_canonical_nodes=1))

    assert lists == [[[0, 2], [4, 6], [8, -1]], [[1, 3], [5, 7], [9, -1]]]


def test_lists_can_be_those_that_loaders_yield() -> None:
    fields = {"dataset_size": 10, "data_parallel_size": 2, **SEQUENTIAL}

    lists = lists_of(planned(fields, num_canonical_nodes=1, as_loaded=True))

    assert lists == [[[0, 2], [4, 6], [8]], [[1, 3], [5, 7], [9]]]


def test_micro_batches_that_no_loader_yields_are_not_listed() -> None:
    fields = {"dataset_size": 10, "data_parallel_size": 2, **SEQUENTIAL}

    lists = lists_of(planned(fields, drop_last=True, num_workers=8))

    assert lists == [[[0, 2], [4, 6]], [[1, 3], [5, 7]]]


@pytest.mark.parametrize(("as_loaded", "places", "padded"), [(False, 28, 3), (True, 25, 0)])
def test_entries_without_a_sample_are_counted_where_they_are_shown(
    *, as_loaded: bool, places: int, padded: int
) -> None:
    plan = planned({"dataset_size": 25, "micro_batch_size": 4}, as_loaded=as_loaded)

    shape = plan.run.shape

    assert (shape.samples_per_epoch, shape.padded_samples, shape.dropped_samples) == (
        places,
        padded,
        0,
    )


@pytest.mark.parametrize("options", [{}, {"epoch_size": 31}])
def test_as_many_positions_are_padding_as_are_counted(options: dict[str, Any]) -> None:
    plan = planned({"dataset_size": 11}, num_canonical_nodes=4, **options, as_loaded=True)

    assert len(padding_of(plan)) == plan.run.shape.padded_samples == 1


def test_a_sample_that_is_taken_twice_on_purpose_is_no_padding() -> None:
    plan = planned({"dataset_size": 12}, epoch_size=24)

    assert padding_of(plan) == []


@pytest.mark.parametrize(
    ("fields", "options", "point"),
    [
        ({}, {"epoch": 5}, PassPoint(5, 7)),
        ({"dataset_size": 25}, {"num_canonical_nodes": 2}, None),
        ({}, {"epoch_size": 12}, None),
        ({}, {"sample_in_epoch": 2}, None),
    ],
)
def test_a_place_in_a_pass_is_told_where_an_epoch_is_exactly_one(
    fields: dict[str, Any], options: dict[str, Any], point: PassPoint | None
) -> None:
    plan = planned(fields, **options)

    assert plan.pass_point(0, 7) == point


@pytest.mark.parametrize(("epoch_size", "kind"), [(None, "pass"), (24, "pass"), (25, "virtual")])
def test_an_epoch_is_a_pass_if_it_takes_the_dataset(epoch_size: int | None, kind: str) -> None:
    assert planned({}, epoch_size=epoch_size).epoch_kind == kind


@pytest.mark.parametrize(
    ("options", "has_blanks"),
    [
        ({"initial_physical_nodes": 3}, True),
        ({"initial_physical_nodes": 3, "as_loaded": True}, False),
        ({"initial_physical_nodes": 2, "as_loaded": True}, True),
        ({"initial_physical_nodes": 3, "drop_last": True}, False),
    ],
)
def test_lists_have_blanks_where_micro_batches_are_not_full(
    *, options: dict[str, Any], has_blanks: bool
) -> None:
    fields = {"dataset_size": 14, "data_parallel_size": 3}

    plan = planned(fields, num_physical_nodes=3, **options)

    assert FRAMEWORK.has_blanks(plan.spec) is has_blanks


def test_a_loaded_state_alone_may_leave_a_micro_batch_that_is_not_full() -> None:
    plan = planned({}, sample_in_epoch=1)

    assert (FRAMEWORK.has_blanks(plan.spec), lists_of(plan)[0][-1][-1]) == (True, -1)


def test_places_without_a_sample_are_no_places_of_a_pass() -> None:
    plan = planned({"dataset_size": 25, "micro_batch_size": 4})

    points = [plan.pass_point(0, position) for position in (24, 25, 26)]

    assert points == [PassPoint(0, 24), PassPoint(0, 25), None]


def test_a_dataset_of_any_size_can_be_read_in_its_own_order() -> None:
    plan = planned({"dataset_size": 10**18 + 1, **SEQUENTIAL}, num_canonical_nodes=8)

    (micro_batches,) = lists_of(plan, start_step=plan.run.final_epoch_steps - 1)

    assert micro_batches[-1][-1] == 10**18


def test_all_that_is_exact_was_compared() -> None:
    assert FRAMEWORK.promise.verified == ("0.13.0",)
